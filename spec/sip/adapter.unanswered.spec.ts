import type { UserAgentCore } from '../../lib/sip/sipjs.js';
import type { DevServer } from '../../server/lib/index.js';
import { eventually } from '../e2e/support/eventually.js';
import type { Line } from './adapter/line.js';
import { openPair, type Pair } from './adapter/pair.js';
import { talk } from './adapter/talk.js';

/** What 64 × T1 is here. */
const limit = 300;

const nothing = [0, 0, 0];

describe('SIP adapter: an unanswered re-INVITE at the end of the call', () => {
  let pair: Pair;
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  /** Bob's name for the call that Alice calls `A`. */
  let call: string;

  beforeEach(async () => {
    pair = await openPair({ TIMER_B: limit, TIMER_F: limit, TIMER_H: limit, TIMER_L: limit, TIMER_M: limit });
    ({ server, alice, bob } = pair);
    ({ call } = await talk(alice, bob, 'A', '102'));
    await bob.take('remote-hold');
    await alice.ask({ _tag: 'probe' });
    await bob.ask({ _tag: 'probe' });
  });
  afterEach(() => pair.close());

  /** The dialogs of both lines, their requests and those of the far side. */
  const held = (): readonly number[] => {
    const cores = pair.cores();
    const sum = (sizeOf: (core: UserAgentCore) => number): number =>
      cores.map(sizeOf).reduce((total, size) => total + size, 0);
    return [
      sum(({ dialogs }) => dialogs.size),
      sum(({ userAgentClients }) => userAgentClients.size),
      sum(({ userAgentServers }) => userAgentServers.size),
    ];
  };
  const offer = async (): Promise<void> => {
    void alice.ask({ _tag: 'change', call: 'A', hold: true });
    await bob.take('offered');
    expect(held()[0]).toBe(2);
  };
  const settled = (): Promise<readonly number[]> =>
    eventually(
      () => Promise.resolve(held()),
      now => now.every(size => size === 0),
      3_000,
    );

  it('is let go when who was asked hangs up', async () => {
    await offer();
    bob.perform({ _tag: 'end', call });
    await alice.take('ended');
    expect(await settled()).toEqual(nothing);
  });

  it('is let go when who has asked hangs up', async () => {
    await offer();
    alice.perform({ _tag: 'end', call: 'A' });
    await bob.take('ended');
    expect(await settled()).toEqual(nothing);
  });

  it('is let go when the line of who has asked goes', async () => {
    await offer();
    server.drop('alice');
    await alice.take('closed');
    await alice.up();
    alice.perform({ _tag: 'end', call: 'A' });
    await bob.take('ended');
    expect(await settled()).toEqual(nothing);
  });

  it('is let go when the line of who was asked goes', async () => {
    await offer();
    server.drop('bob');
    await bob.take('closed');
    await bob.up();
    bob.perform({ _tag: 'end', call });
    await alice.take('ended');
    expect(await settled()).toEqual(nothing);
  });

  it('is let go when both lines go', async () => {
    await offer();
    server.drop();
    await Promise.all([alice.take('closed'), bob.take('closed')]);
    await Promise.all([alice.up(), bob.up()]);
    alice.perform({ _tag: 'end', call: 'A' });
    bob.perform({ _tag: 'end', call });
    expect(await settled()).toEqual(nothing);
  });
});
