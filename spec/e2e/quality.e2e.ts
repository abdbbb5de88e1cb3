import { chromium, type Page } from 'playwright-core';
import type { Preflight, PreflightOptions, PreflightReport } from 'callstream/preflight';
import { expectSound, gatherPeers } from './support/audio.js';
import { eventually } from './support/eventually.js';
import type { Timed } from './support/gauge.js';
import { clock, ended, enter, gaugeScript, pause, watcher, type Entry } from './support/gauging.js';
import { openHole, type Hole } from './support/hole.js';
import { inUse, measurementsDuring, neverSending, toggleSending, withMeters } from './support/meters.js';
import { openWorld, type World } from './support/world.js';

let world: World;
let content: string;
let hole: Hole;

beforeAll(async () => {
  [world, content, hole] = await Promise.all([openWorld(), gaugeScript(), openHole()]);
});

afterAll(async () => {
  hole.close();
  await world.close();
});

/** What is done to a page before somebody signs in there. */
type Prepare = (page: Page) => Promise<void>;

/** A page on which somebody is signed in and registered. */
const open = async (user: string, options: Entry = {}, prepare?: Prepare): Promise<Page> => {
  const page = await world.open('/style.css', { before: withMeters });
  await page.addScriptTag({ content });
  await prepare?.(page);
  await enter(page, world, user, options);
  return page;
};

/** Two pages in a call. */
const inCall = async (prepareBob?: Prepare): Promise<readonly [alice: Page, bob: Page]> => {
  const [alice, bob] = await Promise.all([open('alice'), open('bob', {}, prepareBob)]);
  await Promise.all([bob.evaluate(() => gauge.take()), alice.evaluate(() => gauge.call('bob'))]);
  return [alice, bob];
};

const closed = async (...pages: readonly Page[]): Promise<void> => {
  await Promise.all(pages.map(page => page.context().close()));
};

describe('softphone: call quality', () => {
  it('is good where nothing is in the way, in the units that are promised', async () => {
    const both = await inCall();
    const [alices, bobs] = await Promise.all([watcher(both[0]), watcher(both[1])]);
    expect((await alices.seen())[0]?.value).toEqual({ packets: { received: 0, sent: 0 }, warnings: [] });
    await Promise.all(both.map(expectSound));
    for (const { until } of [alices, bobs]) {
      // The far side reports every few seconds; before that the way to the next hop is what is known.
      const quality = await until(({ mos, roundTripTo }) => mos !== undefined && roundTripTo === 'far-end');
      expect(quality.warnings).toEqual([]);
      expect(quality.mos).toBeGreaterThan(4);
      expect(quality.mos).toBeLessThanOrEqual(4.5);
      expect(quality.r).toBeGreaterThan(80);
      expect(quality.r).toBeLessThanOrEqual(93.2);
      // A share.
      expect(quality.loss).toBeLessThan(0.01);
      // In ms: within one machine it takes more than a microsecond and less than a tenth of a second.
      expect(quality.roundTrip).toBeGreaterThan(0.01);
      expect(quality.roundTrip).toBeLessThan(100);
      expect(quality.jitter).toBeGreaterThanOrEqual(0);
      expect(quality.jitter).toBeLessThan(30);
      // A packet carries 20 ms.
      expect(Math.abs(quality.packets.received - 50)).toBeLessThan(10);
      expect(Math.abs(quality.packets.sent - 50)).toBeLessThan(10);
    }
    await closed(...both);
  });

  it.each(['encoding', 'track'] as const)(
    'is warned of once nothing has come for 3 s, until something has come as often (without its %s)',
    async what => {
      const [alice, bob] = await inCall();
      const [alices, bobs] = await Promise.all([watcher(alice), watcher(bob)]);
      await Promise.all([alices, bobs].map(({ until }) => until(({ mos }) => mos !== undefined)));
      const gone = await clock(alice);
      await toggleSending(bob, what);
      const [raised] = await Promise.all([alices.warned('no-sound-received'), bobs.warned('no-sound-sent')]);
      const back = await clock(alice);
      await toggleSending(bob, what);
      const [cleared] = await Promise.all([alices.warned(), bobs.warned()]);
      // Three measurements, a second apart: the first of them when a whole one has brought nothing, or just something.
      expect(raised - gone).toBeGreaterThan(2_800);
      expect(raised - gone).toBeLessThan(6_000);
      expect(cleared - back).toBeGreaterThan(1_900);
      expect(cleared - back).toBeLessThan(5_000);
      // Whoever still hears is not told that the sound is bad.
      expect((await bobs.seen()).flatMap(({ value }) => value.mos ?? [])).not.toHaveLength(0);
      await closed(alice, bob);
    },
  );

  it('is warned of where nothing has come from the beginning on, and has no score', async () => {
    const [alice, bob] = await inCall(neverSending);
    const [alices, bobs] = await Promise.all([watcher(alice), watcher(bob)]);
    await Promise.all([alices.warned('no-sound-received'), bobs.warned('no-sound-sent')]);
    expect((await alices.seen()).flatMap(({ value }) => value.mos ?? [])).toEqual([]);
    await alice.evaluate(() => gauge.hangUp());
    const end = await ended(alice);
    expect(end?.quality).toMatchObject({ packets: 0 });
    expect(end?.quality).not.toHaveProperty('mos');
    expect(end?.quality).not.toHaveProperty('loss');
    await closed(alice, bob);
  });

  it('is not warned of while somebody is muted or holds, or was away for a moment', async () => {
    const [alice, bob] = await inCall();
    const both = await Promise.all([watcher(alice), watcher(bob)]);
    const judged = (): Promise<unknown> => Promise.all(both.map(({ until }) => until(({ mos }) => mos !== undefined)));
    const nobodyWarned = async (): Promise<void> => {
      const all = await Promise.all(both.map(({ seen }) => seen()));
      expect(all.flat().flatMap(({ value }) => value.warnings)).toEqual([]);
    };
    await judged();
    await bob.evaluate(() => gauge.mute(true));
    await pause(5_000);
    // Silence is sent in packets.
    expect((await both[0].until(() => true)).packets.received).toBeGreaterThan(40);
    await nobodyWarned();

    await toggleSending(bob, 'encoding');
    await pause(1_500);
    await toggleSending(bob, 'encoding');
    await pause(3_500);
    await nobodyWarned();

    await bob.evaluate(() => gauge.mute(false));
    await alice.evaluate(() => gauge.hold(true));
    await pause(5_000);
    const held = await Promise.all(both.map(({ until }) => until(() => true)));
    expect(held.map(({ packets }) => Math.min(packets.received, packets.sent))).toEqual([0, 0]);
    expect(held.map(({ mos }) => mos)).toEqual([undefined, undefined]);
    await alice.evaluate(() => gauge.hold(false));
    await judged();
    await nobodyWarned();
    await closed(alice, bob);
  }, 60_000);

  it('is measured once a second for all who watch, and not at all for nobody', async () => {
    const page = await open('carol', { summaries: false });
    await page.evaluate(() => gauge.call('echo'));
    const onceASecond = [4, 5, 6];
    const inAWhile = (): Promise<number> => measurementsDuring(page, () => pause(4_500));
    expect(await inAWhile()).toBe(0);
    const first = await page.evaluate(() => gauge.watch());
    expect(onceASecond).toContain(await inAWhile());
    const others = await page.evaluate(() => [gauge.watch(), gauge.watch(), gauge.watch('stats')]);
    expect(onceASecond).toContain(await inAWhile());
    await page.evaluate(
      all => {
        all.forEach(gauge.unwatch);
      },
      [first, ...others],
    );
    expect(await inAWhile()).toBe(0);
    await closed(page);
  });
});

describe('softphone: call summary', () => {
  it('is true of one that was shorter than the time between two measurements, on both sides', async () => {
    const both = await inCall();
    const talked = await clock(both[0]);
    await pause(4_000);
    await both[0].evaluate(() => gauge.hangUp());
    const seconds = ((await clock(both[0])) - talked) / 1_000;
    const ends = await Promise.all(both.map(ended));
    expect(ends.map(end => end?.by)).toEqual(['local', 'remote']);
    for (const { quality } of ends.map(end => end!)) {
      expect(quality?.mos).toBeGreaterThan(4);
      expect(quality?.mos).toBeLessThanOrEqual(4.5);
      expect(quality?.percentage).toBeGreaterThan(80);
      expect(quality?.packets).toBeGreaterThan(150);
      expect(quality?.packets).toBeLessThan(50 * seconds + 50);
      // In percent here.
      expect(quality?.loss).toBeLessThan(1);
      expect(quality?.jitter?.max).toBeLessThan(30);
      expect(quality?.roundTrip).toBeLessThan(100);
    }
    await closed(...both);
  });

  it('does not judge one that was over at once', async () => {
    const page = await open('carol');
    await page.evaluate(async () => {
      await gauge.call('echo');
      await gauge.hangUp();
    });
    const end = await ended(page);
    expect(end?.quality?.packets).toBeLessThan(10);
    expect(end?.quality).not.toHaveProperty('mos');
    await closed(page);
  });

  it('takes one measurement in 10 s, and counts to the end', async () => {
    const page = await open('carol');
    await page.evaluate(() => gauge.call('echo'));
    expect(await measurementsDuring(page, () => pause(9_000))).toBe(0);
    expect(await measurementsDuring(page, () => pause(4_000))).toBe(1);
    await page.evaluate(() => gauge.hangUp());
    const end = await ended(page);
    // What came in 13 s, and not only in the first ten of them.
    expect(end?.quality?.packets).toBeGreaterThan(600);
    expect(end?.quality?.mos).toBeGreaterThan(3);
    await closed(page);
  });

  it('is not made where it is not wished', async () => {
    const page = await open('carol', { summaries: false });
    await page.evaluate(() => gauge.call('echo'));
    expect(await measurementsDuring(page, () => pause(11_000))).toBe(0);
    await page.evaluate(() => gauge.hangUp());
    const end = await ended(page);
    expect(end).toMatchObject({ by: 'local', cause: 'hung_up' });
    expect(end).not.toHaveProperty('quality');
    await closed(page);
  });
});

describe('softphone: preflight', () => {
  const begin = (page: Page, options: PreflightOptions): Promise<void> =>
    page.evaluate(how => {
      gauge.test(how);
    }, options);
  const told = (page: Page): Promise<readonly Timed<Preflight>[]> => page.evaluate(() => gauge.told());

  /** `ice failed no-relay`. */
  const wordOf = (one: Preflight): string =>
    one._tag === 'report'
      ? `report ${one.passed ? 'passed' : 'failed'}`
      : [one.step, one.state, ...(one.fault === undefined ? [] : [one.fault.code])].join(' ');

  /** What the whole test has told, and how long each of it came after the one before. */
  const tested = async (page: Page, options: PreflightOptions = {}) => {
    await begin(page, options);
    const all = await eventually(
      () => told(page),
      steps => steps.at(-1)?.value._tag === 'report',
      25_000,
    );
    return {
      words: all.map(({ value }) => wordOf(value)),
      ms: all.map(({ at }, place) => at - (all[place - 1]?.at ?? at)),
      report: all.at(-1)!.value as PreflightReport,
    };
  };

  const step = (name: string): readonly string[] => [`${name} running`, `${name} passed`];
  const untilRegistered = ['permission', 'device', 'socket', 'register'].flatMap(step);

  const invitesOf = (user: string): number =>
    world.server.log.filter(
      ({ method, status, from, user: whose }) =>
        method === 'INVITE' && status === undefined && from === 'client' && whose === user,
    ).length;

  const nothingLeft = async (page: Page): Promise<void> => {
    const rest = await eventually(
      () => inUse(page),
      ({ connections, microphones }) => connections + microphones === 0,
    );
    expect(rest).toEqual({ connections: 0, microphones: 0 });
    const calls = await page.evaluate(() => gauge.calls());
    expect(calls.filter(({ status }) => status !== 'terminated')).toEqual([]);
  };

  it('goes from the permission to its own voice, and tells how it will sound', async () => {
    const page = await open('carol');
    const { words, report } = await tested(page);
    expect(words).toEqual([...untilRegistered, ...['ice', 'loopback'].flatMap(step), 'report passed']);
    expect(report.steps.map(({ detail }) => detail)).toEqual([
      ...[undefined, 'Fake Default Audio Input', 'sip', undefined, undefined],
      expect.stringMatching(/^MOS [34]\.\d$/),
    ]);
    // 50 a second for 6 s.
    expect(report.quality?.packets).toBeGreaterThan(270);
    expect(report.quality?.packets).toBeLessThan(340);
    expect(report.quality?.mos).toBeGreaterThan(3);
    await nothingLeft(page);
    await closed(page);
  });

  it('stops at a microphone that is not allowed, and calls nobody', async () => {
    const strict = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream'],
    });
    const context = await strict.newContext();
    await context.addInitScript(gatherPeers);
    await context.addInitScript(withMeters);
    const page = await context.newPage();
    await page.goto(`${world.server.url}/style.css`);
    const session = await context.newCDPSession(page);
    await session.send('Browser.setPermission', {
      permission: { name: 'microphone' },
      setting: 'denied',
      browserContextId: (await session.send('Target.getTargetInfo')).targetInfo.browserContextId ?? '',
    });
    await page.addScriptTag({ content });
    await enter(page, world, 'dave');
    const { words } = await tested(page);
    expect(words).toEqual([
      'permission running',
      'permission failed mic-denied',
      ...['device', 'socket', 'register', 'ice', 'loopback'].map(name => `${name} skipped`),
      'report failed',
    ]);
    expect(invitesOf('dave')).toBe(0);
    await nothingLeft(page);
    await strict.close();
  });

  it('waits 300 ms for a server that tells nobody where he is, and goes on without it', async () => {
    const page = await open('carol', { iceServers: [{ urls: `stun:${hole.where}` }] });
    const { words, ms } = await tested(page, { duration: 2_000 });
    expect(words.at(-1)).toBe('report passed');
    const found = ms[words.indexOf('ice passed')];
    expect(found).toBeGreaterThan(300);
    expect(found).toBeLessThan(2_000);
    await closed(page);
  });

  it('says that no relay was found where nothing else is allowed, after 5 s', async () => {
    const relays = [{ urls: `turn:${hole.where}`, username: 'carol', credential: 'secret' }];
    const page = await open('carol', { iceServers: relays, iceTransportPolicy: 'relay' });
    const before = invitesOf('carol');
    const { words, ms } = await tested(page);
    expect(words).toEqual([
      ...untilRegistered,
      'ice running',
      'ice failed no-relay',
      'loopback skipped',
      'report failed',
    ]);
    expect(ms[words.indexOf('ice failed no-relay')]).toBeLessThan(6_000);
    expect(invitesOf('carol')).toBe(before);
    await nothingLeft(page);
    await closed(page);
  });

  it('leaves nothing when it is given up, before its call has left as little as within it', async () => {
    const relays = [{ urls: `turn:${hole.where}`, username: 'erin', credential: 'secret' }];
    const gathering = await open('erin', { iceServers: relays, iceTransportPolicy: 'relay' });
    const listening = await open('carol');
    const until = async (page: Page, word: string): Promise<void> => {
      await begin(page, {});
      await eventually(
        () => told(page),
        all => all.slice(-1).some(({ value }) => wordOf(value) === word),
      );
      await eventually(
        () => inUse(page),
        ({ connections }) => connections > 0,
      );
    };
    await Promise.all([until(gathering, 'ice running'), until(listening, 'loopback running')]);
    expect(await inUse(listening)).toEqual({ connections: 1, microphones: 1 });
    const goodbye = world.server.next({ method: 'BYE', from: 'client', user: 'carol' });
    for (const page of [gathering, listening]) {
      await page.evaluate(() => {
        gauge.cancel();
      });
      await nothingLeft(page);
      expect(wordOf((await told(page)).at(-1)!.value)).toMatch(/running$/);
    }
    await goodbye;
    expect(invitesOf('erin')).toBe(0);
    await closed(gathering, listening);
  });
});

it('leaves nothing uncaught on any page', () => {
  expect(world.uncaught).toEqual([]);
});
