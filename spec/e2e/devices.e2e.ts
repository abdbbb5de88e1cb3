import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { expectSilence, expectSound } from './support/audio.js';
import { eventually } from './support/eventually.js';
import type { Account, Handset } from './support/handset.js';
import { withPlugs } from './support/plugs.js';
import { openWorld, type World } from './support/world.js';

const bundled = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'support/handset.ts')],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
};

describe('softphone: devices', () => {
  let world: World;
  let content: string;

  beforeAll(async () => {
    [world, content] = await Promise.all([openWorld(), bundled()]);
  });

  afterAll(async () => {
    await world.close();
  });

  const accountOf = (user: string): Account => ({
    server: world.server.wsUrl,
    ...world.server.user(user),
  });

  /** A page on which nobody is signed in, that has the permission and knows its devices by name. */
  const open = async (user: string): Promise<Page> => {
    const page = await world.open('/style.css', { before: withPlugs });
    await page.addScriptTag({ content });
    await page.evaluate(account => handset.enter(account), accountOf(user));
    return page;
  };

  const devices = (page: Page): Promise<ReturnType<Handset['devices']>> => page.evaluate(() => handset.devices());

  const untilInput = async (page: Page, wished: Partial<ReturnType<Handset['devices']>['input']>): Promise<void> => {
    const input = await eventually(
      async () => (await devices(page)).input,
      now => Object.entries(wished).every(([key, value]) => now[key as keyof typeof now] === value),
    );
    expect(input).toMatchObject(wished);
  };

  const invitesOf = (user: string): number =>
    world.server.log.filter(
      ({ method, status, from, user: whose }) =>
        method === 'INVITE' && status === undefined && from === 'client' && whose === user,
    ).length;

  /** The microphones by their ids, but for the browser's name of the default one. */
  const microphonesOf = async (page: Page): Promise<readonly string[]> =>
    (await devices(page)).inputs.map(({ id }) => id).filter(id => id !== 'default');

  const openMicrophones = (page: Page): Promise<number> =>
    page.evaluate(() => window.microphones.filter(({ readyState }) => readyState === 'live').length);

  it('are switched in a call without negotiation, and the voice goes on', async () => {
    const page = await open('alice');
    await page.evaluate(() => handset.call('echo'));
    await expectSound(page);
    const [first = '', second = ''] = await microphonesOf(page);
    const before = invitesOf('alice');
    await page.evaluate(ids => handset.choose(ids), [second, first]);
    await untilInput(page, { chosen: second, actual: second, use: 'chosen' });
    expect(await openMicrophones(page)).toBe(1);
    await expectSound(page);

    await page.evaluate(id => {
      window.plug(id, false);
    }, second);
    await untilInput(page, { chosen: second, actual: first, use: 'fallback' });
    await expectSound(page);

    await page.evaluate(id => {
      window.plug(id, true);
    }, second);
    await untilInput(page, { chosen: second, actual: second, use: 'chosen' });
    await expectSound(page);
    expect(await page.evaluate(() => handset.uses())).toEqual(['chosen', 'lost', 'fallback', 'chosen']);
    expect(invitesOf('alice')).toBe(before);
    await page.context().close();
  });

  it('are replaced when a microphone ends before the browser has noticed, and a mute holds', async () => {
    const page = await open('alice');
    await page.evaluate(() => handset.call('echo'));
    const [first = '', second = ''] = await microphonesOf(page);
    await page.evaluate(ids => handset.choose(ids), [second, first]);
    await untilInput(page, { actual: second });
    await page.evaluate(() => handset.mute(true));
    await expectSilence(page);
    await page.evaluate(id => {
      window.endTrack(id);
    }, second);
    await untilInput(page, { actual: first, use: 'fallback' });
    expect(await page.evaluate(() => handset.faults())).toContain('mic-missing');
    await expectSilence(page);
    await page.evaluate(() => handset.mute(false));
    await expectSound(page);
    await page.context().close();
  });

  it('tell how loud it is, and are released after the last call', async () => {
    const page = await open('alice');
    await page.evaluate(() => handset.call('echo'));
    await expectSound(page);
    const loud = await page.evaluate(() =>
      Promise.all([handset.loudest('input', 3000), handset.loudest('output', 3000)]),
    );
    expect(Math.min(...loud)).toBeGreaterThan(0.2);
    expect(Math.max(...loud)).toBeLessThanOrEqual(1);
    await page.evaluate(() => handset.mute(true));
    expect(await page.evaluate(() => handset.loudest('input', 1000))).toBe(0);
    await page.evaluate(() => handset.hangUp());
    expect(await openMicrophones(page)).toBe(0);
    expect(await page.evaluate(() => handset.loudest('input', 200))).toBe(0);
    await page.context().close();
  });

  it('ask before the page is left during a call, and only then', async () => {
    const page = await open('carol');
    // A browser asks nobody who has not touched the page.
    await page.mouse.click(5, 5);
    await page.evaluate(() => handset.call('echo'));
    const [question] = await Promise.all([page.waitForEvent('dialog'), page.close({ runBeforeUnload: true })]);
    expect(question.type()).toBe('beforeunload');
    await question.dismiss();
    await page.evaluate(() => handset.hangUp());
    // Nobody is asked: it closes.
    await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
    await page.context().close();
  });

  it('give a name to one tab at a time', async () => {
    const first = await open('alice');
    const second = await first.context().newPage();
    await second.goto(`${world.server.url}/style.css`);
    await second.addScriptTag({ content });
    const hold = (page: Page): Promise<boolean> => page.evaluate(() => handset.holds('alice'));
    expect(
      await eventually(
        () => hold(first),
        mine => mine,
      ),
    ).toBe(true);
    expect(await hold(second)).toBe(false);
    await first.close();
    expect(
      await eventually(
        () => hold(second),
        mine => mine,
      ),
    ).toBe(true);
    await second.context().close();
  });

  it('leave nothing uncaught on any page', () => {
    expect(world.uncaught).toEqual([]);
  });

  describe('in a browser that plays nothing without a gesture', () => {
    let strict: Browser;

    beforeAll(async () => {
      strict = await chromium.launch({
        executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--use-fake-ui-for-media-stream',
          '--use-fake-device-for-media-stream',
          '--allow-loopback-in-peer-connection',
        ],
      });
    });

    afterAll(async () => {
      await strict.close();
    });

    /** Runs in the page without counting as a gesture, as `page.evaluate` does. */
    const said = async (session: CDPSession, expression: string): Promise<unknown> => {
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
        userGesture: false,
      });
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
      return result.value;
    };

    /** A page that nobody has touched, on which this user is signed in. */
    const untouched = async (user: string): Promise<{ readonly page: Page; readonly session: CDPSession }> => {
      const context = await strict.newContext();
      await context.addInitScript({ content });
      const page = await context.newPage();
      await page.goto(`${world.server.url}/style.css`);
      const session = await context.newCDPSession(page);
      await said(session, `handset.enter(${JSON.stringify(accountOf(user))}, { ring: true })`);
      return { page, session };
    };

    it('says that it is silent, and rings once it was touched', async () => {
      const { page, session } = await untouched('dave');
      const playback = () => said(session, 'handset.devices().playback');
      expect(await playback()).toBe('unknown');

      const caller = await open('erin');
      await caller.evaluate(() => handset.invite('dave'));
      expect(await eventually(playback, now => now !== 'unknown')).toBe('blocked');

      await page.mouse.click(5, 5);
      expect(await eventually(playback, now => now === 'allowed')).toBe('allowed');
      expect(await said(session, 'handset.unlocked()')).toEqual(['Right']);
      await Promise.all([page.context().close(), caller.context().close()]);
    });

    it('hangs up and signs out when its page is left', async () => {
      const { page, session } = await untouched('frank');
      await said(session, "handset.call('echo')");
      const gone = Promise.all([
        world.server.next({ method: 'BYE', from: 'client', user: 'frank' }),
        world.server.next({ method: 'REGISTER', from: 'client', user: 'frank' }),
      ]);
      await page.goto('about:blank');
      const [, farewell] = await gone;
      expect(farewell.raw).toMatch(/expires[:=] ?0\b/i);
      const contacts = await eventually(
        () => Promise.resolve(world.server.registrations('frank')),
        left => left.length === 0,
      );
      expect(contacts).toEqual([]);
      await page.context().close();
    });
  });
});
