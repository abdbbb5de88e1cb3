import { listen, reasonOf, refusalOf, world } from './support/world.js';
import { stage, success, type Stage } from './support/stage.js';
import { pass, usualClock, virtualClock } from '../support/clock.js';

describe('vonage login refused by the service', () => {
  const home = world();
  let theatre: Stage | undefined;
  afterEach(async () => {
    await theatre?.close();
    theatre = undefined;
  });

  // What the service says, and the code of the `VonageError`.
  it.each([
    ['session:invalid', 'session:error:invalid-session'],
    ['system:error:expired-token', 'session:error:expired-token'],
    ['system:error:invalid-token', 'session:error:invalid-token'],
    ['session:error:max-open-sessions', 'session:error:max-open-sessions-permitted'],
    // The existing client does not know these, and lets them time out.
    ['session:error:expired-token', 'session:error:expired-token'],
    ['system:error:invalid-user', 'system:error:invalid-user'],
  ])('by %s rejects with %s', async (event, code) => {
    theatre = await stage(() => [`42["${event}",{"body":{}}]`]);
    const alice = home().client({ apiUrl: theatre.url });
    expect(await refusalOf(alice.createSession('token'))).toEqual(['SESSION_ERROR', code]);
    expect(theatre.sockets).toHaveLength(1);
    expect(alice.streams).toBeUndefined();
  });

  it('by leaving at once rejects as an expired token', async () => {
    theatre = await stage(() => ['41']);
    expect(await refusalOf(home().client({ apiUrl: theatre.url }).createSession('token'))).toEqual([
      'SESSION_ERROR',
      'session:error:expired-token',
    ]);
  });

  it('because the session is unknown does not begin another one', async () => {
    theatre = await stage(nth => [nth === 1 ? '42["session:invalid",{"body":{}}]' : success()]);
    const refused = refusalOf(home().client({ apiUrl: theatre.url }).createSession('token', 'SES-0'));
    expect(await refused).toEqual(['SESSION_ERROR', 'session:error:invalid-session']);
    expect(theatre.queries.map(query => query.get('session_id'))).toEqual(['SES-0']);
  });

  it('is no error of a session that was never there', async () => {
    const alice = home().client();
    const ear = listen(alice, 'sessionError');
    await refusalOf(alice.createSession('token'));
    await expect(alice.createSession(await home().server.token('alice'))).resolves.toMatch(/^SES-/);
    expect(ear.heard).toEqual([]);
  });
});

describe('vonage login without a response', () => {
  const home = world();

  it.each([
    ['and no socket', true],
    ['but a socket', false],
  ])('%s is given up after 5 s', async (_, refused) => {
    const { server, client } = home();
    const quiet = await stage(() => []);
    const alice = refused ? client() : client({ apiUrl: quiet.url });
    server.chat.refuse(refused);
    const token = await server.token('alice');
    virtualClock();
    try {
      const login = reasonOf(alice.createSession(token));
      const isOver = jest.fn();
      void login.then(isOver);
      await pass(4_900);
      expect(isOver).not.toHaveBeenCalled();
      await pass(200);
      expect(await login).toMatchObject({ type: 'SESSION_ERROR', code: 'session:error:timeout' });
    } finally {
      usualClock();
    }
    expect(alice.streams).toBeUndefined();
    server.chat.refuse(false);
    // Whatever were still to come of it would have come before this.
    await home().person('bob');
    expect([server.chat.sockets('alice'), quiet.sockets.filter(({ readyState }) => readyState === 1).length]).toEqual([
      0, 0,
    ]);
    await quiet.close();
  });
});

describe('vonage login with too many sessions', () => {
  const home = world({ chat: { maxSessions: 1 } });

  it('refuses one more', async () => {
    const { server, client } = home();
    const [one, other] = [client(), client()];
    const token = await server.token('alice');
    await one.createSession(token);
    const code = 'session:error:max-open-sessions-permitted';
    expect(await refusalOf(other.createSession(token))).toEqual(['SESSION_ERROR', code]);
    await one.deleteSession();
    await expect(other.createSession(token)).resolves.toMatch(/^SES-/);
  });
});
