import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import type {} from './sipphone.js';
import type { World } from './world.js';

/** A page with a SIP phone that is registered, and answers whoever calls. */
export const openSipPhone = async (world: World, user: string): Promise<Page> => {
  const bundle = await build({
    entryPoints: [join(__dirname, 'sipphone.ts')],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  const page = await world.open('/style.css');
  await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
  await page.evaluate(account => sipPhone.enter(account), { server: world.server.wsUrl, ...world.server.user(user) });
  return page;
};
