/** One port on both loopback addresses. */
import { createServer, type Server } from 'node:http';

/** What is listening, and where. */
export interface Listening {
  readonly port: number;
  readonly servers: readonly Server[];
}

const attempts = 8;

/** Listens on 127.0.0.1 and on ::1 under the same number. Without IPv6 it is 127.0.0.1 alone, and `log` says so. */
export async function listen(port: number, log: (line: string) => void): Promise<Listening> {
  for (let attempt = 1; ; attempt += 1) {
    const v4 = await bind('127.0.0.1', port);
    const address = v4.address();
    const chosen = typeof address === 'object' && address ? address.port : port;
    try {
      return { port: chosen, servers: [v4, await bind('::1', chosen)] };
    } catch (error) {
      // A free number is chosen for 127.0.0.1 alone, and ::1 may have given it away.
      if (codeOf(error) === 'EADDRINUSE' && port === 0 && attempt < attempts) v4.close();
      else if (codeOf(error) === 'EADDRINUSE') {
        v4.close();
        throw error;
      } else {
        log(`no IPv6 loopback here (${codeOf(error)}): listening on 127.0.0.1 only`);
        return { port: chosen, servers: [v4] };
      }
    }
  }
}

function bind(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
