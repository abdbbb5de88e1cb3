import type { Page } from 'playwright-core';
import { eventually } from './support/eventually.js';
import { signedIn, type Softphone } from './support/softphone.js';
import { openWorld, type World } from './support/world.js';

declare global {
  interface Window {
    /** Everything that the page has opened and played: the test's own door, put there before the page's script runs. */
    openedTracks: MediaStreamTrack[];
    playedElements: HTMLMediaElement[];
  }
}

/** Runs in the page. */
const gatherMedia = (): void => {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  window.openedTracks = [];
  window.playedElements = [];
  mediaDevices.getUserMedia = async (constraints?: MediaStreamConstraints): Promise<MediaStream> => {
    const stream = await open(constraints);
    window.openedTracks.push(...stream.getTracks());
    return stream;
  };
  const { value: play } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'play') as {
    readonly value: HTMLMediaElement['play'];
  };
  HTMLMediaElement.prototype.play = function () {
    if (!window.playedElements.includes(this)) window.playedElements.push(this);
    return play.call(this);
  };
};

type Used = Readonly<Record<'connections' | 'microphones' | 'players', readonly [all: number, inUse: number]>>;

/** How many of each there have been, and how many are in use. */
const used = (page: Page): Promise<Used> =>
  page.evaluate(() => {
    const count = <A>(all: readonly A[], isInUse: (one: A) => boolean) =>
      [all.length, all.filter(isInUse).length] as const;
    return {
      connections: count(window.peers, ({ connectionState }) => connectionState !== 'closed'),
      microphones: count(window.openedTracks, ({ readyState }) => readyState === 'live'),
      players: count(window.playedElements, ({ paused, srcObject }) => !paused || srcObject !== null),
    };
  });

/** Waits until nothing is in use, and lets go of what was gathered: the test itself must not keep it. */
const atRest = async (page: Page): Promise<Used> => {
  const rest = await eventually(
    () => used(page),
    now => Object.values(now).every(([, inUse]) => inUse === 0),
  );
  await page.evaluate(() => {
    for (const all of [window.peers, window.openedTracks, window.playedElements]) all.length = 0;
  });
  return rest;
};

/** What the page's own objects take, in bytes, after a garbage collection. */
const heap = async (page: Page): Promise<number> => {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
};

const calls = 20;

describe('softphone: memory after twenty calls', () => {
  let world: World;
  let both: readonly [Softphone, Softphone];
  const heaps: (readonly number[])[] = [];
  const rests: Used[] = [];

  const call = async ([caller, callee]: readonly [Softphone, Softphone], ender: Softphone): Promise<void> => {
    await caller.dial('bob');
    await callee.until('ringing');
    await callee.press('Answer');
    await Promise.all([caller.until('active'), callee.until('active')]);
    await ender.hangUpAll();
    await Promise.all(both.map(({ live }) => live.first().waitFor({ state: 'detached' })));
  };

  beforeAll(async () => {
    world = await openWorld();
    both = await Promise.all([
      signedIn(world, 'alice', { before: gatherMedia }),
      signedIn(world, 'bob', { before: gatherMedia }),
    ]);
    for (let done = 1; done <= calls; done += 1) {
      await call(both, both[done % 2]!);
      if (done === 3 || done === calls) {
        await Promise.all(both.map(phone => phone.untilIdle()));
        rests.push(...(await Promise.all(both.map(({ page }) => atRest(page)))));
        heaps.push(await Promise.all(both.map(({ page }) => heap(page))));
      }
    }
  }, 180_000);

  afterAll(() => world.close());

  it('have closed every connection, stopped every microphone and paused every player', () => {
    for (const [at, { connections, microphones, players }] of rests.entries()) {
      const since = at < 2 ? 3 : calls - 3;
      expect([connections, microphones, players].map(([, inUse]) => inUse)).toEqual([0, 0, 0]);
      expect(connections[0]).toBe(since);
      expect(microphones[0]).toBeGreaterThanOrEqual(since);
      expect(players[0]).toBeGreaterThanOrEqual(since);
    }
  });

  it('hold no more than they did after three, but for what the page shows of each call', () => {
    const [third = [], last = []] = heaps;
    const growth = last.map((bytes, at) => bytes - (third[at] ?? 0));
    expect(Math.max(...growth)).toBeLessThan(100_000 * (calls - 3));
  });

  it('have left nothing uncaught', () => {
    expect(world.uncaught).toEqual([]);
  });
});
