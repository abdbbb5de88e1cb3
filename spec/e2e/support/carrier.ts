import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server of this machine, on which everything can get stuck. */
export type Carrier = {
  readonly port: number;
  /** What is open stays open, what is opened is opened, and nothing gets through until it carries again. */
  readonly stall: () => void;
  readonly carry: () => void;
  readonly close: () => Promise<void>;
};

type Pair = readonly [near: Socket, far: Socket];

const join = ([near, far]: Pair): void => {
  near.pipe(far);
  far.pipe(near);
};

const part = ([near, far]: Pair): void => {
  near.unpipe(far).pause();
  far.unpipe(near).pause();
};

/** Listens at this address, and carries every connection to the same machine's port `to`. */
export const openCarrier = async (to: number, host = '127.0.0.1', port = 0): Promise<Carrier> => {
  const pairs = new Set<Pair>();
  let isStuck = false;

  const server = createServer(near => {
    const pair: Pair = [near, connect(to, '127.0.0.1')];
    pairs.add(pair);
    for (const end of pair) {
      // An error is followed by 'close'; what one end has lost is lost for the other.
      end.on('error', () => undefined);
      end.on('close', () => {
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    if (isStuck) part(pair);
    else join(pair);
  });
  server.listen(port, host);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    stall: () => {
      isStuck = true;
      pairs.forEach(part);
    },
    carry: () => {
      isStuck = false;
      pairs.forEach(join);
    },
    close: async () => {
      server.close();
      for (const pair of pairs) for (const end of pair) end.destroy();
      await once(server, 'close');
    },
  };
};
