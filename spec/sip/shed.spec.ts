import { Timers, UserAgentCore, type Transaction } from 'sip.js/lib/core/index.js';
import { isRight } from '../../lib/kernel/either.js';
import { plainMedia } from '../../lib/rtc/media.js';
import { startServer, type DevServer } from '../../lib/server/index.js';
import { eventually } from '../e2e/support/eventually.js';
import { collect } from '../support/collect.js';
import { standIn, standInMicrophone } from '../support/standin.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { talk } from './adapter/talk.js';

describe('a call that stands', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  /** sip.js's cores, as whatever reaches them shows them. */
  let reached: jest.SpyInstance;
  const usual = { ...Timers };
  beforeEach(async () => {
    Object.assign(Timers, { TIMER_L: 300, TIMER_M: 300 });
    reached = jest.spyOn(UserAgentCore.prototype, 'receiveIncomingResponseFromTransport');
    server = await startServer({ port: 0, media: false });
    const options = { peerConnection: standIn };
    alice = line(server, 'alice', options, plainMedia(standInMicrophone));
    bob = line(server, 'bob', options, plainMedia(standInMicrophone));
    await Promise.all([alice.up(), bob.up()]);
  });
  afterEach(async () => {
    Object.assign(Timers, usual);
    reached.mockRestore();
    stopAll();
    await server.close();
  });

  /** The INVITEs that are under way, here and there, without a hold on them. */
  const invites = (): readonly WeakRef<Transaction>[] =>
    [...new Set(reached.mock.contexts as UserAgentCore[])]
      .flatMap(({ userAgentClients, userAgentServers }) => [...userAgentClients.values(), ...userAgentServers.values()])
      .filter(({ message }) => message.method === 'INVITE')
      .map(({ transaction }) => new WeakRef(transaction));

  it('holds nothing of the INVITE that it comes from, and goes on without', async () => {
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
