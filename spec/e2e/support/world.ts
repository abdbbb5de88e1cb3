import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { startServer, type DevServer, type ServerOptions } from 'callstream-server';
import { gatherPeers } from './audio.js';

/** The local server with the built pages, and a browser with a microphone that beeps. */
export type World = {
  readonly server: DevServer;
  /** A page in a profile of its own, as if it were another person's browser. */
  readonly open: (path: string, options?: Opening) => Promise<Page>;
  /** What was thrown on any page and caught by nobody. */
  readonly uncaught: readonly string[];
  readonly close: () => Promise<void>;
};

type Opening = BrowserContextOptions & {
  /** Runs in the page before its own script. */
  readonly before?: () => void;
};

const root = resolve(__dirname, '../../..');

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The microphone is a beep, and nobody has to be asked for it.
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // Without this there are no candidates on a machine that has only a loopback.
  '--allow-loopback-in-peer-connection',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: flags });

/** @param pages - a folder to show instead of the softphone */
export const openWorld = async (options: ServerOptions = {}, pages?: string): Promise<World> => {
  const page = pages ?? (await mkdtemp(join(tmpdir(), 'callstream-page-')));
  if (pages === undefined)
    await promisify(execFile)(process.execPath, [join(root, 'examples/softphone/build.mjs'), page]);
  const server = await startServer({ ...options, port: 0, page });
  const browser = await launch();
  const uncaught: string[] = [];

  const open = async (path: string, { before, ...profile }: Opening = {}): Promise<Page> => {
    const context = await browser.newContext(profile);
    await context.addInitScript(gatherPeers);
    if (before) await context.addInitScript(before);
    const opened = await context.newPage();
    opened.on('pageerror', error => {
      uncaught.push(`${path}: ${error.message}`);
    });
    await opened.goto(server.url + path);
    return opened;
  };

  return {
    server,
    open,
    uncaught,
    close: async () => {
      await browser.close();
      await server.close();
      if (pages === undefined) await rm(page, { recursive: true });
    },
  };
};

/** A folder beside the repository's files for what people look at. */
export const reports = join(root, '.reports');
