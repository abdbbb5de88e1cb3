import { join } from 'node:path';
import { answers } from './ports.js';
import type { Registrar } from './registrar.js';
import type { Program } from './program.js';

/** Where each of them listens, on 127.0.0.1. */
export type Ports = {
  /** Kamailio: UDP, WebSocket, secure WebSocket. */
  readonly sip: number;
  readonly ws: number;
  readonly wss: number;
  /** rtpengine, for Kamailio's orders. */
  readonly media: number;
  readonly turn: number;
  /** baresip: UDP, and its control port. */
  readonly phone: number;
  readonly control: number;
  /** Nobody answers here. */
  readonly hole: number;
};

type Name = 'rtpengine' | 'turnserver' | 'kamailio' | 'baresip';

/** How each of them is started within the run folder. */
export const programs = (folder: string, ports: Ports, registrar: Registrar): Readonly<Record<Name, Program>> => ({
  rtpengine: {
    name: 'rtpengine',
    command: 'rtpengine',
    args: [
      ...['--table=-1', '--interface=127.0.0.1', '--port-min=20000', '--port-max=20999', '--num-threads=2'],
      ...[`--listen-ng=127.0.0.1:${ports.media}`, `--listen-tcp-ng=127.0.0.1:${ports.media}`],
      ...['--foreground', '--log-stderr', '--log-level=5'],
    ],
    folder,
    ready: () => answers(ports.media),
  },
  turnserver: {
    name: 'turnserver',
    command: 'turnserver',
    args: [
      ...['-n', '--no-tls', '--no-dtls', '--no-cli', '--lt-cred-mech', '--fingerprint', '--allow-loopback-peers'],
      ...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${ports.turn}`],
      ...['--min-port=22000', '--max-port=22999', '--user=turn:secret-turn', '--realm=peers.test'],
      ...['--log-file=stdout', '--simple-log', `--pidfile=${folder}/turn.pid`, `--userdb=${folder}/turn.db`],
    ],
    folder,
    ready: () => answers(ports.turn),
  },
  kamailio: {
    name: 'kamailio',
    command: 'kamailio',
    args: [
      ...['-f', join(folder, 'kamailio.cfg'), '-DD', '-E', '-m', '32', '-M', '4'],
      ...['-Y', join(folder, 'kamailio'), '-P', join(folder, 'kamailio.pid')],
    ],
    folder,
    ready: registrar.answers,
  },
  baresip: {
    name: 'baresip',
    command: 'baresip',
    args: ['-f', join(folder, 'baresip'), '-v'],
    folder,
    ready: async () => (await registrar.bindings('baresip')) > 0,
  },
});
