import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import type { Call } from 'callstream';
import type { SipOptions } from 'callstream/sip';
import { gatherPeers } from '../../e2e/support/audio.js';
import type { Peers } from './peers.js';
import type { Phone } from './page.js';
import { within } from './within.js';

/** The SDK in a page of its own, with a microphone that beeps. */
export type PageUser = {
  readonly page: Page;
  readonly invite: Phone['invite'];
  readonly rung: Phone['rung'];
  readonly sees: Phone['sees'];
  readonly ended: (id: string) => Promise<Call>;
  readonly perform: Phone['perform'];
  readonly press: Phone['press'];
};

export type PageOptions = Partial<Pick<SipOptions, 'server' | 'iceTransportPolicy' | 'dtmf'>> & {
  readonly iceServers?: readonly RTCIceServer[];
};

export type Browser = {
  /** Signs in as this user of the proxy, in a profile of its own. */
  readonly open: (peers: Peers, name: string, options?: PageOptions) => Promise<PageUser>;
  /** What was thrown on any page and caught by nobody. */
  readonly uncaught: readonly string[];
  readonly close: () => Promise<void>;
};

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  // The certificate of the proxy is signed by itself.
  '--ignore-certificate-errors',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

export const openBrowser = async (): Promise<Browser> => {
  const bundle = await build({
    entryPoints: [join(__dirname, 'page.ts')],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  const content = bundle.outputFiles[0]?.text ?? '';
  const chromiumItself = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
  });
  const uncaught: string[] = [];

  const open: Browser['open'] = async (peers, name, options = {}) => {
    const context = await chromiumItself.newContext();
    await context.addInitScript(gatherPeers);
    const page = await context.newPage();
    page.on('pageerror', error => {
      uncaught.push(`${name}: ${error.message}`);
    });
    await page.goto(peers.page);
    await page.addScriptTag({ content });
    const entry: SipOptions = {
      server: peers.ws,
      aor: `sip:${name}@peers.test`,
      credentials: { username: name, password: `secret-${name}` },
      ...options,
    };
    await within(
      page.evaluate(given => phone.enter(given), entry),
      () => `${name} is online`,
    );
    const sees: PageUser['sees'] = wanted =>
      within(
        page.evaluate(parts => phone.sees(parts), wanted),
        () => `${name} sees ${JSON.stringify(wanted)}`,
      );
    return {
      page,
      sees,
      invite: target => page.evaluate(to => phone.invite(to), target),
      rung: () => page.evaluate(() => phone.rung()),
      ended: id => sees({ id, status: 'terminated' }),
      perform: (command, id) => page.evaluate(([what, which]) => phone.perform(what, which), [command, id] as const),
      press: (id, tones) => page.evaluate(([which, keys]) => phone.press(which, keys), [id, tones] as const),
    };
  };

  return { open, uncaught, close: () => chromiumItself.close() };
};
