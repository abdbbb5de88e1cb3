import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { gatherPeers } from '../../e2e/support/audio.js';
import { openCarrier } from '../../e2e/support/carrier.js';
import type { World } from '../../e2e/support/world.js';
import { openNetwork, type Network } from './network.js';

/** The same server, as a browser on the machine behind the router sees it. `close` leaves the server alone. */
export type Behind = World & { readonly network: Network };

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

const enter = async ({ server }: World, network: Network): Promise<Behind> => {
  const folder = await mkdtemp(join(tmpdir(), 'callstream-behind-'));
  const executablePath = join(folder, 'chromium');
  const command = network.command(process.env['CHROMIUM'] ?? '/usr/bin/chromium');
  await writeFile(executablePath, `#!/bin/sh\nexec ${command} "$@"\n`);
  await chmod(executablePath, 0o755);
  const carrier = await openCarrier(server.port, network.here, server.port);
  // A page of `localhost` may use the microphone, and the server knows itself by that name.
  const args = [...flags, `--host-resolver-rules=MAP localhost ${network.here}`];
  const browser = await chromium.launch({ executablePath, args });
  const uncaught: string[] = [];

  return {
    server,
    network,
    uncaught,
    open: async (path, { before, ...profile } = {}) => {
      const context = await browser.newContext(profile);
      await context.addInitScript(gatherPeers);
      if (before) await context.addInitScript(before);
      const page = await context.newPage();
      page.on('pageerror', error => {
        uncaught.push(`${path}: ${error.message}`);
      });
      await page.goto(`http://localhost:${server.port}${path}`);
      return page;
    },
    close: async () => {
      try {
        await browser.close();
        await carrier.close();
        await rm(folder, { recursive: true });
      } finally {
        await network.close();
      }
    },
  };
};

/** Opens the network, and a browser in it. */
export const openBehind = async (world: World): Promise<Behind> => {
  const network = await openNetwork();
  try {
    return await enter(world, network);
  } catch (error) {
    await network.close();
    throw error;
  }
};
