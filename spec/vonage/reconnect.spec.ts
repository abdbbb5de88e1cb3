import { listen, next, platform, refusalOf, roomOf, world, type Ear } from './support/world.js';
import type { VonageClient } from 'callstream/vonage';
import { pass, usualClock, virtualClock } from '../support/clock.js';

/** All that is told of the line, in one list. */
const chronicle = (client: VonageClient): readonly unknown[] => {
  const told: unknown[] = [];
  client.on('reconnecting', (...rest: readonly unknown[]) => told.push(['reconnecting', ...rest]));
  client.on('reconnection', (...rest: readonly unknown[]) => told.push(['reconnection', ...rest]));
  client.on('sessionError', (...rest: readonly unknown[]) => told.push(['sessionError', ...rest]));
  return told;
};

describe('vonage session: lost socket', () => {
  const home = world();

  it('tells that it is gone and that it is back, once each; what was missed comes, and what is sent waits', async () => {
    const { server, person } = home();
    const [alice, bob] = [await person('alice'), await person('bob')];
    const { id } = await roomOf(alice, bob);
    const told = chronicle(alice);
    const back = listen(alice, 'reconnection');
    const ear = listen(alice, 'conversationEvent');
    await bob.sendMessageTextEvent(id, 'before');
    await next(ear, 'message:text');
    server.chat.refuse(true);
    server.chat.drop('alice');
    await listen(alice, 'reconnecting').next();
    const sent = alice.sendMessageTextEvent(id, 'meanwhile');
    await bob.sendMessageTextEvent(id, 'missed');
    server.chat.refuse(false);
    await back.next();
    await sent;
    await ear.next(event => event.kind === 'message:text' && event.body.text === 'meanwhile');
    const texts = ear.heard.flatMap(event => (event.kind === 'message:text' ? [event.body.text] : []));
    expect(texts).toEqual(['before', 'missed', 'meanwhile']);
    expect(told.filter(news => !String(news).startsWith('sessionError'))).toEqual([['reconnecting'], ['reconnection']]);
  });

  it('tells each outage', async () => {
    const { server, person } = home();
    const alice = await person('alice');
    const told = chronicle(alice);
    const back = listen(alice, 'reconnection');
    for (let outage = 0; outage < 2; outage += 1) {
      server.chat.drop('alice');
      await back.next();
    }
    expect(told).toEqual([['reconnecting'], ['reconnection'], ['reconnecting'], ['reconnection']]);
  });

  it('is an error after five failed attempts, once; the attempts go on', async () => {
    const { server, client } = home();
    const tries: string[] = [];
    const alice = client(
      {},
      {
        webSocket: (url, protocols) => {
          tries.push(url);
          return platform.webSocket!(url, protocols);
        },
      },
    );
    await alice.createSession(await server.token('alice'));
    const told = chronicle(alice);
    const failed = listen(alice, 'sessionError');
    server.chat.refuse(true);
    server.chat.drop('alice');
    expect(await failed.next()).toBe('TRANSPORT_CLOSED');
    expect(tries).toHaveLength(6);
    while (tries.length < 12) await new Promise(setImmediate);
    expect(told).toEqual([['reconnecting'], ['sessionError', 'TRANSPORT_CLOSED']]);
    const back = listen(alice, 'reconnection');
    server.chat.refuse(false);
    await back.next();
    expect(told).toEqual([['reconnecting'], ['sessionError', 'TRANSPORT_CLOSED'], ['reconnection']]);
    expect(await alice.getUser('me')).toMatchObject({ name: 'alice' });
  });

  it('is not told of whoever begins to listen when it is away already, but that it is back', async () => {
    const { server, person } = home();
    const alice = await person('alice');
    const away = listen(alice, 'reconnecting');
    server.chat.refuse(true);
    server.chat.drop('alice');
    await away.next();
    const late: Ear<unknown> = listen(alice, 'reconnecting');
    const back = listen(alice, 'reconnection');
    server.chat.refuse(false);
    await back.next();
    expect(late.heard).toEqual([]);
  });

  it('can be left', async () => {
    const { server, person } = home();
    const alice = await person('alice');
    const away = listen(alice, 'reconnecting');
    server.chat.refuse(true);
    server.chat.drop('alice');
    await away.next();
    await alice.deleteSession();
    const told = chronicle(alice);
    server.chat.refuse(false);
    // Whatever were still to come would have come before this.
    await person('bob');
    expect([server.chat.sockets('alice'), told]).toEqual([0, []]);
  });
});

describe('vonage session: refused token', () => {
  const home = world();
  const none = ['SESSION_ERROR', 'session:error:no-active-session'];

  it('ends the session where the service leaves it', async () => {
    const { server, person } = home();
    const alice = await person('alice');
    const told = chronicle(alice);
    const failed = listen(alice, 'sessionError');
    server.chat.disconnect('alice');
    expect(await failed.next()).toBe('EXPIRED_TOKEN');
    expect(alice.streams).toBeUndefined();
    expect(await refusalOf(alice.getUser('me'))).toEqual(none);
    await person('bob');
    expect([server.chat.sockets('alice'), told]).toEqual([0, [['sessionError', 'EXPIRED_TOKEN']]]);
  });

  it('ends the session where the service lets it in no more', async () => {
    const { server, person } = home();
    const alice = await person('alice');
    const told = chronicle(alice);
    const failed = listen(alice, 'sessionError');
    server.expire('alice');
    server.chat.drop('alice');
    expect(await failed.next()).toBe('EXPIRED_TOKEN');
    expect(await refusalOf(alice.getUser('me'))).toEqual(none);
    // To be let into the namespace is to be back, as with the existing client; the refusal comes after it.
    expect(told).toEqual([['reconnecting'], ['reconnection'], ['sessionError', 'EXPIRED_TOKEN']]);
  });

  it('can be replaced from within the callback, and the session goes on', async () => {
    const { server, client } = home();
    const alice = client();
    const session = await alice.createSession(await server.token('alice'));
    const resumed = new Promise(resolve => {
      alice.on('sessionError', async () => {
        resolve(await alice.createSession(await server.token('alice'), session));
      });
    });
    server.chat.disconnect('alice');
    expect(await resumed).toBe(session);
    expect(await alice.getUser('me')).toMatchObject({ name: 'alice' });
  });
});

describe('vonage session: silent socket', () => {
  // After 5.1 s it is asked for a sign of life, for which it has 5 s.
  const home = world({ chat: { pingInterval: 5_000, pingTimeout: 100 } });
  beforeEach(virtualClock);
  afterEach(usualClock);

  it('is told as PING_TIMEOUT after five failed attempts', async () => {
    const { server, person } = home();
    const alice = await person('alice');
    const told = chronicle(alice);
    const failed = listen(alice, 'sessionError');
    server.chat.refuse(true);
    server.chat.silence('alice');
    await pass(10_200);
    expect(await failed.next()).toBe('PING_TIMEOUT');
    expect(told).toEqual([['reconnecting'], ['sessionError', 'PING_TIMEOUT']]);
  });
});
