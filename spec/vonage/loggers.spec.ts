import { createVonageLogger, Topics, type LoggingLevel, type VonageLogger } from 'callstream/vonage';
import { logging } from '../../lib/vonage/loggers.js';
import { listen, reasonOf, world } from './support/world.js';

type Line = readonly [level: LoggingLevel, topic: string, tag: string, message: string];

const notebook = (
  ...settings: readonly [LoggingLevel?, (readonly Topics[])?]
): VonageLogger & { readonly lines: Line[] } => {
  const lines: Line[] = [];
  const logger = createVonageLogger(
    'notebook',
    (level, { name, tag }, message) => {
      lines.push([level, name, tag, message]);
    },
    ...settings,
  );
  return { ...logger, lines };
};

describe('vonage logger', () => {
  it('hears from its level on, and of its topics', () => {
    const all = notebook();
    const grave = notebook('Warn');
    const wire = notebook('Verbose', ['WS', Topics.HTTP]);
    const log = logging({ customLoggers: [all, grave, wire], disableInternalLogger: true });
    log('Info', { name: 'WS', tag: 'a' }, '1');
    log('Warn', { name: 'API', tag: 'b' }, '2');
    log('Error', { name: 'HTTP', tag: 'c' }, '3');
    const heard = [all, grave, wire].map(({ lines }) => lines.map(([, , , message]) => message).join(''));
    expect(heard).toEqual(['123', '23', '13']);
  });

  it('of our own writes to the console from Error on, unless told otherwise', () => {
    const written: unknown[] = [];
    const spies = (['debug', 'info', 'warn', 'error'] as const).map(method =>
      jest.spyOn(console, method).mockImplementation((...texts: readonly unknown[]) => {
        written.push([method, ...texts].join(' '));
      }),
    );
    const topic = { name: 'WS', tag: 'session' } as const;
    logging({})('Warn', topic, 'x');
    logging({})('Error', topic, 'x');
    logging({ loggingLevel: 'Verbose' })('Debug', topic, 'y');
    logging({ loggingLevel: 'Verbose', disableInternalLogger: true })('Error', topic, 'z');
    spies.forEach(spy => {
      spy.mockRestore();
    });
    expect(written).toEqual(['error [callstream/vonage] WS session: x', 'debug [callstream/vonage] WS session: y']);
  });
});

describe('vonage log lines', () => {
  const home = world();

  it('is what becomes of the session, what was survived, and what was refused', async () => {
    const { server, client } = home();
    const log = notebook();
    const alice = client({ customLoggers: [log] });
    await alice.createSession(await server.token('alice'));
    await reasonOf(alice.getConversation('CON-none'));
    const failed = listen(alice, 'sessionError');
    server.chat.disconnect('alice');
    await failed.next();
    await alice.deleteSession();
    expect(
      log.lines.map(([level, topic, tag, message]) =>
        level === 'Warn' ? [level, topic, tag] : [level, topic, tag, message],
      ),
    ).toEqual([
      ['Info', 'WS', 'session', 'connecting'],
      ['Info', 'WS', 'session', 'connected'],
      ['Warn', 'API', 'not-found'],
      ['Info', 'WS', 'session', 'recovering'],
      ['Error', 'WS', 'sessionError', 'EXPIRED_TOKEN'],
      ['Warn', 'WS', 'expired-token'],
      ['Info', 'WS', 'session', 'disconnected'],
    ]);
  });

  it('and what is thrown never holds a token', async () => {
    const { server, client } = home();
    const log = notebook();
    const alice = client({ customLoggers: [log] });
    const tokens = [
      await server.token('alice'),
      'an-opaque-token-of-someone',
      await server.token('alice', 7200),
    ] as const;
    const [token, opaque, later] = tokens;
    const thrown: Error[] = [];
    const fails = async (promise: Promise<unknown>): Promise<void> => {
      thrown.push(await reasonOf(promise));
    };
    await fails(alice.createSession(opaque));
    await alice.createSession(token);
    // A server that quotes what it was given.
    const quoting = JSON.stringify({ code: `x:${token}`, detail: `Authorization: bearer ${token}`, title: token });
    server.respondHttp({ path: '/v0.3/users/me' }, { status: 404, body: quoting });
    await fails(alice.getUser('me'));
    server.respondHttp(
      { path: /^\/v0\.2\/sessions/ },
      { status: 403, body: JSON.stringify({ code: later, detail: later }) },
    );
    await fails(alice.refreshSession(later));
    await fails(alice.refreshSession(opaque));
    const failed = listen(alice, 'sessionError');
    server.chat.inject('alice', `42["message",{"token":"${token}"}]`);
    server.chat.inject('alice', token);
    server.chat.disconnect('alice');
    await failed.next();
    const text = [
      JSON.stringify(log.lines),
      ...thrown.map(error => [error.message, error.stack, JSON.stringify(error), String(error)].join()),
    ].join();
    expect(thrown).toHaveLength(4);
    expect(tokens.filter(secret => text.includes(secret))).toEqual([]);
  });
});
