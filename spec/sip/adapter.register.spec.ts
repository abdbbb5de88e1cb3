import { isLeft, isRight, type Either } from '../../lib/core/either.js';
import type { Failure } from '../../lib/core/port.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { sip } from '../../lib/sip/index.js';
import { watchTimers } from './adapter/timers.js';
import { line, sockets, stopAll, type Line } from './adapter/line.js';

/** What a failed order says, without its words. */
const summary = (result: Either<Failure, unknown>): unknown => {
  if (isRight(result)) return result.right;
  const { fault, ...rest } = result.left;
  return { code: fault.code, statusCode: fault.statusCode, ...rest };
};

describe('SIP adapter: REGISTER', () => {
  let server: DevServer;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    stopAll();
    await server.close();
  });

  const opened = async (user: string, options: Parameters<typeof line>[2] = {}): Promise<Line> => {
    const one = line(server, user, options);
    one.perform({ _tag: 'open' });
    await one.take('opened');
    return one;
  };
  const register = async (one: Line, expires = 600): Promise<unknown> =>
    summary(await one.ask({ _tag: 'register', expires }));

  it('with the lifetime that the registrar grants, and takes its binding away again', async () => {
    const alice = await opened('alice');
    expect(await register(alice, 120)).toEqual({ expires: 120 });
    expect(server.registrations('alice')).toEqual([expect.stringMatching(/^sip:alice@\w+\.invalid;transport=ws$/)]);

    expect(isRight(await alice.ask({ _tag: 'unregister' }))).toBe(true);
    expect(server.registrations('alice')).toEqual([]);
    expect(alice.left('fault')).toEqual([]);
  });

  it('and takes it away in one message, where it knows what the registrar will ask', async () => {
    const alice = await opened('alice');
    const registers = (): readonly string[] =>
      server.log.filter(({ method, from }) => method === 'REGISTER' && from === 'client').map(({ raw }) => raw);
    await register(alice);
    expect(isRight(await alice.ask({ _tag: 'unregister' }))).toBe(true);
    expect(registers()).toHaveLength(3);
    expect(registers()[2]).toMatch(/^Authorization: Digest .*nc=00000002/m);

    // What it knows has become stale: then it is asked, and answers.
    await register(alice);
    server.expire({ nonce: true });
    expect(isRight(await alice.ask({ _tag: 'unregister' }))).toBe(true);
    expect(registers()).toHaveLength(7);
    expect(registers()[6]!.match(/^Authorization: /gm)).toHaveLength(1);
  });

  it('with what says who it is and what it can, and nothing else', async () => {
    const alice = await opened('alice', { displayName: 'Alice "A"', userAgent: 'Spec', instanceId: '0-1-2' });
    const sent = server.next({ method: 'REGISTER', authorized: true });
    await register(alice);
    const { raw } = await sent;
    expect(raw).toMatch(
      /^Contact: <sip:alice@\w+\.invalid;transport=ws>;\+sip\.instance="<urn:uuid:0-1-2>";reg-id=1;expires=600\r$/m,
    );
    expect(raw).toMatch(/^From: "Alice \\"A\\"" <sip:alice@callstream\.test>;tag=\w+\r$/m);
    expect(raw).toMatch(/^Authorization: Digest .*algorithm=SHA-256/m);
    expect(raw).toMatch(/^Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE\r$/m);
    expect(raw).toMatch(/^Supported: path, gruu\r$/m);
    expect(raw).toMatch(/^User-Agent: Spec\r$/m);
    expect(raw).not.toContain(server.user('alice').password);
  });

  it('answers MD5 where nothing better is offered, and of several challenges the best', async () => {
    const alice = await opened('alice');
    const challenge = (algorithm: string, nonce: string): string =>
      `WWW-Authenticate: Digest realm="callstream.test", nonce="${nonce}", algorithm=${algorithm}, qop="auth"`;
    const offers = [
      { headers: [challenge('MD5', 'm')], algorithm: 'MD5', nonce: 'm' },
      { headers: [challenge('SHA-256', 's'), challenge('MD5', 'm')], algorithm: 'SHA-256', nonce: 's' },
      {
        headers: [challenge('SHA-512-256', 'x'), challenge('MD5', 'm'), 'WWW-Authenticate: Bearer realm="b"'],
        algorithm: 'MD5',
        nonce: 'm',
      },
    ];
    for (const { headers, algorithm, nonce } of offers) {
      server.respond({ method: 'REGISTER', authorized: false }, { status: 401, headers });
      server.respond({ method: 'REGISTER', authorized: true }, { status: 200, headers: ['Expires: 77'] });
      const sent = server.next({ method: 'REGISTER', authorized: true });
      expect(await register(alice)).toEqual({ expires: 77 });
      expect((await sent).raw).toContain(`nonce="${nonce}"`);
      expect((await sent).raw).toContain(`algorithm=${algorithm}`);
    }
  });

  it('answers one stale nonce within the same attempt, and no second one', async () => {
    const alice = await opened('alice');
    const old = server.hold({ method: 'REGISTER', authorized: true });
    const first = register(alice);
    await old.seen;
    server.expire({ nonce: true });
    old.release();
    expect(await first).toEqual({ expires: 600 });
    expect(server.log.filter(({ method, from }) => method === 'REGISTER' && from === 'client')).toHaveLength(3);

    const stale = 'WWW-Authenticate: Digest realm="callstream.test", nonce="n", qop="auth", stale=true';
    server.respond({ method: 'REGISTER' }, { status: 401, headers: [stale], times: 9 });
    expect(await register(alice)).toMatchObject({ code: 'unauthorized', statusCode: 401 });
    expect(server.log.filter(({ method, from }) => method === 'REGISTER' && from === 'client')).toHaveLength(5);
  });

  it('fails as the registrar says', async () => {
    const answers = [
      { status: 403, says: { code: 'forbidden', statusCode: 403 } },
      { status: 404, says: { code: 'not-found', statusCode: 404 } },
      {
        status: 423,
        headers: ['Min-Expires: 1800'],
        says: { code: 'interval-too-brief', statusCode: 423, minExpires: 1800 },
      },
      { status: 503, headers: ['Retry-After: 3'], says: { code: 'server-error', statusCode: 503, retryAfter: 3000 } },
      { status: 302, says: { code: 'refused', statusCode: 302 } },
    ];
    const alice = await opened('alice');
    for (const { says, ...answer } of answers) {
      server.respond({ method: 'REGISTER' }, answer);
      expect(await register(alice)).toEqual(says);
    }
  });

  it('is refused with a wrong password, and says so without it', async () => {
    const alice = await opened('alice', { credentials: { username: 'alice', password: 'not-the-password' } });
    const result = await alice.ask({ _tag: 'register', expires: 600 });
    expect(summary(result)).toEqual({ code: 'unauthorized', statusCode: 401 });
    expect(JSON.stringify([result, alice.left()])).not.toContain('not-the-password');
    expect(server.log.filter(({ method, from }) => method === 'REGISTER' && from === 'client')).toHaveLength(2);
  });

  it('asks for the password before each attempt', async () => {
    const { username, password } = server.user('alice');
    const answers = [
      { username, password: 'old' },
      { username, password },
    ];
    const alice = await opened('alice', {
      credentials: () => Promise.resolve(answers.shift() ?? { username, password }),
    });
    expect(await register(alice)).toMatchObject({ code: 'unauthorized' });
    expect(await register(alice)).toEqual({ expires: 600 });

    const lost = await opened('bob', { credentials: () => Promise.reject(new Error('password=hunter2 is unknown')) });
    const result = await lost.ask({ _tag: 'register', expires: 600 });
    expect(isLeft(result) && result.left.fault).toMatchObject({ code: 'server-error', retryable: true });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('never puts a second header on the wire', async () => {
    for (const options of [{ displayName: 'A\r\nX: y' }, { userAgent: 'A\r\nX: y' }, { instanceId: '0\r\nX: y' }]) {
      const alice = await opened('alice', options);
      expect(await register(alice)).toMatchObject({ code: 'invalid-header' });
      alice.stop();
    }
    expect(server.log.filter(({ method }) => method === 'REGISTER')).toEqual([]);
    const options = { server: 'ws://127.0.0.1', aor: 'sip:alice@callstream.test' };
    for (const aor of ['', 'alice', 'tel:101', 'sip:callstream.test', 'sip:a@b\r\nX: y']) {
      expect(() => sip({ ...options, aor })).toThrow(TypeError);
    }
    expect(() => sip({ ...options, server: 'https://127.0.0.1' })).toThrow(TypeError);
    for (const sessionExpires of [NaN, 90.5, Infinity])
      expect(() => sip({ ...options, sessionExpires })).toThrow(TypeError);
    expect(sip(options).id).toBe('sip');
  });

  it('takes any final response to a probe for life, and none for none', async () => {
    const alice = await opened('alice');
    expect(summary(await alice.ask({ _tag: 'probe' }))).toBeUndefined();
    server.respond({ method: 'OPTIONS' }, { status: 500 });
    expect(summary(await alice.ask({ _tag: 'probe' }))).toBeUndefined();
    await alice.take('heard');

    const held = server.hold({ method: 'OPTIONS' });
    const lost = alice.ask({ _tag: 'probe' });
    await held.seen;
    server.drop();
    expect(summary(await lost)).toMatchObject({ code: 'line-lost' });
    expect(await alice.take('closed')).toMatchObject({ code: 1006 });
    expect(summary(await alice.ask({ _tag: 'probe' }))).toMatchObject({ code: 'line-lost' });
  });

  it('says what becomes of a socket: refused, dropped, closed, and again', async () => {
    server.refuse(true);
    const alice = line(server, 'alice');
    alice.perform({ _tag: 'open' });
    expect(await alice.take('closed')).toMatchObject({ code: 1006, fault: { code: 'line-lost' } });
    server.refuse(false);
    await alice.up();
    const [contact] = server.registrations('alice');
    server.drop('alice');
    await alice.take('closed');
    await alice.up();
    expect(server.registrations('alice')).toEqual([contact]);
    alice.perform({ _tag: 'close' });
    expect(await alice.take('closed')).toEqual({ _tag: 'closed' });
    alice.perform({ _tag: 'close' });
    expect(await alice.take('closed')).toEqual({ _tag: 'closed' });
  });

  it('leaves nothing behind when it is put down', async () => {
    const timers = watchTimers();
    const alice = await opened('alice');
    const held = server.hold({ method: 'REGISTER' });
    void alice.ask({ _tag: 'register', expires: 600 });
    await held.seen;
    expect(await timers.running()).toBeGreaterThan(0);
    const open = [...sockets];
    expect(open).toHaveLength(1);

    const closed = Promise.all(open.map(socket => new Promise(resolve => socket.once('close', resolve))));
    alice.stop();
    alice.perform({ _tag: 'open' });
    await closed;
    expect(sockets.size).toBe(0);
    expect(await timers.running()).toBe(0);
    timers.stop();
    expect(alice.left('done')).toEqual([]);
  });
});
