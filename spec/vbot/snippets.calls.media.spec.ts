import type { VBotClient } from '../../lib/vbot/index.js';
import { programs } from './support/document.js';
import { runnable } from './support/snippet.js';
import { inStatus, invited, loud, openWorld, ring, talk, until, type World } from './support/world.js';

type Logger = { readonly info: (text: string) => void; readonly error: (error: unknown) => void };

const connection = runnable(programs.connection);
const account = runnable(programs.account);
const hotlines = runnable(programs.hotlines);
const call = runnable(programs.call);
const incoming = runnable(programs.incoming);
const events = runnable(programs.events);

/** What was logged. */
const createLogger = (): Logger & { readonly infos: string[]; readonly errors: unknown[] } => {
  const infos: string[] = [];
  const errors: unknown[] = [];
  return {
    infos,
    errors,
    info: text => {
      infos.push(text);
    },
    error: error => {
      errors.push(error);
    },
  };
};

describe('vbot document snippet', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterEach(() => world.leave());
  afterAll(() => world.close());

  const connected = (client: VBotClient): Promise<unknown> =>
    until(client.streams.session$, ({ connection }) => connection === 'connected');

  /** Resolves with the id of the next call that this client makes. */
  const placed = async (client: VBotClient): Promise<string> => {
    const { calls } = await until(client.streams.session$, session => session.calls.length > 0);
    return calls[0]!.id;
  };

  it('"Connection" connects', async () => {
    const client = (await connection(undefined, world.VBotClient, await world.server.token('alice'))) as VBotClient;
    await connected(client);
    expect(client.isConnected()).toBe(true);
  });

  it('"Listen for account connection events" logs each status', async () => {
    const logger = createLogger();
    const client = await world.client('alice');
    await account(undefined, client, logger);
    await client.connect();
    await client.disconnect();
    expect(logger.infos).toEqual(
      ['connecting', 'connected', 'disconnecting', 'disconnected'].map(status => `Account status changed to ${status}`),
    );
  });

  it('"Connection", then "Listen for account connection events": misses nothing', async () => {
    const logger = createLogger();
    const client = (await connection(undefined, world.VBotClient, await world.server.token('alice'))) as VBotClient;
    await account(undefined, client, logger);
    await connected(client);
    expect(logger.infos).toEqual(['connecting', 'connected'].map(status => `Account status changed to ${status}`));
  });

  it('"Retrieve hotline list" gives the list', async () => {
    await expect(hotlines(undefined, await world.client('alice'))).resolves.toEqual(world.server.hotlines);
  });

  describe('"Make a call"', () => {
    it('lasts as long as the call', async () => {
      const [alice, bob] = await Promise.all([world.person('alice'), world.person('bob')]);
      const logger = createLogger();
      const arrived = invited(bob);
      const done = call(undefined, alice, '102', world.server.hotlines[0]?.phoneNumber, logger);
      const session = await arrived;
      expect(session.phoneNumber).toBe(world.server.hotlines[0]?.phoneNumber);
      await session.accept();
      await until(alice.streams.session$, ({ calls }) => calls[0]?.status === 'active');
      const levels = await Promise.all([alice, bob].map(who => world.level(who, 30)));
      expect(Math.min(...levels)).toBeGreaterThan(loud);
      await session.terminate();
      await done;
      expect(logger.errors).toEqual([]);
    });

    it('returns when the call is refused', async () => {
      const [alice, bob] = await Promise.all([world.person('alice'), world.person('bob')]);
      const logger = createLogger();
      const arrived = invited(bob);
      const done = call(undefined, alice, '102', undefined, logger);
      await (await arrived).reject();
      await done;
      expect(logger.errors).toEqual([]);
    });

    it('plays early media, and hands its description over without harm', async () => {
      const alice = await world.person('alice');
      const logger = createLogger();
      const done = call(undefined, alice, 'early', undefined, logger);
      const id = await placed(alice);
      await until(alice.streams.call$(id), now => now?.earlyMedia === true);
      const answered = await until(alice.streams.call$(id), now => now?.answeredAt !== undefined);
      expect(answered?.status).toBe('active');
      alice.streams.hangup(id);
      await done;
      expect(logger.errors).toEqual([]);
    });

    it('logs why there is no call', async () => {
      const logger = createLogger();
      await call(undefined, await world.client('alice'), '102', undefined, logger);
      expect(logger.errors).toEqual([expect.objectContaining({ name: 'VBotError', code: 'no-line' })]);
    });
  });

  describe('"Listen for incoming call events"', () => {
    it('rings, and lasts as long as the call', async () => {
      const [alice, bob] = await Promise.all([world.person('alice'), world.person('bob')]);
      const logger = createLogger();
      const rung: string[] = [];
      await incoming(undefined, bob, () => rung.push('ring'), logger);
      const { caller } = await talk(alice, bob, '102');
      await caller.terminate();
      expect(rung).toEqual(['ring']);
      expect(logger.errors).toEqual([]);
    });

    it('stops when the caller takes the call back', async () => {
      const [alice, bob] = await Promise.all([world.person('alice'), world.person('bob')]);
      const logger = createLogger();
      await incoming(undefined, bob, () => undefined, logger);
      const { caller, callee } = await ring(alice, bob, '102');
      await caller.cancel();
      await expect(callee.accepted()).resolves.toMatchObject({ accepted: false });
      expect(logger.errors).toEqual([]);
    });
  });

  it('"Listen for call events" logs each status', async () => {
    const [alice, bob] = await Promise.all([world.person('alice'), world.person('bob')]);
    const logger = createLogger();
    const arrived = invited(bob);
    const session = await alice.invite('102');
    await events({ session }, logger);
    const callee = await arrived;
    await inStatus(alice, session, 'ringing');
    await callee.accept();
    await inStatus(alice, session, 'active');
    await session.hold();
    await session.terminate();
    await callee.terminated();
    expect(logger.infos).toEqual(
      ['trying', 'ringing', 'active', 'on_hold', 'terminated'].map(status => `Call status changed to ${status}`),
    );
  });
});
