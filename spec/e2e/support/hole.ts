import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A server that takes everything and answers nothing, wherever the network would have told so. `where` is its host and port. */
export type Hole = { readonly where: string; readonly close: () => void };

export const openHole = async (): Promise<Hole> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    where: `127.0.0.1:${String(socket.address().port)}`,
    close: () => {
      socket.close();
    },
  };
};
