import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { gatherPeers } from './audio.js';
import { eventually } from './eventually.js';

declare global {
  interface Window {
    /** Whether the page has been frozen and not thawed since: the test's own door. */
    isFrozen: boolean;
  }
}

/** Runs in the page. */
const noteFreezing = (): void => {
  document.addEventListener('freeze', () => {
    window.isFrozen = true;
  });
  document.addEventListener('resume', () => {
    window.isFrozen = false;
  });
};

/**
 * A page that its browser can freeze, as it does with one that nobody has looked at for a while. It is in a browser of its
 * own, as Playwright has its usual pages always looked at.
 */
export type Tab = {
  readonly page: Page;
  /** From now on nothing runs in the page, no timer and no handler. A browser thaws a page that begins to be heard. */
  readonly freeze: () => Promise<void>;
  /** The page runs and is looked at again. Fails unless it has been frozen all the time. */
  readonly thaw: () => Promise<void>;
  /** What was thrown on the page and caught by nobody. */
  readonly uncaught: readonly string[];
  readonly close: () => Promise<void>;
};

const flags = [
  '--headless=new',
  '--remote-debugging-port=0',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** Where a browser of this profile can be driven, which it writes down. */
const doorOf = async (profile: string): Promise<string> => {
  const read = () => readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
  const [port, path] = (await eventually(read, text => text !== '')).split('\n');
  return `ws://127.0.0.1:${port}${path}`;
};

/** Opens this page in a browser of its own. */
export const openTab = async (url: string): Promise<Tab> => {
  const profile = await mkdtemp(join(tmpdir(), 'callstream-tab-'));
  const own = spawn(process.env['CHROMIUM'] ?? '/usr/bin/chromium', [...flags, `--user-data-dir=${profile}`], {
    stdio: 'ignore',
  });
  const browser = await chromium.connectOverCDP(await doorOf(profile), { noDefaults: true });
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('the browser has no profile');
  await context.addInitScript(gatherPeers);
  await context.addInitScript(noteFreezing);
  const page = await context.newPage();
  const uncaught: string[] = [];
  page.on('pageerror', ({ message }) => {
    uncaught.push(message);
  });
  await page.goto(url);
  const session = await context.newCDPSession(page);
  const lookAt = (enabled: boolean): Promise<unknown> =>
    session.send('Emulation.setFocusEmulationEnabled', { enabled });
  const isFrozen = (): Promise<boolean> => page.evaluate(() => window.isFrozen);

  return {
    page,
    uncaught,
    freeze: async () => {
      await lookAt(false);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      expect(await eventually(isFrozen, is => is)).toBe(true);
    },
    thaw: async () => {
      expect(await isFrozen()).toBe(true);
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      expect(await eventually(isFrozen, is => !is)).toBe(false);
      await lookAt(true);
    },
    close: async () => {
      await browser.close();
      own.kill();
      await once(own, 'exit');
      await rm(profile, { recursive: true, force: true });
    },
  };
};
