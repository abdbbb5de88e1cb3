import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** A service that says what a spec has it say, one socket after the other. */
export type Stage = {
  readonly url: string;
  /** The queries with which sockets were opened. */
  readonly queries: readonly URLSearchParams[];
  readonly sockets: readonly WebSocket[];
  readonly close: () => Promise<void>;
};

export const success = (id = 'SES-1'): string =>
  `42["session:success",{"body":{"id":"${id}","user_id":"USR-1","name":"alice","api_key":"k"}}]`;

/** `says` gives what the nth socket is told once it has joined the namespace. */
export const stage = async (says: (nth: number) => readonly string[]): Promise<Stage> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise(resolve => server.once('listening', resolve));
  const queries: URLSearchParams[] = [];
  const sockets: WebSocket[] = [];
  server.on('connection', (socket, { url }) => {
    queries.push(new URL(url ?? '', 'http://x').searchParams);
    const nth = sockets.push(socket);
    socket.send('0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
    socket.on('message', data => {
      const frame = (data as Buffer).toString();
      if (frame === '40')
        ['40{"sid":"n"}', ...says(nth)].forEach(line => {
          socket.send(line);
        });
      if (frame.startsWith('42["session:logout"')) socket.send('42["session:logged-out",{"body":{}}]');
      if (frame === '41') socket.close();
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queries,
    sockets,
    close: () =>
      new Promise(resolve => {
        sockets.forEach(socket => {
          socket.terminate();
        });
        server.close(() => {
          resolve();
        });
      }),
  };
};
