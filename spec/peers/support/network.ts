import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * A machine behind a router, both of them namespaces of this kernel's network: root and iproute2 make them.
 *
 *     this machine  198.18.0.1 ─── router ─── 198.18.0.6  the machine
 */
export type Network = {
  /** This machine, as the one behind the router sees it. */
  readonly here: string;
  /** The words that run a command on the machine behind the router. */
  readonly command: (words: string) => string;
  /** That machine's cable is out: it knows that it has no network. */
  readonly unplug: () => Promise<void>;
  /** The router loses every UDP packet without a word, and carries the rest. */
  readonly loseUdp: () => Promise<void>;
  /** The cable is in, and the router carries everything. */
  readonly restore: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const router = 'callstream-router';
const machine = 'callstream-machine';
/** Of the network for tests of networks (RFC 2544), so that nobody's own is in the way. */
const here = '198.18.0.1';

const setUp: readonly string[] = [
  `netns add ${router}`,
  `netns add ${machine}`,
  `link add callstream0 type veth peer name outside netns ${router}`,
  `-n ${router} link add inside type veth peer name cable netns ${machine}`,
  `address add ${here}/30 dev callstream0`,
  `-n ${router} address add 198.18.0.2/30 dev outside`,
  `-n ${router} address add 198.18.0.5/30 dev inside`,
  `-n ${machine} address add 198.18.0.6/30 dev cable`,
  'link set callstream0 up',
  `-n ${router} link set outside up`,
  `-n ${router} link set inside up`,
  `-n ${machine} link set lo up`,
  'route add 198.18.0.4/30 via 198.18.0.2',
  `-n ${router} route add default via ${here}`,
];

const forwarding = 'echo 1 > /proc/sys/net/ipv4/ip_forward';

/** The way out goes with the cable, and comes back a moment after it. */
const plugged: readonly string[] = [
  `-n ${machine} link set cable up`,
  `-n ${machine} route replace default via 198.18.0.5`,
];

const udp = 'ipproto udp blackhole';

const run = promisify(execFile);
const ip = (words: string): Promise<unknown> => run('ip', words.split(' '));

const inTurn = async (all: readonly string[]): Promise<void> => {
  for (const words of all) await ip(words);
};

/** Takes away what is there, if it is. */
const removed = async (...all: readonly string[]): Promise<void> => {
  for (const words of all) await ip(words).catch(() => undefined);
};

/** With one end of a link the other one goes at once; with its namespace it would take the kernel a moment. */
const close = (): Promise<void> =>
  removed('link delete callstream0', `netns delete ${machine}`, `netns delete ${router}`);

/** Rejects where this user may not do it; then nothing of it is left. What a run that was killed has left goes before. */
export const openNetwork = async (): Promise<Network> => {
  await close();
  try {
    await inTurn([...setUp, ...plugged]);
    await run('ip', ['netns', 'exec', router, 'sh', '-c', forwarding]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    here,
    command: words => `ip netns exec ${machine} ${words}`,
    unplug: () => inTurn([`-n ${machine} link set cable down`]),
    loseUdp: () => inTurn([`-n ${router} rule add ${udp}`]),
    restore: async () => {
      await removed(`-n ${router} rule delete ${udp}`);
      await inTurn(plugged);
    },
    close,
  };
};
