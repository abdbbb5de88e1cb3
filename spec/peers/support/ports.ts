import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, createConnection, type AddressInfo } from 'node:net';

const host = '127.0.0.1';

/** So many TCP ports at which nobody listens. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, host);
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map(async server => {
      server.close();
      await once(server, 'close');
    }),
  );
  return ports;
};

/** Whether somebody listens at this TCP port. */
export const answers = async (port: number): Promise<boolean> => {
  const socket = createConnection({ port, host });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

/** Whether somebody has opened this UDP port: who listens there does not say so. */
export const opened = async (port: number): Promise<boolean> => {
  const open = await readFile('/proc/net/udp', 'utf8');
  return open.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `);
};
