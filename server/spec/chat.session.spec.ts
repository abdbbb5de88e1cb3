import { get } from 'node:http';
import { startServer } from 'callstream-server';
import { WebSocket } from 'ws';
import { createMemory } from '../lib/chat/memory.js';
import { askOf, at, codeOf, handshake, idOf, joined, lineTo, roomOf, say, town } from './support/chatter.js';

describe('server chat: login', () => {
  const home = town();

  it('is told by the server once the namespace is joined, in the frames that the existing client knows', async () => {
    const { login, ask } = home();
    const { line, session, success } = await login('alice');
    const open = JSON.parse(line.frames[0]!.slice(1)) as unknown;
    expect(open).toMatchObject({ upgrades: [], pingInterval: 25_000, pingTimeout: 20_000 });
    expect(line.frames[1]).toMatch(/^40\{"sid":"[^"]+"\}$/);
    const me = await (await ask('alice'))('GET', '/v0.3/users/me');
    expect(success).toEqual({
      body: { id: session, user_id: at(me.body, 'id'), name: 'alice', api_key: expect.any(String) as string },
    });
    expect(session).toMatch(/^SES-/);
  });

  it('two logins of one user are two sessions', async () => {
    const { login, server } = home();
    expect((await login('alice')).session).not.toBe((await login('alice')).session);
    expect([server.chat.sockets('alice'), server.chat.sockets('bob'), server.chat.sockets()]).toEqual([2, 0, 2]);
  });

  it.each([
    ['no token', {}],
    ['a token of another server', { token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.x' }],
  ])('with %s is refused', async (_, query) => {
    const line = home().connect({ ...handshake, ...query });
    expect(await line.event('system:error:invalid-token')).toEqual({ body: {} });
  });

  it('with an expired token says so, and REST says the same', async () => {
    const { server, connect } = home();
    const token = await server.token('alice');
    server.expire('alice');
    expect(await connect({ ...handshake, token }).event('system:error:expired-token')).toEqual({ body: {} });
    const refused = await askOf(server, token)('GET', '/v0.3/users/me');
    expect([refused.status, codeOf(refused)]).toEqual([401, 'system:error:expired-token']);
    const nobody = await askOf(server, 'x')('GET', '/v0.3/users/me');
    expect([nobody.status, codeOf(nobody)]).toEqual([401, 'system:error:invalid-token']);
  });

  it('with a session that is unknown, or of another user, is refused', async () => {
    const { connect, login, server } = home();
    const { session } = await login('bob');
    const token = await server.token('alice');
    for (const session_id of ['SES-none', session])
      expect(await connect({ ...handshake, token, session_id }).event('session:invalid')).toEqual({ body: {} });
  });

  it('takes no HTTP polling, no other path, and no older protocol', async () => {
    const { server } = home();
    const token = await server.token('alice');
    const polled = await new Promise<number | undefined>((resolve, reject) => {
      get(`${server.url}/v2/rtc/?EIO=4&transport=polling&token=${token}`, answer => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
    const upgraded = (path: string): Promise<number | string> =>
      new Promise(resolve => {
        const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}token=${token}&transport=websocket`);
        socket.on('message', data => {
          resolve((data as Buffer).toString());
        });
        socket.on('unexpected-response', (_, response) => {
          resolve(response.statusCode ?? 0);
        });
        socket.on('close', () => {
          resolve('closed');
        });
        socket.on('error', () => undefined);
      });
    expect(polled).toBe(404);
    expect(await upgraded('/v2/rtc?EIO=4&')).toBe(404);
    expect(await upgraded('/v2/rtc/?EIO=3&')).toBe('closed');
  });
});

describe('server chat: session limits', () => {
  describe('of their number', () => {
    const home = town({ chat: { maxSessions: 1 } });

    it('one too many is refused until another has ended', async () => {
      const { login, connect } = home();
      const { line, token } = await login('alice');
      expect(await connect({ ...handshake, token }).event('session:error:max-open-sessions')).toEqual({ body: {} });
      await login('bob');
      line.send('42["session:logout",{"tid":"T","body":{}}]');
      await line.event('session:logged-out');
      await login('alice');
    });
  });

  describe('of their time', () => {
    const home = town({ chat: { sessionLifetime: 0, maxSessions: 1 } });

    it('one that has outlived its socket for too long is gone, and counts no more', async () => {
      const { login, connect } = home();
      const { line, session, token } = await login('alice');
      line.socket.terminate();
      await line.closed;
      await connect({ token, session_id: session }).event('session:invalid');
      await login('alice');
    });
  });
});

describe('server chat: logout', () => {
  const home = town();

  it('is answered with the id of the question; the session hears nothing more and cannot be resumed', async () => {
    const here = home();
    const { line, session, token } = await here.login('alice');
    const other = await here.login('alice');
    line.send('42["session:logout",{"tid":"d2b9f524","body":{}}]');
    expect(await line.event('session:logged-out')).toEqual({ rid: 'd2b9f524', body: {} });
    await roomOf(here, 'alice');
    await other.line.event('member:joined');
    expect(line.heard('member:joined')).toEqual([]);
    await here.connect({ token, session_id: session }).event('session:invalid');
  });
});

describe('server chat: session resumption', () => {
  const home = town();

  it('gets what it missed with the login, in order, and remembers how its client wants events', async () => {
    const here = home();
    const { line, session, token } = await here.login('alice');
    const { id, members } = await roomOf(here, 'alice', 'bob');
    await line.expect(/"member:joined",\{"id":2,/);
    await line.settled();
    line.socket.terminate();
    await line.closed;
    const bob = await here.ask('bob');
    for (const text of ['one', 'two']) await say(bob, id, members[1]!, text);

    const again = here.connect({ token, session_id: session });
    const success = await again.event('session:success');
    expect(success.body).toMatchObject({
      id: session,
      pending_events: [
        { type: 'message', id: 3, cid: id, from: members[1], body: { message_type: 'text', text: 'one' } },
        { type: 'message', id: 4, cid: id, body: { text: 'two' }, state: { seen_by: {}, delivered_to: {} } },
      ],
    });
    await say(bob, id, members[1]!, 'three');
    // With the number of a packet, as an acknowledgement was asked for in the first handshake.
    expect(await again.expect(/"message",\{"id":5,/)).toMatch(/^42\d+\[/);
  });

  it('is told again what went into a dead socket', async () => {
    const here = home();
    const { session, token, line } = await here.login('alice', handshake, { acknowledge: false });
    const { id, members } = await roomOf(here, 'alice');
    await say(await here.ask('alice'), id, members[0]!, 'lost?');
    await line.event('message');
    const again = here.connect({ token, session_id: session });
    const success = await again.event('session:success');
    expect(at(success.body, 'pending_events', 1)).toMatchObject({ type: 'message', id: 2, body: { text: 'lost?' } });
    // The newer socket has the session.
    await line.expect('41');
    await line.closed;
  });

  it('that acknowledges nothing is told only what was never sent', async () => {
    const here = home();
    const { session, token, line } = await here.login('alice', {});
    const { id, members } = await roomOf(here, 'alice');
    expect(await line.expect(/"member:joined"/)).toMatch(/^42\[/);
    here.server.chat.drop('alice');
    await line.closed;
    await say(await here.ask('alice'), id, members[0]!, 'away');
    const success = await here.connect({ token, session_id: session }).event('session:success');
    expect(at(success.body, 'pending_events')).toMatchObject([{ type: 'message', id: 2 }]);
  });

  it('hears of an invitation and of a farewell that it missed, and nothing of what is none of its business', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice', 'bob');
    const { line, session, token } = await here.login('bob');
    await line.settled();
    line.socket.terminate();
    await line.closed;
    const alice = await here.ask('alice');
    await alice('DELETE', `/v0.2/conversations/${id}/members/${members[1]!}`);
    await say(alice, id, members[0]!, 'he is gone');
    const other = await roomOf(here, 'alice');
    await say(alice, other.id, other.members[0]!, 'before');
    await alice('POST', `/v0.3/conversations/${other.id}/members`, { state: 'invited', user: { name: 'bob' } });
    await say(alice, other.id, other.members[0]!, 'after');
    const success = await here.connect({ token, session_id: session }).event('session:success');
    const pending = at(success.body, 'pending_events') as { cid: string; type: string }[];
    expect(pending.map(({ cid, type }) => [cid, type])).toEqual([
      [id, 'member:left'],
      [other.id, 'member:invited'],
    ]);
  });

  it('misses nothing that is said while it logs in', async () => {
    const here = home();
    const { line, session, token } = await here.login('alice');
    const { id, members } = await roomOf(here, 'alice', 'bob');
    await line.expect(/"member:joined",\{"id":2,/);
    await line.settled();
    line.socket.terminate();
    await line.closed;
    const bob = await here.ask('bob');
    const again = here.connect({ token, session_id: session });
    const said = Array.from({ length: 20 }, (_, i) => say(bob, id, members[1]!, String(i)));
    const success = await again.event('session:success');
    await Promise.all(said);
    const pending = (at(success.body, 'pending_events') ?? []) as { id: number }[];
    if (pending.at(-1)?.id !== 22) await again.expect(/"message",\{"id":22,/);
    expect([...pending.map(event => event.id), ...again.heard('message')]).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 3),
    );
  });
});

describe('server chat: interrupted login', () => {
  const memory = createMemory();
  let holding: { called: () => void; until: Promise<void> } | undefined;
  let putDown: () => void = () => undefined;
  const home = town({
    storage: {
      ...memory,
      missed: async (...asked) => {
        holding?.called();
        await holding?.until;
        return memory.missed(...asked);
      },
      touchSession: async (id, expires, positions) => {
        await memory.touchSession(id, expires, positions);
        if (positions) putDown();
      },
    },
  });

  it('forgets nothing of what the client had', async () => {
    const here = home();
    const { line, session, token } = await here.login('alice');
    await roomOf(here, 'alice');
    await line.event('member:joined');
    await line.settled();
    line.socket.terminate();
    await line.closed;

    let open: () => void = () => undefined;
    const asked = new Promise<void>(called => {
      holding = { called, until: new Promise(resolve => (open = resolve)) };
    });
    const broken = here.connect({ token, session_id: session });
    await asked;
    here.server.chat.drop();
    await broken.closed;
    const down = new Promise<void>(resolve => (putDown = resolve));
    holding = undefined;
    open();
    await down;
    const success = await here.connect({ token, session_id: session }).event('session:success');
    expect(success.body).not.toHaveProperty('pending_events');
  });
});

describe('server chat: server shutdown', () => {
  it('puts its sessions down, so that the next one over the same storage can go on with them', async () => {
    const memory = createMemory();
    const storage = { ...memory, close: () => Promise.resolve() };
    const first = await startServer({ port: 0, media: false, storage });
    const line = lineTo(first.port, { ...handshake, token: await first.token('alice') });
    const session = String((await line.event('session:success')).body['id']);
    const ask = askOf(first, await first.token('alice'));
    const id = idOf(await ask('POST', '/v0.3/conversations', {}));
    await joined(ask, id);
    await line.event('member:joined');
    await line.settled();
    await first.close();
    expect(await line.closed).toBe(1006);

    const second = await startServer({ port: 0, media: false, storage });
    const again = lineTo(second.port, { token: await second.token('alice'), session_id: session });
    expect((await again.event('session:success')).body).not.toHaveProperty('pending_events');
    await second.close();
  });
});

describe('server chat: token', () => {
  const home = town();
  afterEach(() => jest.useRealTimers());

  it('that ends takes its socket along; a refreshed session stays', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'hrtime'] });
    const { server, connect } = home();
    const short = await server.token('alice', 10);
    const [ending, staying] = [connect({ ...handshake, token: short }), connect({ ...handshake, token: short })];
    await ending.event('session:success');
    const session = at((await staying.event('session:success')).body, 'id');
    const refreshed = await askOf(server, await server.token('alice', 20))(
      'PUT',
      `/v0.2/sessions/${String(session)}`,
      '""',
    );
    expect([refreshed.status, refreshed.body]).toEqual([200, { session_id: session }]);
    jest.advanceTimersByTime(10_000);
    await ending.event('system:error:expired-token');
    await ending.expect('41');
    expect(server.chat.sockets()).toBe(1);
    expect(staying.frames.some(frame => frame.startsWith('41'))).toBe(false);
    jest.advanceTimersByTime(10_000);
    await staying.event('system:error:expired-token');
  });

  it('refreshes no session of somebody else, and none that there is not', async () => {
    const { ask, login } = home();
    const { session } = await login('alice');
    const bob = await ask('bob');
    const [foreign, none] = [await bob('PUT', `/v0.2/sessions/${session}`), await bob('PUT', '/v0.2/sessions/SES-0')];
    expect([foreign.status, none.status, codeOf(none)]).toEqual([403, 404, 'session:error:not-found']);
  });
});

describe('server chat: heartbeat', () => {
  const home = town({ chat: { pingInterval: 50, pingTimeout: 50 } });

  it("is the server's to begin; who does not answer is gone", async () => {
    const { login } = home();
    const [lively, dead] = [await login('alice'), await login('bob', handshake, { pong: false })];
    expect(lively.line.frames[0]).toContain('"pingInterval":50,"pingTimeout":50');
    await dead.line.expect('2');
    await dead.line.closed;
    for (let i = 0; i < 3; i += 1) await lively.line.expect('2');
    expect(lively.line.socket.readyState).toBe(WebSocket.OPEN);
  });
});
