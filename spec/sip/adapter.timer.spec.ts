import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { invite } from '../../server/spec/support/house.js';
import type { Frame, Phone } from '../../server/spec/support/phone.js';
import { established, registered } from './adapter/caller.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { answerTo, closeFar, farSide, offer } from './adapter/platform.js';
import { dial } from './adapter/talk.js';

const sdp = 'Content-Type: application/sdp';
const knows = 'Supported: timer';

describe('SIP adapter: session timer', () => {
  let server: DevServer;
  let bob: Line;
  let alice: Phone;
  const meet = async (options: Parameters<typeof line>[2] = {}): Promise<void> => {
    bob = line(server, 'bob', options);
    await bob.up();
    alice = await registered(server, 'alice');
  };
  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    alice.socket.terminate();
    closeFar();
    stopAll();
    await server.close();
  });
  const contact = (): string => `Contact: <${alice.contact}>`;
  const accept = async (request: Frame, headers: readonly string[] = []): Promise<void> => {
    alice.send(alice.answer(request, 200, [contact(), sdp, ...headers], await answerTo(request.body)));
  };

  it.each([
    ['by the far side, as it wishes', [knows, 'Session-Expires: 1800;refresher=uac'], '1800;refresher=uac', 'remote'],
    ['by us, as it wishes', [knows, 'x: 1800 ; Refresher = UAS'], '1800;refresher=uas', 'local'],
    ['by the far side, where it does not care', [knows, 'Session-Expires: 90'], '90;refresher=uac', 'remote'],
    ['by us, where it knows nothing of it', ['Session-Expires: 600;refresher=uac'], '600;refresher=uas', 'local'],
  ] as const)('is agreed on in our 200: %s', async (_, headers, value, refresher) => {
    await meet();
    const { ok, call } = await established(alice, bob, '102', headers);
    expect(ok.one('Session-Expires')).toBe(value);
    expect(ok.all('Require')).toEqual(refresher === 'remote' ? ['timer'] : []);
    expect(await bob.take('session-timer')).toEqual({
      _tag: 'session-timer',
      call,
      interval: Number(value.split(';')[0]),
      refresher,
    });
  });

  it('is what the account asks for where the far side asks for nothing', async () => {
    await meet({ sessionExpires: 600 });
    const { ok } = await established(alice, bob, '102', [knows, 'Min-SE: 900']);
    expect(ok.one('Session-Expires')).toBe('900;refresher=uac');
    await bob.take('session-timer');
  });

  it('has no end where nobody asks for one', async () => {
    await meet();
    const { ok } = await established(alice, bob, '102', [knows]);
    expect(ok.all('Session-Expires')).toEqual([]);
    expect(bob.left('session-timer')).toEqual([]);
  });

  it('is never shorter than 90 s', async () => {
    await meet();
    await invite(alice, '102', { headers: [contact(), sdp, 'Session-Expires: 89'], body: await offer() });
    expect((await alice.expect('422 INVITE')).one('Min-SE')).toBe('90');
    expect(bob.left('incoming')).toEqual([]);
    const { say, side } = await established(alice, bob, '102');
    say('INVITE', 1, [sdp, 'Session-Expires: 30'], await side.offer());
    expect((await alice.expect('422 INVITE')).one('Min-SE')).toBe('90');
    say('UPDATE', 2, ['Session-Expires: 30']);
    expect((await alice.expect('422 UPDATE')).one('Min-SE')).toBe('90');
    expect(bob.left('offered')).toEqual([]);
  });

  it('is agreed on anew with each change, until nobody asks any more', async () => {
    await meet();
    const { say, side, ack, call, draft } = await established(alice, bob, '102', [knows, 'Session-Expires: 1800']);
    await bob.take('session-timer');
    say('UPDATE', 1, [knows, 'Session-Expires: 120;refresher=uas']);
    expect((await alice.expect('200 UPDATE')).one('Session-Expires')).toBe('120;refresher=uas');
    expect(await bob.take('session-timer')).toMatchObject({ interval: 120, refresher: 'local' });

    say('INVITE', 2, [sdp, knows], await side.offer());
    const { offer: ref } = await bob.take('offered');
    bob.perform({ _tag: 'accept-offer', ref, call, hold: false });
    const again = await alice.expect(`200 INVITE ${draft.callId} ${draft.cseq + 2}`);
    expect(again.all('Session-Expires')).toEqual([]);
    ack(2, again);
    expect(await bob.take('no-session-timer')).toEqual({ _tag: 'no-session-timer', call });
  });

  it('is asked for again, longer, where that is wanted', async () => {
    await meet({ sessionExpires: 120 });
    await dial(bob, 'B', '101');
    const first = await alice.expect('INVITE');
    expect(first.one('Session-Expires')).toBe('120');
    expect(first.one('Supported')).toContain('timer');
    alice.send(alice.answer(first, 422, ['Min-SE: 300']));
    expect(await bob.take('redirected')).toMatchObject({
      call: 'B',
      minSessionExpires: 300,
      end: { by: 'remote', statusCode: 422 },
    });
    bob.perform({ _tag: 'place', call: 'B', again: { minSessionExpires: 300 } });
    const second = await alice.expect('INVITE');
    expect([second.one('Session-Expires'), second.one('Min-SE')]).toEqual(['300', '300']);
    expect([second.one('Call-ID'), second.one('From'), second.body]).toEqual([
      first.one('Call-ID'),
      first.one('From'),
      first.body,
    ]);
    expect(Number.parseInt(second.one('CSeq'))).toBeGreaterThan(Number.parseInt(first.one('CSeq')));
    await accept(second, ['Require: timer', 'Session-Expires: 300;refresher=uas']);
    await bob.take('accepted');
    expect(await bob.take('session-timer')).toEqual({
      _tag: 'session-timer',
      call: 'B',
      interval: 300,
      refresher: 'remote',
    });
  });

  it('ends where a longer one is not wanted, or is no number', async () => {
    await meet({ sessionExpires: 120 });
    await dial(bob, 'B', '101');
    alice.send(alice.answer(await alice.expect('INVITE'), 422, ['Min-SE: soon']));
    expect(await bob.take('ended')).toMatchObject({ call: 'B', statusCode: 422 });
  });

  it('is kept alive by the description that both sides have, and can be changed after it', async () => {
    await meet({ sessionExpires: 120 });
    await dial(bob, 'B', '101');
    const first = await alice.expect('INVITE');
    const side = farSide();
    const body = await side.answer(first.body);
    const headers = [contact(), sdp, 'Session-Expires: 120;refresher=uac'];
    alice.send(alice.answer(first, 200, headers, body));
    expect(await bob.take('session-timer')).toMatchObject({ refresher: 'local' });
    await alice.expect('ACK');

    const refreshed = bob.ask({ _tag: 'refresh', call: 'B' });
    const second = await alice.expect('INVITE');
    expect(second.one('Session-Expires')).toBe('120;refresher=uac');
    expect(second.body).toBe(first.body);
    alice.send(alice.answer(second, 200, headers, body));
    expect(isRight(await refreshed)).toBe(true);
    await bob.take('session-timer');
    await alice.expect('ACK');

    // Too short by now: at once again, longer.
    const short = bob.ask({ _tag: 'refresh', call: 'B' });
    alice.send(alice.answer(await alice.expect('INVITE'), 422, ['Min-SE: 300']));
    expect(await short).toMatchObject({ left: { fault: { statusCode: 422 }, retryAfter: 0 } });

    const held = bob.ask({ _tag: 'change', call: 'B', hold: true });
    const third = await alice.expect('INVITE');
    expect(third.body).toContain('a=sendonly');
    expect([third.one('Session-Expires'), third.one('Min-SE')]).toEqual(['300;refresher=uac', '300']);
    alice.send(alice.answer(third, 200, headers, await side.answer(third.body)));
    expect(isRight(await held)).toBe(true);

    // It is refreshed as it stands.
    await alice.expect('ACK');
    const again = bob.ask({ _tag: 'refresh', call: 'B' });
    const fourth = await alice.expect('INVITE');
    expect(fourth.body).toBe(third.body);
    alice.send(alice.answer(fourth, 481));
    expect(await again).toMatchObject({ left: { fault: { code: 'call-ended' } } });
    expect(await bob.take('ended')).toMatchObject({ call: 'B', statusCode: 481 });
  });
});
