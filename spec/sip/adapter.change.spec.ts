import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { invite } from '../../server/spec/support/house.js';
import { id, inDialog, phone, text, type Draft, type Frame, type Phone } from '../../server/spec/support/phone.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { answerTo, closeFar, farSide, offer, type FarSide } from './adapter/platform.js';
import { dial, prepare, talk } from './adapter/talk.js';
import { watchTimers } from './adapter/timers.js';

const direction = (raw: string): string | undefined => /^a=(sendrecv|sendonly|recvonly|inactive)\r$/m.exec(raw)?.[1];
const sdpHeader = 'Content-Type: application/sdp';

describe('SIP adapter: offers within a call of two adapters', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  /** Bob's name for the call that Alice calls `A`. */
  let call: string;

  const meet = async (options: Parameters<typeof line>[2] = {}): Promise<void> => {
    alice = line(server, 'alice', options);
    bob = line(server, 'bob');
    await Promise.all([alice.up(), bob.up()]);
    ({ call } = await talk(alice, bob, 'A', '102'));
    await alice.take('remote-hold');
    await bob.take('remote-hold');
  };
  const change = (hold: boolean): ReturnType<Line['ask']> => alice.ask({ _tag: 'change', call: 'A', hold });
  /** What Bob's core would do about an offer: answer it, without a hold of his own. */
  const agree = async (hold = false): Promise<unknown> => {
    const { offer: ref } = await bob.take('offered');
    bob.perform({ _tag: 'accept-offer', ref, call, hold });
    return (await bob.take('done', report => report.ref === ref)).result;
  };

  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    closeFar();
    stopAll();
    await server.close();
  });

  it('is held and goes on', async () => {
    await meet();
    const sent = server.next({ method: 'INVITE', from: 'client' });
    const answered = server.next({ method: 'INVITE', status: 200, from: 'client' });
    const [held, agreed] = await Promise.all([change(true), agree()]);
    expect([held, agreed].map(result => isRight(result as never))).toEqual([true, true]);
    expect(direction((await sent).raw)).toBe('sendonly');
    expect(direction((await answered).raw)).toBe('recvonly');
    expect(await bob.take('remote-hold')).toMatchObject({ call, on: true });
    expect(await alice.take('remote-hold')).toMatchObject({ call: 'A', on: false });

    const [again] = await Promise.all([change(false), agree()]);
    expect(isRight(again)).toBe(true);
    expect(await bob.take('remote-hold')).toMatchObject({ on: false });
  });

  it('repeats no answer to a change after it is over', async () => {
    await meet();
    await Promise.all([change(true), agree()]);
    const timers = watchTimers();
    const ack = server.hold({ method: 'ACK', from: 'client', user: 'alice' });
    void change(false);
    const { offer: ref } = await bob.take('offered');
    bob.perform({ _tag: 'accept-offer', ref, call, hold: false });
    await ack.seen;
    // What repeats it is running now.
    expect(await timers.running()).toBeGreaterThan(0);
    bob.perform({ _tag: 'end', call });
    await alice.take('ended');
    ack.drop();
    stopAll();
    // One that were started again for ever would never be over.
    while ((await timers.running()) > 0);
    timers.stop();
  });

  it('is held by both: each answer holds too', async () => {
    await meet();
    const [held] = await Promise.all([change(true), agree(true)]);
    expect(isRight(held)).toBe(true);
    expect(await alice.take('remote-hold')).toMatchObject({ on: true });
    expect(await bob.take('remote-hold')).toMatchObject({ on: true });
  });

  it('is held with `inactive` where the account says so, and then learns nothing of the far side', async () => {
    await meet({ hold: 'inactive' });
    const sent = server.next({ method: 'INVITE', from: 'client' });
    const [held] = await Promise.all([change(true), agree()]);
    expect(isRight(held)).toBe(true);
    expect(direction((await sent).raw)).toBe('inactive');
    expect(await bob.take('remote-hold')).toMatchObject({ on: true });
    expect(alice.left('remote-hold')).toEqual([]);
  });

  it('refuses the second of two offers that meet, and can offer again', async () => {
    await meet();
    const ours = server.hold({ method: 'INVITE', user: 'alice', from: 'client' });
    const held = change(true);
    await ours.seen;
    expect(await change(false)).toMatchObject({ left: { fault: { code: 'busy', statusCode: 491 } } });
    // What comes back to him has passed behind her ACK.
    await bob.ask({ _tag: 'probe' });
    // Alice waits for an answer, so she cannot take an offer: RFC 3261 §14.2.
    const theirs = await bob.ask({ _tag: 'change', call, hold: true });
    expect(theirs).toMatchObject({ left: { fault: { code: 'busy', statusCode: 491, retryable: true } } });
    expect(alice.left('offered')).toEqual([]);
    ours.release();
    await agree();
    expect(isRight(await held)).toBe(true);
  });

  it('declines what the core declines, and what was declined can be offered again', async () => {
    await meet();
    const declined = change(true);
    const { offer: ref } = await bob.take('offered');
    bob.perform({ _tag: 'decline-offer', offer: ref, call, statusCode: 491 });
    expect(await declined).toMatchObject({ left: { fault: { code: 'busy', statusCode: 491 } } });
    expect(bob.left('remote-hold')).toEqual([]);
    const [again] = await Promise.all([change(true), agree()]);
    expect(isRight(again)).toBe(true);
  });

  it('says when to try again, and ends where nobody knows it any more', async () => {
    await meet();
    server.respond({ method: 'INVITE' }, { status: 500, headers: ['Retry-After: 4'] });
    expect(await change(true)).toMatchObject({
      left: { fault: { code: 'server-error', statusCode: 500 }, retryAfter: 4000 },
    });
    server.respond({ method: 'INVITE' }, { status: 481 });
    expect(await change(true)).toMatchObject({ left: { fault: { code: 'call-ended' } } });
    expect(await alice.take('ended')).toMatchObject({ call: 'A', by: 'remote', statusCode: 481 });
  });

  it('settles what is owed when it ends meanwhile', async () => {
    await meet();
    const ours = server.hold({ method: 'INVITE', user: 'alice', from: 'client' });
    const held = change(true);
    await ours.seen;
    bob.perform({ _tag: 'end', call });
    expect(await held).toMatchObject({ left: { fault: { code: 'call-ended' } } });
    expect(await alice.take('ended')).toMatchObject({ cause: 'hung_up' });
    expect(await change(false)).toMatchObject({ left: { fault: { code: 'no-such-call' } } });
    ours.drop();
  });

  it('is forgotten when its line is gone', async () => {
    await meet();
    server.drop('alice');
    await alice.take('closed');
    alice.perform({ _tag: 'forget', call: 'A' });
    expect(await change(true)).toMatchObject({ left: { fault: { code: 'no-such-call' } } });
    expect(alice.left('ended')).toEqual([]);
  });

  it('tells a closed line from a far side that refuses', async () => {
    await meet();
    server.drop('alice');
    await alice.take('closed');
    expect(await change(true)).toMatchObject({ left: { fault: { code: 'line-lost' } } });
  });
});

describe('SIP adapter: offers within a call of another phone', () => {
  let server: DevServer;
  let bob: Line;
  let alice: Phone;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
    bob = line(server, 'bob');
    alice = await phone(server.wsUrl, server.user('alice'));
    await Promise.all([bob.up(), alice.register()]);
  });
  afterEach(async () => {
    alice.socket.terminate();
    closeFar();
    stopAll();
    await server.close();
  });

  const contact = (): string => `Contact: <${alice.contact}>`;
  const ring = async (
    body: string,
    headers: readonly string[] = [],
  ): Promise<{ readonly draft: Draft; readonly call: string }> => {
    const type = body === '' ? [] : [sdpHeader];
    const draft = await invite(alice, '102', { headers: [contact(), ...type, ...headers], body });
    const { call } = await bob.take('incoming');
    return { draft, call };
  };
  const answered = async (call: string): Promise<Frame> => {
    await prepare(bob, call);
    await bob.ask({ _tag: 'answer', call });
    return alice.expect('200 INVITE');
  };
  const ack = (draft: Draft, ok: Frame, body = ''): void => {
    const sent = inDialog(draft, ok, 'ACK', draft.cseq);
    alice.send(text({ ...sent, headers: [...sent.headers, ...(body === '' ? [] : [sdpHeader])], body }, alice.host));
  };
  const inside = (
    draft: Draft,
    ok: Frame,
    method: string,
    cseq: number,
    body = '',
    headers: readonly string[] = [],
  ): void => {
    const sent = inDialog(draft, ok, method, draft.cseq + cseq);
    const type = body === '' ? [] : [sdpHeader];
    alice.send(text({ ...sent, headers: [...sent.headers, contact(), ...type, ...headers], body }, alice.host));
  };
  const established = async (): Promise<{
    readonly draft: Draft;
    readonly call: string;
    readonly ok: Frame;
    readonly far: FarSide;
  }> => {
    const far = farSide();
    const { draft, call } = await ring(await far.offer());
    const ok = await answered(call);
    ack(draft, ok);
    await far.accept(ok.body);
    // The ACK is in when the dialog lets us say BYE or INFO; a probe behind it has passed it.
    await alice.ask(alice.request('OPTIONS', 'sip:102@callstream.test'));
    await bob.take('remote-hold');
    return { draft, call, ok, far };
  };

  it('offers in its 200 to an INVITE that offers nothing, and takes the answer from the ACK', async () => {
    const { draft, call } = await ring('');
    const ok = await answered(call);
    expect(ok.body).toMatch(/^m=audio /m);
    expect(bob.left('remote-hold')).toEqual([]);
    ack(draft, ok, (await answerTo(ok.body)).replace('a=sendrecv', 'a=inactive'));
    expect(await bob.take('remote-hold')).toMatchObject({ call, on: true });
  });

  it.each([
    ['no answer', ''],
    ['nonsense', 'v=0\r\nnonsense\r\n'],
  ])('hangs up when the ACK has %s to its offer', async (_, body) => {
    const { draft, call } = await ring('');
    const ok = await answered(call);
    ack(draft, ok, body);
    const bye = await alice.expect('BYE');
    expect(bye.one('Reason')).toMatch(/^SIP;cause=488;/);
    expect(await bob.take('ended')).toMatchObject({ call, by: 'local', cause: 'media_failed' });
  });

  it('offers in its 200 to a re-INVITE that offers nothing', async () => {
    const { draft, call, ok, far } = await established();
    inside(draft, ok, 'INVITE', 1);
    const { offer: ref } = await bob.take('offered');
    bob.perform({ _tag: 'accept-offer', ref, call, hold: true });
    const again = await alice.expect(`200 INVITE ${draft.callId} ${draft.cseq + 1}`);
    expect(direction(again.body)).toBe('sendonly');
    expect(bob.left('done')).toEqual([]);
    ack({ ...draft, cseq: draft.cseq + 1 }, again, await far.answer(again.body));
    expect(await bob.take('done', report => report.ref === ref)).toMatchObject({ result: { _tag: 'Right' } });
    await bob.take('remote-hold');
  });

  it('takes an UPDATE with a description for an offer, and one without for a sign of life', async () => {
    const { draft, call, ok, far } = await established();
    inside(draft, ok, 'UPDATE', 1);
    expect((await alice.expect('200 UPDATE')).one('Allow')).toContain('UPDATE');
    inside(draft, ok, 'UPDATE', 2, (await far.offer()).replace('a=sendrecv', 'a=sendonly'));
    const { offer: ref } = await bob.take('offered');
    bob.perform({ _tag: 'accept-offer', ref, call, hold: false });
    expect((await alice.expect(`200 UPDATE ${draft.callId} ${draft.cseq + 2}`)).body).toMatch(/^m=audio /m);
    expect(await bob.take('done', report => report.ref === ref)).toMatchObject({ result: { _tag: 'Right' } });
    expect(await bob.take('remote-hold')).toMatchObject({ on: true });
    inside(draft, ok, 'UPDATE', 2);
    expect((await alice.expect('500 UPDATE')).status).toBe(500);
  });

  it('lets nobody take an offer twice, nor an offer that was taken back', async () => {
    const { draft, call, ok } = await established();
    inside(draft, ok, 'UPDATE', 1, await offer());
    const first = await bob.take('offered');
    inside(draft, ok, 'UPDATE', 2, await offer());
    expect((await alice.expect('500 UPDATE')).status).toBe(500);
    bob.perform({ _tag: 'decline-offer', offer: first.offer, call, statusCode: 488 });
    expect((await alice.expect('488 UPDATE')).status).toBe(488);
    expect(bob.left('offered')).toEqual([]);
  });

  it('tells when the far side has become somebody else', async () => {
    const { draft, call, ok } = await established();
    // The proxy asserts what it knows; behind it the far side may be transferred.
    const sent = inDialog(draft, ok, 'UPDATE', draft.cseq + 1);
    const asserted = 'P-Asserted-Identity: "Carol" <sip:103@callstream.test>';
    server.inject('bob', text({ ...sent, headers: [contact(), asserted] }, 'proxy.invalid'));
    expect(await bob.take('identified')).toEqual({
      _tag: 'identified',
      call,
      identity: { phoneNumber: '103', displayName: 'Carol', anonymous: false },
    });
  });

  it('does not hang up before the ACK has come', async () => {
    const { draft, call } = await ring(await offer());
    const ok = await answered(call);
    bob.perform({ _tag: 'end', call, reason: 'enough' });
    await bob.ask({ _tag: 'probe' });
    expect(server.log.filter(({ method }) => method === 'BYE')).toEqual([]);
    ack(draft, ok);
    expect((await alice.expect('BYE')).one('Reason')).toBe('SIP;text="enough"');
  });

  it('is cancelled, and says why when it is told', async () => {
    const { draft, call } = await ring(await offer(), ['Call-Info: <sip:x@y>;answer-after=0']);
    alice.send(
      text(
        { ...draft, method: 'CANCEL', headers: ['Reason: SIP;cause=200;text="Call completed elsewhere"'], body: '' },
        alice.host,
      ),
    );
    expect(await bob.take('ended')).toEqual({
      _tag: 'ended',
      call,
      by: 'remote',
      cause: 'answered_elsewhere',
      reason: 'Call completed elsewhere',
    });
    expect((await alice.expect('487 INVITE')).status).toBe(487);
  });

  it('hears who calls and how he wants to be answered', async () => {
    const draft = await invite(alice, '102', { headers: [contact(), 'Call-Info: <sip:x@y>;answer-after=0'] });
    expect(await bob.take('incoming')).toMatchObject({
      ref: draft.callId,
      autoAnswer: true,
      identity: { phoneNumber: '101', displayName: 'Alice' },
    });
  });

  it('takes a tone from an INFO, and no other INFO', async () => {
    const { draft, call, ok } = await established();
    const relay = 'Signal=5\r\nDuration=160';
    const sent = inDialog(draft, ok, 'INFO', draft.cseq + 1);
    alice.send(
      text({ ...sent, headers: [...sent.headers, 'Content-Type: application/dtmf-relay'], body: relay }, alice.host),
    );
    expect((await alice.expect('200 INFO')).status).toBe(200);
    expect(await bob.take('tone-received')).toEqual({ _tag: 'tone-received', call, tone: '5', duration: 160 });
    alice.send(
      text(
        {
          ...sent,
          branch: `z9hG4bK${id()}`,
          cseq: draft.cseq + 2,
          headers: [...sent.headers, 'Content-Type: text/plain'],
          body: 'x',
        },
        alice.host,
      ),
    );
    expect((await alice.expect('469 INFO')).one('Recv-Info')).toBe('');
  });

  it('sends a tone beside the media when it may not send it in them', async () => {
    const { call } = await established();
    const done = bob.ask({ _tag: 'tone', call, tone: '#' });
    const info = await alice.expect('INFO');
    expect(info.one('Content-Type')).toBe('application/dtmf-relay');
    expect(info.body).toBe('Signal=#\r\nDuration=100');
    alice.send(alice.answer(info, 200));
    expect(isRight(await done)).toBe(true);

    const refused = bob.ask({ _tag: 'tone', call, tone: '7' });
    alice.send(alice.answer(await alice.expect('INFO'), 415));
    expect(await refused).toMatchObject({ left: { fault: { code: 'refused', statusCode: 415 } } });
    expect(JSON.stringify(await refused)).not.toContain('7');
  });

  it('sends no tone by INFO where the account wants them in the media', async () => {
    bob.stop();
    bob = line(server, 'bob', { dtmf: 'rfc4733' });
    await bob.up();
    const { call } = await established();
    expect(await bob.ask({ _tag: 'tone', call, tone: '1' })).toMatchObject({
      left: { fault: { code: 'wrong-state' } },
    });
  });

  it('sends no tone before the call is answered', async () => {
    await dial(bob, 'B', '101');
    await alice.expect('INVITE');
    expect(await bob.ask({ _tag: 'tone', call: 'B', tone: '1' })).toMatchObject({
      left: { fault: { code: 'wrong-state' } },
    });
  });
});
