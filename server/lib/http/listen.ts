/** One port on both loopback addresses. */
import { createServer, type Server } from 'node:http';

/** What is listening, and where. */
export interface Listening {
  readonly port: number;
  readonly servers: readonly Server[];
  /** Gives the port up and ends what came in by HTTP; resolves once every connection is closed, upgraded ones too. */
  readonly stop: () => Promise<void>;
  /** Listens as before. Rejects when somebody else has taken the port. */
  readonly again: () => Promise<void>;
}

const attempts = 8;

/** Listens on 127.0.0.1 and on ::1 under the same number. Without IPv6 it is 127.0.0.1 alone, and `log` says so. */
export async function listen(port: number, log: (line: string) => void): Promise<Listening> {
  for (let attempt = 1; ; attempt += 1) {
    const v4 = await bind(createServer(), '127.0.0.1', port);
    const address = v4.address();
    const chosen = typeof address === 'object' && address ? address.port : port;
    try {
      return listening(chosen, [
        ['127.0.0.1', v4],
        ['::1', await bind(createServer(), '::1', chosen)],
      ]);
    } catch (error) {
      // A free number is chosen for 127.0.0.1 alone, and ::1 may have given it away.
      if (codeOf(error) === 'EADDRINUSE' && port === 0 && attempt < attempts) v4.close();
      else if (codeOf(error) === 'EADDRINUSE') {
        v4.close();
        throw error;
      } else {
        log(`no IPv6 loopback here (${codeOf(error)}): listening on 127.0.0.1 only`);
        return listening(chosen, [['127.0.0.1', v4]]);
      }
    }
  }
}

function listening(port: number, bound: readonly (readonly [host: string, server: Server])[]): Listening {
  return {
    port,
    servers: bound.map(([, server]) => server),
    stop: async () => {
      await Promise.all(bound.map(([, server]) => shut(server)));
    },
    again: async () => {
      for (const [host, server] of bound) if (!server.listening) await bind(server, host, port);
    },
  };
}

function bind(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
