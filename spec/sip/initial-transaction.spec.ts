import type { Transaction } from '../../lib/sip/sipjs.js';
import { isRight } from '../../lib/core/either.js';
import { eventually } from '../e2e/support/eventually.js';
import { collect } from '../support/collect.js';
import { openPair, type Pair } from './adapter/pair.js';
import { talk } from './adapter/talk.js';

describe('SIP adapter: memory of a confirmed call', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await openPair({ TIMER_L: 300, TIMER_M: 300 });
  });
  afterEach(() => pair.close());

  /** The INVITEs that are under way, here and there, without a hold on them. */
  const invites = (): readonly WeakRef<Transaction>[] =>
    pair
      .cores()
      .flatMap(({ userAgentClients, userAgentServers }) => [...userAgentClients.values(), ...userAgentServers.values()])
      .filter(({ message }) => message.method === 'INVITE')
      .map(({ transaction }) => new WeakRef(transaction));

  it('holds nothing of the INVITE that it comes from, and goes on without', async () => {
    const { alice, bob } = pair;
    const { call } = await talk(alice, bob, 'A', '102');
    await bob.ask({ _tag: 'probe' });
    const both = invites();
    expect(both).toHaveLength(2);
    const left = await eventually(
      () => {
        collect();
        return Promise.resolve(both.filter(invite => invite.deref() !== undefined));
      },
      now => now.length === 0,
    );
    expect(left).toHaveLength(0);

    const held = alice.ask({ _tag: 'change', call: 'A', hold: true });
    const { offer } = await bob.take('offered');
    bob.perform({ _tag: 'accept-offer', ref: offer, call, hold: false });
    expect(isRight(await held)).toBe(true);
    bob.perform({ _tag: 'end', call });
    expect(await alice.take('ended')).toMatchObject({ call: 'A', by: 'remote' });
  });
});
