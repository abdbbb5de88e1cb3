import { stage, success } from './support/stage.js';
import { listen, next, platform, reasonOf, refusalOf, roomOf, world } from './support/world.js';

const none = ['SESSION_ERROR', 'session:error:no-active-session'];

describe('vonage createSession and deleteSession', () => {
  const home = world();

  it('begins with a token, gives its id, and ends', async () => {
    const { server, client } = home();
    const alice = client();
    expect(alice.streams).toBeUndefined();
    expect(await alice.createSession(await server.token('alice'))).toMatch(/^SES-/);
    expect(server.chat.sockets('alice')).toBe(1);
    expect(await alice.getUser('me')).toMatchObject({ name: 'alice' });
    await expect(alice.deleteSession()).resolves.toBeUndefined();
    expect(alice.streams).toBeUndefined();
    expect(await refusalOf(alice.getUser('me'))).toEqual(none);
  });

  it('is over for the service too: it cannot be resumed', async () => {
    const { server, client } = home();
    const alice = client();
    const token = await server.token('alice');
    const id = await alice.createSession(token);
    await alice.deleteSession();
    expect(await refusalOf(alice.createSession(token, id))).toEqual(['SESSION_ERROR', 'session:error:invalid-session']);
    expect(alice.streams).toBeUndefined();
  });

  it('is resumed by its id, with what was missed', async () => {
    const { server, client, person } = home();
    const page = { closed: false };
    const alice = client(
      {},
      {
        // Nobody comes back from a page that is closed, and nobody logs out.
        webSocket: (url, protocols) => platform.webSocket!(page.closed ? 'ws://127.0.0.1:9/' : url, protocols),
        random: () => 0.99,
      },
    );
    const token = await server.token('alice');
    const session = await alice.createSession(token);
    const bob = await person('bob');
    const before = listen(alice, 'conversationEvent');
    const { id } = await roomOf(alice, bob);
    await before.next(event => 'id' in event && event.id === 2);
    const lost = listen(alice, 'reconnecting');
    page.closed = true;
    server.chat.drop('alice');
    await lost.next();
    await bob.sendMessageTextEvent(id, 'missed');
    const again = client();
    const ear = listen(again, 'conversationEvent');
    expect(await again.createSession(token, session)).toBe(session);
    expect((await next(ear, 'message:text')).body.text).toBe('missed');
  });

  it('gives way to the next one, which logs it out first', async () => {
    const { server, client } = home();
    const alice = client();
    const token = await server.token('alice');
    const first = await alice.createSession(token);
    const second = await alice.createSession(token);
    expect(second).not.toBe(first);
    expect(server.chat.sockets('alice')).toBe(1);
    expect(await refusalOf(client().createSession(token, first))).toEqual([
      'SESSION_ERROR',
      'session:error:invalid-session',
    ]);
    expect(await alice.getUser('me')).toMatchObject({ name: 'alice' });
  });

  it('gives way while it begins', async () => {
    const { server, client } = home();
    const alice = client();
    const token = await server.token('alice');
    const [first, second] = [refusalOf(alice.createSession(token)), alice.createSession(token)];
    expect((await first)[0]).toBe('SESSION_ERROR');
    expect(await second).toMatch(/^SES-/);
    expect(server.chat.sockets('alice')).toBe(1);
  });

  it('is not begun when it is deleted meanwhile', async () => {
    const { server, client } = home();
    const alice = client();
    const refused = refusalOf(alice.createSession(await server.token('alice')));
    await alice.deleteSession();
    expect((await refused)[0]).toBe('SESSION_ERROR');
    expect(alice.streams).toBeUndefined();
    expect(server.chat.sockets('alice')).toBe(0);
  });

  it('is not begun without a token, and nobody is asked', async () => {
    const webSocket = jest.fn();
    const alice = home().client({}, { webSocket });
    for (const token of ['', undefined, null])
      expect(await refusalOf(alice.createSession(token as string))).toEqual([
        'SESSION_ERROR',
        'session:error:empty-token',
      ]);
    expect(webSocket).not.toHaveBeenCalled();
  });

  it('without one, every method rejects, and there is nothing to delete', async () => {
    const alice = home().client();
    await expect(alice.deleteSession()).resolves.toBeUndefined();
    expect(await refusalOf(alice.getUser('me'))).toEqual(none);
    expect(await refusalOf(alice.refreshSession('token'))).toEqual(none);
    expect(await refusalOf(alice.sendMessageTextEvent('CON-1', 'text'))).toEqual(none);
    const error = await reasonOf(alice.getConversations());
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'VonageError', message: 'There is no active session.' });
  });

  it('that ends takes what is under way with it', async () => {
    const { server, person } = home();
    const alice = await person('alice');
    const { id } = await roomOf(alice);
    const held = [
      server.chat.hold({ method: 'POST', path: /\/events$/ }),
      server.chat.hold({ method: 'GET', path: /^\/v0\.3\/users\/me$/ }),
    ];
    const asked = [refusalOf(alice.sendMessageTextEvent(id, 'text')), refusalOf(alice.getUser('me'))];
    await Promise.all(held.map(({ seen }) => seen));
    await alice.deleteSession();
    const gone = ['SESSION_ERROR', 'session:disconnect:client-disconnect'];
    expect(await Promise.all(asked)).toEqual([gone, gone]);
    held.forEach(hold => {
      hold.release();
    });
  });

  it('that has ended is heard of no more, and holds nothing', async () => {
    const { server, person } = home();
    const [alice, bob] = [await person('alice'), await person('bob')];
    const { id } = await roomOf(alice, bob);
    const ear = listen(alice, 'conversationEvent');
    const { streams } = alice;
    await alice.deleteSession();
    const known = ear.heard.length;
    await bob.sendMessageTextEvent(id, 'to nobody');
    server.chat.push('alice', 'custom:x', { cid: id, id: 99, timestamp: '2026-01-01T00:00:00.000Z', body: {} });
    expect(server.chat.sockets('alice')).toBe(0);
    expect(ear.heard).toHaveLength(known);
    expect(streams).toBeDefined();
  });
});

describe('vonage deleteSession releases everything', () => {
  const home = world();
  const timers = (): number => process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length;

  it.each([
    ['that was deleted', 'deleted'],
    ['that was lost, and deleted', 'lost'],
    ['whose token is accepted no more', 'expired'],
  ])('%s: no socket, no timer', async (_, how) => {
    const theatre = await stage(nth => (nth === 1 ? [success()] : []));
    const alice = home().client({ apiUrl: theatre.url });
    const before = timers();
    await alice.createSession('token');
    const [away, failed] = [listen(alice, 'reconnecting'), listen(alice, 'sessionError')];
    expect(timers()).toBeGreaterThan(before);
    if (how === 'lost') {
      theatre.sockets[0]?.terminate();
      await away.next();
    }
    if (how === 'expired') {
      theatre.sockets[0]?.send('41');
      await failed.next();
    } else {
      await alice.deleteSession();
    }
    const isLeft = (): boolean => theatre.sockets.some(({ readyState }) => readyState === 1) || timers() > before;
    while (isLeft()) await new Promise(setImmediate);
    await theatre.close();
  });
});

describe('vonage refreshSession', () => {
  const home = world();

  it('is told to the service, and used from then on', async () => {
    const { server, client } = home();
    const [first, second] = [await server.token('alice'), await server.token('alice', 7200)];
    const asked: (readonly [string, string | null])[] = [];
    const urls: string[] = [];
    const alice = client(
      {},
      {
        fetch: (at, init) => {
          const { method, url, headers } = new Request(at, init);
          asked.push([`${method} ${new URL(url).pathname}`, headers.get('Authorization')]);
          return fetch(at, init);
        },
        webSocket: (url, protocols) => {
          urls.push(url);
          return platform.webSocket!(url, protocols);
        },
      },
    );
    const id = await alice.createSession(first);
    await alice.getUser('me');
    await expect(alice.refreshSession(second)).resolves.toBeUndefined();
    await alice.getUser('me');
    expect(asked).toEqual([
      ['GET /v0.3/users/me', `bearer ${first}`],
      [`PUT /v0.2/sessions/${id}`, `bearer ${second}`],
      ['GET /v0.3/users/me', `bearer ${second}`],
    ]);
    const ear = listen(alice, 'reconnection');
    server.chat.drop('alice');
    await ear.next();
    expect(urls.map(url => new URL(url).searchParams.get('token'))).toEqual([first, second]);
  });

  it('that is refused is not used', async () => {
    const { person } = home();
    const alice = await person('alice');
    expect(await refusalOf(alice.refreshSession('wrong'))).toEqual([
      'INTERNAL_ERROR',
      'internal:auth:authorization_error',
    ]);
    expect(await refusalOf(alice.refreshSession(''))).toEqual(['SESSION_ERROR', 'session:error:empty-token']);
    expect(await alice.getUser('me')).toMatchObject({ name: 'alice' });
  });
});
