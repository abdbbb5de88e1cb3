import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { signedIn, type Softphone } from './support/softphone.js';
import { openWorld, reports, type World } from './support/world.js';

/** Pictures of the softphone, for people to look at. What can be checked of them by machine is checked. */
describe('softphone screenshots', () => {
  let world: World;
  const desk = { viewport: { width: 1200, height: 860 } } as const;
  const hand = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true } as const;

  beforeAll(async () => {
    world = await openWorld();
    await mkdir(reports, { recursive: true });
  });

  afterAll(async () => {
    await world.close();
  });

  const picture = async ({ page }: Softphone, name: string): Promise<void> => {
    await page.screenshot({ path: join(reports, `softphone-${name}.png`), fullPage: true });
  };

  /** Waits until the newest marble has drifted by this share of the strip. */
  const drifted = async ({ page }: Softphone, share: number): Promise<void> => {
    await page.waitForFunction(least => {
      const shares = [...document.querySelectorAll('.track li')].map(marble => {
        const track = marble.parentElement?.getBoundingClientRect() ?? new DOMRect();
        return (track.right - marble.getBoundingClientRect().right) / track.width;
      });
      return Math.min(...shares) > least;
    }, share);
  };

  const brightness = ({ page }: Softphone): Promise<number> =>
    page.evaluate(() => {
      const [red = 0] = /\d+/.exec(getComputedStyle(document.body).backgroundColor)?.map(Number) ?? [];
      return red;
    });

  const overflow = ({ page }: Softphone): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  it('is light or dark as the system is', async () => {
    const alice = await signedIn(world, 'alice', { ...desk, colorScheme: 'light' });
    const bob = await signedIn(world, 'bob', { ...desk, colorScheme: 'dark' });
    await picture(alice, 'idle-light');
    expect(await brightness(alice)).toBeGreaterThan(200);
    expect(await brightness(bob)).toBeLessThan(50);

    await Promise.all([alice.page.context().close(), bob.page.context().close()]);
  });

  it('tells a call as it went: a line that came back, a caller, a hold, a second call', async () => {
    const alice = await signedIn(world, 'alice', { ...desk, colorScheme: 'light' });
    const bob = await signedIn(world, 'bob', { ...desk, colorScheme: 'dark' });
    await drifted(bob, 0.1);
    world.server.drop('bob');
    await bob.untilMarbles('recovering', 'connected');
    await drifted(bob, 0.1);
    await alice.dial('bob');
    await bob.until('ringing');
    await drifted(bob, 0.1);
    await picture(bob, 'incoming-dark');
    await bob.press('Answer');
    await bob.until('active');
    await drifted(bob, 0.1);
    await bob.press('Hold');
    await bob.until('on_hold');
    await drifted(bob, 0.1);
    await bob.press('Hold');
    await bob.until('active');
    await drifted(bob, 0.05);
    await bob.dial('early');
    await bob.until('ringing');
    await drifted(bob, 0.04);
    await picture(bob, 'call-dark');
    await picture(alice, 'call-light');
    const places = await bob.page
      .locator('[data-lane="session$"] li')
      .evaluateAll(marbles => marbles.map(marble => marble.getBoundingClientRect().left));
    expect(places).toHaveLength(5);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    await Promise.all([alice.hangUpAll(), bob.hangUpAll()]);
    await Promise.all([alice.page.context().close(), bob.page.context().close()]);
  });

  it('fits the width of a phone, with the caller on top', async () => {
    const bob = await signedIn(world, 'bob', { ...hand, colorScheme: 'light' });
    const carol = await signedIn(world, 'carol', desk);
    await carol.dial('bob');
    await bob.until('ringing');
    await picture(bob, 'incoming-phone');
    expect(await overflow(bob)).toBe(0);
    const card = await bob.live.boundingBox();
    const dial = await bob.page.getByRole('textbox', { name: 'Number or name' }).boundingBox();
    expect(card!.y).toBeLessThan(dial!.y);
    await bob.press('Answer');
    await bob.until('active');
    await bob.press('Keypad');
    await picture(bob, 'keys-phone');
    expect(await overflow(bob)).toBe(0);
  });

  it('has room for several calls, colleagues and devices, at a desk and in a hand', async () => {
    const wide = { viewport: { width: 1280, height: 900 } } as const;
    const narrow = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true } as const;
    const alice = await signedIn(world, 'alice', { ...wide, colorScheme: 'light' });
    const frank = await signedIn(world, 'frank', { ...wide, colorScheme: 'dark' });
    const grace = await signedIn(world, 'grace', { ...narrow, colorScheme: 'light' });
    await Promise.all(
      [alice, frank, grace].map(async ({ page }) => {
        await page.getByText('Microphone and loudspeaker').click();
        await page.getByText('Test before a call').click();
      }),
    );
    await alice.dial('frank');
    await frank.until('ringing');
    await frank.press('Answer');
    await grace.dial('alice');
    await alice.until('ringing');
    await alice.press('Answer');
    await Promise.all([alice, frank, grace].map(phone => phone.until('active')));
    await alice.press('Transfer');
    await grace.press('Transfer');
    await grace.live.getByText(/^MOS \d\.\d$/).waitFor();
    await picture(alice, 'several-light');
    await picture(frank, 'held-dark');
    await picture(grace, 'several-phone');
    expect(await Promise.all([alice, frank, grace].map(overflow))).toEqual([0, 0, 0]);

    await world.server.pause();
    await Promise.all([alice, grace].map(({ page }) => page.locator('.banner').first().waitFor()));
    await picture(alice, 'away-light');
    await picture(frank, 'away-dark');
    await picture(grace, 'away-phone');
    expect(await Promise.all([alice, frank, grace].map(overflow))).toEqual([0, 0, 0]);
    await Promise.all([alice, frank, grace].map(({ page }) => page.context().close()));
    await world.server.resume();
  });

  it('stands still for those who want that, in order but not in time', async () => {
    const dave = await signedIn(world, 'dave', { ...desk, reducedMotion: 'reduce' });
    await dave.page.getByRole('button', { name: 'Let time run' }).waitFor();
    const moving = (): Promise<number> =>
      dave.page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
    expect(await moving()).toBe(0);
    await picture(dave, 'still');
    await dave.page.getByRole('button', { name: 'Let time run' }).click();
    expect(await moving()).toBeGreaterThan(0);
  });

  it('leaves nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });
});
