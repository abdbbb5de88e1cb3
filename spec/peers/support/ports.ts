import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';

const host = '127.0.0.1';

/** Below the ports that the system gives to connections of its own, and below those of media relays. */
const [lowestPort, highestPort] = [10_000, 19_999];

/** Resolves with whether this port is free for TCP and UDP, on every address. */
const isFree = async (port: number): Promise<boolean> => {
  const [server, socket] = [createServer(), createSocket('udp4')];
  try {
    await Promise.all([once(server.listen(port), 'listening'), once(socket.bind(port), 'listening')]);
    return true;
  } catch {
    return false;
  } finally {
    server.close();
    try {
      socket.close();
    } catch {
      // A socket that failed to bind is closed.
    }
  }
};

/**
 * Different ports that are free for TCP and UDP. The system gives none of them to anybody else before it is opened: it
 * takes its own from 32768 on.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const free = new Set<number>();
  while (free.size < count) {
    const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort + 1));
    if (!free.has(port) && (await isFree(port))) free.add(port);
  }
  return [...free];
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
