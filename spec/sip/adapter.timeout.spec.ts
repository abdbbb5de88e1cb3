import { Timers } from '../../lib/sip/sipjs.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { invite } from '../../server/spec/support/house.js';
import { phone, type Phone } from '../../server/spec/support/phone.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { closeFar, offer } from './adapter/platform.js';
import { dial, prepare } from './adapter/talk.js';

/** What a far end that says nothing costs: 32 s by RFC 3261 §17, a moment here. */
describe('SIP adapter: timeouts', () => {
  const usual = { ...Timers };
  let server: DevServer;
  let bob: Line;
  let alice: Phone;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
    bob = line(server, 'bob');
    alice = await phone(server.wsUrl, server.user('alice'));
    await Promise.all([bob.up(), alice.register()]);
    Object.assign(Timers, { TIMER_B: 30, TIMER_F: 30, TIMER_L: 30 });
  });
  afterEach(async () => {
    Object.assign(Timers, usual);
    alice.socket.terminate();
    closeFar();
    stopAll();
    await server.close();
  });

  it('gives a registration and a probe up', async () => {
    server.silence('bob');
    for (const order of [{ _tag: 'register', expires: 60 }, { _tag: 'unregister' }, { _tag: 'probe' }] as const) {
      expect(await bob.ask(order)).toMatchObject({ left: { fault: { code: 'timeout', retryable: true } } });
    }
  });

  it('gives an INVITE up', async () => {
    server.silence('bob');
    await dial(bob, 'B', '101');
    expect(await bob.take('ended')).toEqual({ _tag: 'ended', call: 'B', by: 'network', cause: 'request_timeout' });
  });

  it('hangs up when its 200 is never acknowledged', async () => {
    await invite(alice, '102', {
      headers: [`Contact: <${alice.contact}>`, 'Content-Type: application/sdp'],
      body: await offer(),
    });
    const { call } = await bob.take('incoming');
    await prepare(bob, call);
    await bob.ask({ _tag: 'answer', call });
    // Nobody is in the way of it: it is only too early.
    const early = await bob.ask({ _tag: 'change', call, hold: true });
    expect(early).toMatchObject({ left: { fault: { code: 'busy' }, retryAfter: 100 } });
    expect(early).not.toHaveProperty('left.fault.statusCode');
    expect(await bob.take('ended')).toEqual({ _tag: 'ended', call, by: 'network', cause: 'request_timeout' });
    await alice.expect('BYE');
  });

  it('says BYE after all when it was hung up before the ACK that never came', async () => {
    await invite(alice, '102', {
      headers: [`Contact: <${alice.contact}>`, 'Content-Type: application/sdp'],
      body: await offer(),
    });
    const { call } = await bob.take('incoming');
    await prepare(bob, call);
    await bob.ask({ _tag: 'answer', call });
    bob.perform({ _tag: 'end', call });
    await alice.expect('BYE');
    expect(bob.left('ended')).toEqual([]);
  });
});
