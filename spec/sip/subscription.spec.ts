import { isRight, type Either } from '../../lib/core/either.js';
import type { Failure } from '../../lib/core/port.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { headerValue, headerValues } from '../../lib/sip/message.js';
import { far, type Far, type Heard } from './adapter/far.js';
import { line, stopAll, type Line } from './adapter/line.js';

const summary = (result: Either<Failure, unknown>): unknown => {
  if (isRight(result)) return result.right;
  const { fault, ...rest } = result.left;
  return { code: fault.code, statusCode: fault.statusCode, ...rest };
};

const order = { _tag: 'watch', watch: 'w', uri: '102', package: 'dialog', expires: 3_600, anew: true } as const;

const info = (version: number, state: 'full' | 'partial', dialogs = ''): string =>
  `<dialog-info version="${String(version)}" state="${state}" entity="sip:102@callstream.test">${dialogs}</dialog-info>`;

const active = 'Subscription-State: active;expires=99';
const contact = 'Contact: <sip:notifier@far.invalid;transport=ws>';
const about = (body: string): { readonly headers: readonly string[]; readonly body: string } => ({
  headers: ['Event: dialog', active, contact, 'Content-Type: application/dialog-info+xml'],
  body,
});

describe('SIP adapter: SUBSCRIBE', () => {
  let server: DevServer;
  let other: Far;
  let alice: Line;
  beforeEach(async () => {
    [server, other] = await Promise.all([startServer({ port: 0 }), far()]);
    alice = line(server, 'alice', { server: other.url });
    await alice.up();
  });
  afterEach(async () => {
    stopAll();
    await Promise.all([server.close(), other.close()]);
  });

  /** A subscription that is accepted, and has been heard of once. */
  const subscribed = async (): Promise<Heard> => {
    const asked = alice.ask(order);
    const request = await other.next('SUBSCRIBE');
    other.answer(request, 200, { headers: ['Expires: 1800', contact] });
    expect(summary(await asked)).toEqual({ expires: 1_800 });
    other.request('NOTIFY', 1, { within: request, ...about(info(0, 'full')) });
    await other.next('200 NOTIFY');
    expect(await alice.take('notified')).toMatchObject({ watch: 'w', notice: { version: 0, dialogs: [] } });
    return request;
  };

  it('says what it wants, and what it can read', async () => {
    const asked = alice.ask(order);
    const request = await other.next('SUBSCRIBE');
    expect(request.startLine).toBe('SUBSCRIBE sip:102@callstream.test SIP/2.0');
    expect(headerValue(request, 'event')).toBe('dialog');
    expect(headerValue(request, 'expires')).toBe('3600');
    expect(headerValues(request, 'accept')).toEqual(['application/dialog-info+xml']);
    expect(headerValue(request, 'contact')).toMatch(/^<sip:alice@\w+\.invalid;transport=ws>$/);
    expect(headerValues(request, 'allow')).toContain('NOTIFY');
    expect(headerValue(request, 'to')).toBe('<sip:102@callstream.test>');
    other.answer(request, 202, { headers: [contact] });
    expect(summary(await asked)).toEqual({ expires: 3_600 });
  });

  it('asks for its own mailbox where nobody is named', async () => {
    const asked = alice.ask({ ...order, uri: '', package: 'message-summary' });
    const request = await other.next('SUBSCRIBE');
    expect(request.startLine).toBe('SUBSCRIBE sip:alice@callstream.test SIP/2.0');
    expect(headerValue(request, 'event')).toBe('message-summary');
    expect(headerValues(request, 'accept')).toEqual(['application/simple-message-summary']);
    other.answer(request, 200, { headers: ['Expires: 60'] });
    await asked;
    other.request('NOTIFY', 1, {
      within: request,
      headers: ['Event: message-summary', active, contact, 'Content-Type: application/simple-message-summary'],
      body: 'Messages-Waiting: yes\r\nVoice-Message: 1/2\r\n',
    });
    expect(await alice.take('notified')).toEqual({
      _tag: 'notified',
      watch: 'w',
      state: 'active',
      expires: 99,
      notice: { _tag: 'messages', waiting: true, counts: { 'voice-message': { new: 1, old: 2 } } },
    });
  });

  it.each([
    [403, [], { code: 'forbidden', statusCode: 403 }],
    [404, [], { code: 'not-found', statusCode: 404 }],
    [489, [], { code: 'unsupported', statusCode: 489 }],
    [405, [], { code: 'unsupported', statusCode: 405 }],
    [423, ['Min-Expires: 7200'], { code: 'interval-too-brief', statusCode: 423, minExpires: 7_200 }],
    [503, ['Retry-After: 5'], { code: 'server-error', statusCode: 503, retryAfter: 5_000 }],
  ])('is told of a refusal with %d', async (status, headers, says) => {
    const asked = alice.ask(order);
    const request = await other.next('SUBSCRIBE');
    other.answer(request, status, { headers });
    expect(summary(await asked)).toEqual(says);
    other.request('NOTIFY', 1, { within: request, ...about(info(0, 'full')) });
    await other.next('481 NOTIFY');
    expect(alice.left('notified')).toEqual([]);
  });

  it('asks nobody for what is no address', async () => {
    expect(summary(await alice.ask({ ...order, uri: 'http://x' }))).toEqual({ code: 'invalid-target' });
    expect(summary(await alice.ask({ ...order, anew: false }))).toEqual({ code: 'call-ended' });
    expect(other.left()).toEqual([]);
  });

  it('hears a notification that comes before the answer, and goes on with whoever has sent it', async () => {
    const asked = alice.ask(order);
    const request = await other.next('SUBSCRIBE');
    const early = info(4, 'full', '<dialog id="1" direction="recipient"><state>early</state></dialog>');
    const record = 'Record-Route: <sip:proxy.example.com;lr>';
    const first = about(early);
    other.request('NOTIFY', 7, { within: request, body: first.body, headers: [...first.headers, record] });
    await other.next('200 NOTIFY');
    expect(await alice.take('notified')).toEqual({
      _tag: 'notified',
      watch: 'w',
      state: 'active',
      expires: 99,
      notice: {
        _tag: 'dialogs',
        version: 4,
        full: true,
        dialogs: [{ id: '1', direction: 'recipient', state: 'early' }],
      },
    });
    // Another branch of the same request answers, and notifies: the first has won.
    other.answer(request, 200, { headers: ['Expires: 1800', 'Contact: <sip:other@far.invalid>'], tag: 'fork' });
    await asked;
    other.request('NOTIFY', 1, { within: request, tag: 'fork', ...about(info(9, 'full')) });
    await other.next('481 NOTIFY');

    const again = alice.ask({ ...order, anew: false });
    const refresh = await other.next('SUBSCRIBE');
    expect(refresh.startLine).toBe('SUBSCRIBE sip:notifier@far.invalid;transport=ws SIP/2.0');
    expect(headerValue(refresh, 'to')).toBe('<sip:102@callstream.test>;tag=far');
    expect(headerValue(refresh, 'from')).toBe(headerValue(request, 'from'));
    expect(headerValue(refresh, 'call-id')).toBe(headerValue(request, 'call-id'));
    expect(headerValue(refresh, 'cseq')).toBe('2 SUBSCRIBE');
    expect(headerValues(refresh, 'route')).toEqual(['<sip:proxy.example.com;lr>']);
    other.answer(refresh, 200, { headers: ['Expires: 600'] });
    expect(summary(await again)).toEqual({ expires: 600 });
    expect(alice.left('notified')).toEqual([]);
  });

  it('tells how a subscription ends', async () => {
    const request = await subscribed();
    other.request('NOTIFY', 2, {
      within: request,
      headers: ['Event: dialog', 'Subscription-State: Terminated ; reason=Probation;retry-after=30'],
    });
    await other.next('200 NOTIFY');
    expect(await alice.take('notified')).toEqual({
      _tag: 'notified',
      watch: 'w',
      state: 'terminated',
      reason: 'probation',
      retryAfter: 30,
      notice: { _tag: 'nothing' },
    });
    other.request('NOTIFY', 3, { within: request, ...about(info(2, 'full')) });
    await other.next('481 NOTIFY');
  });

  it('is told that the server has forgotten it', async () => {
    const request = await subscribed();
    const again = alice.ask({ ...order, anew: false });
    other.answer(await other.next('SUBSCRIBE'), 481);
    expect(summary(await again)).toEqual({ code: 'call-ended', statusCode: 481 });
    other.request('NOTIFY', 2, { within: request, ...about(info(2, 'full')) });
    await other.next('481 NOTIFY');
  });

  it('ends it, takes the last word, and tells nothing of it', async () => {
    const request = await subscribed();
    alice.perform({ _tag: 'unwatch', watch: 'w' });
    const last = await other.next('SUBSCRIBE');
    expect(headerValue(last, 'expires')).toBe('0');
    expect(headerValue(last, 'to')).toContain(';tag=far');
    other.request('NOTIFY', 2, { within: request, headers: ['Event: dialog', 'Subscription-State: terminated'] });
    await other.next('200 NOTIFY');
    other.answer(last, 200, { headers: ['Expires: 0'] });
    other.request('NOTIFY', 3, { within: request, ...about(info(3, 'full')) });
    await other.next('481 NOTIFY');
    expect(alice.left('notified')).toEqual([]);
  });

  it('ends one that has not been answered by refusing what comes of it', async () => {
    const asked = alice.ask(order);
    const request = await other.next('SUBSCRIBE');
    alice.perform({ _tag: 'unwatch', watch: 'w' });
    other.answer(request, 200, { headers: ['Expires: 1800', contact] });
    await asked;
    other.request('NOTIFY', 1, { within: request, ...about(info(0, 'full')) });
    await other.next('481 NOTIFY');
    expect(alice.left('notified')).toEqual([]);
  });

  it('begins another, and knows the former no more', async () => {
    const request = await subscribed();
    const again = alice.ask(order);
    const anew = await other.next('SUBSCRIBE');
    expect(headerValue(anew, 'call-id')).not.toBe(headerValue(request, 'call-id'));
    other.answer(anew, 200, { headers: ['Expires: 60', contact] });
    await again;
    other.request('NOTIFY', 2, { within: request, ...about(info(1, 'full')) });
    await other.next('481 NOTIFY');
    other.request('NOTIFY', 1, { within: anew, ...about(info(5, 'full')) });
    expect(await alice.take('notified')).toMatchObject({ notice: { version: 5 } });
  });

  it.each<[what: string, status: string, headers: readonly string[], cseq?: number]>([
    ['of another event', '489', ['Event: presence', active]],
    ['of an event that it did not ask for', '489', ['Event: message-summary', active]],
    ['without an event', '489', [active]],
    ['that does not say its state', '400', ['Event: dialog']],
    ['in a state that nobody knows', '400', ['Event: dialog', 'Subscription-State: odd']],
    ['that is older than another', '500', ['Event: dialog', active], 1],
  ])('refuses a notification %s', async (_, status, headers, cseq = 2) => {
    const request = await subscribed();
    other.request('NOTIFY', cseq, { within: request, headers: [...headers, contact] });
    const answer = await other.next(`${status} NOTIFY`);
    if (status === '489') expect(headerValues(answer, 'allow-events')).toEqual(['dialog', 'message-summary', 'refer']);
    expect(alice.left('notified')).toEqual([]);
  });

  it('refuses a notification of nothing that it knows', async () => {
    other.request('NOTIFY', 1, { headers: ['Event: message-summary', active] });
    await other.next('481 NOTIFY');
    other.request('NOTIFY', 1, { headers: ['Event: keep-alive'] });
    await other.next('489 NOTIFY');
    expect(alice.left('notified')).toEqual([]);
  });

  it.each([
    ['that is none', 'application/dialog-info+xml', '<dialog-info'],
    ['of another kind', 'application/pidf+xml', info(1, 'full')],
  ])('takes a notification with a document %s, and says that it could not be understood', async (_, type, body) => {
    const request = await subscribed();
    other.request('NOTIFY', 2, {
      within: request,
      headers: ['Event: dialog', active, contact, `Content-Type: ${type}`],
      body,
    });
    await other.next('200 NOTIFY');
    expect(await alice.take('notified')).toMatchObject({ notice: { _tag: 'unreadable' } });
    expect(await alice.take('fault')).toMatchObject({ fault: { code: 'malformed-frame' } });
  });

  it('goes on and ends at a real server, whose challenges it answers', async () => {
    const bob = line(server, 'bob');
    await bob.up();
    expect(summary(await bob.ask({ ...order, uri: '101', expires: 600 }))).toEqual({ expires: 600 });
    expect(await bob.take('notified')).toMatchObject({ state: 'active', notice: { version: 0, full: true } });
    expect(summary(await bob.ask({ ...order, uri: '101', expires: 900, anew: false }))).toEqual({ expires: 900 });
    expect(await bob.take('notified')).toMatchObject({ state: 'active', notice: { version: 1, full: true } });

    const last = server.next({ method: 'NOTIFY', user: 'bob' });
    const taken = server.next({ method: 'NOTIFY', status: 200, user: 'bob', from: 'client' });
    bob.perform({ _tag: 'unwatch', watch: 'w' });
    expect((await last).raw).toMatch(/^Subscription-State: terminated/m);
    expect((await taken).raw).toContain('SIP/2.0 200 ');
    const request = server.log.filter(({ method, from }) => method === 'SUBSCRIBE' && from === 'client').at(-1);
    expect(request?.raw).toMatch(/^Expires: 0\r$/m);
    expect(bob.left('notified')).toEqual([]);
    expect(bob.left('fault')).toEqual([]);
  });

  it('settles what was asked when the socket goes', async () => {
    const asked = alice.ask(order);
    await other.next('SUBSCRIBE');
    other.cut();
    expect(summary(await asked)).toEqual({ code: 'line-lost' });
  });
});
