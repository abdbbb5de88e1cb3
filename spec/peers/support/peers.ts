import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './folder.js';
import { freePorts } from './ports.js';
import { run, type Program, type Running } from './program.js';
import { programs, type Ports } from './programs.js';
import { registrar, type Registrar } from './registrar.js';
import { telephone, type Telephone } from './telephone.js';

/** Servers and a telephone that others wrote, on ports of their own, all on loopback. */
export type Peers = {
  /** Where clients connect, and what they trust for `wss`. */
  readonly ws: string;
  readonly wss: string;
  readonly certificate: string;
  /** An empty page of the same place: one from elsewhere may not connect to a loopback. */
  readonly page: string;
  readonly turn: RTCIceServer;
  readonly ports: Ports;
  /** What Kamailio knows. */
  readonly registrar: Registrar;
  /** baresip: `sip:baresip@peers.test`. */
  readonly telephone: Telephone;
  /** Kamailio goes, with all it knew, and comes back at the same place. */
  readonly proxy: { readonly stop: () => Promise<void>; readonly start: () => Promise<void> };
  /** Goes with the peers. */
  readonly folder: string;
  readonly stop: () => Promise<void>;
};

/** Waits for all, also where one fails, so that nothing begins after it was given up. */
const together = async <A>(all: readonly Promise<A>[]): Promise<void> => {
  const failed = (await Promise.allSettled(all)).find(one => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};

/**
 * Starts them all, within a second. `nonce`: how long one may be used, in seconds.
 *
 * Rejects when one of them is not ready, with its name and its last words; then none is left running.
 */
export const startPeers = async ({ nonce = 30 }: { readonly nonce?: number } = {}): Promise<Peers> => {
  const hole = createSocket('udp4').bind(0, '127.0.0.1');
  await once(hole, 'listening');
  const [sip = 0, ws = 0, wss = 0, media = 0, turn = 0, phone = 0, control = 0] = await freePorts(7);
  const ports: Ports = { sip, ws, wss, media, turn, phone, control, hole: hole.address().port };
  const kamailio = registrar(ws);
  const folder = await makeFolder(ports, nonce);
  const known = programs(folder, ports, kamailio);

  const running = new Map<string, Running>();
  const start = async (program: Program): Promise<void> => {
    running.set(program.name, await run(program));
  };
  const stop = async (): Promise<void> => {
    hole.close();
    await Promise.all([...running.values()].map(one => one.stop()));
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await together([start(known.rtpengine), start(known.turnserver)]);
    await start(known.kamailio);
    await start(known.baresip);
    const baresip = await telephone(control, join(folder, 'heard'));
    return {
      ws: `ws://127.0.0.1:${ws}`,
      wss: `wss://127.0.0.1:${wss}`,
      certificate: await readFile(join(folder, 'cert.pem'), 'utf8'),
      page: `http://127.0.0.1:${ws}/`,
      turn: { urls: `turn:127.0.0.1:${turn}`, username: 'turn', credential: 'secret-turn' },
      ports,
      registrar: kamailio,
      telephone: baresip,
      proxy: {
        stop: async () => running.get('kamailio')?.stop(),
        start: async () => {
          await start(known.kamailio);
          // By itself the telephone would sign in again within a minute.
          await kamailio.bind('baresip', `sip:baresip@127.0.0.1:${phone}`);
        },
      },
      folder,
      stop: async () => {
        baresip.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
