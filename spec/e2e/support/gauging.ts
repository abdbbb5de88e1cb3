import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import type { CallEnd, Quality, QualityWarning } from 'callstream';
import { eventually } from './eventually.js';
import type { Gauge, Timed } from './gauge.js';
import type { World } from './world.js';

/** How a page signs in. */
export type Entry = NonNullable<Parameters<Gauge['enter']>[1]>;

/** The script of `gauge.ts`, for any page. */
export const gaugeScript = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'gauge.ts')],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
};

/** Signs a user in on a page that has the script. */
export const enter = (page: Page, { server }: World, user: string, options: Entry = {}): Promise<void> =>
  page.evaluate(([account, how]) => gauge.enter(account, how), [
    { server: server.wsUrl, ...server.user(user) },
    options,
  ] as const);

export const pause = (ms: number): Promise<void> => new Promise(go => setTimeout(go, ms));

/** The clock by which a page tells when something was. */
export const clock = (page: Page): Promise<number> => page.evaluate(() => gauge.now());

/** Somebody who watches how the call of a page sounds. */
export type Watcher = {
  /** All that was told, oldest first. */
  readonly seen: () => Promise<readonly Timed<Quality>[]>;
  /** What is told once it is as wished; when the time is up, what is told then goes to the expectation. */
  readonly until: (wished: (quality: Quality) => boolean) => Promise<Quality>;
  /** Fails unless exactly this is warned of soon, and tells since when, by the page's clock. */
  readonly warned: (...warnings: readonly QualityWarning[]) => Promise<number>;
};

/** Begins to watch the call of a page. */
export const watcher = async (page: Page): Promise<Watcher> => {
  const number = await page.evaluate(() => gauge.watch());
  const seen: Watcher['seen'] = () => page.evaluate(who => gauge.seen(who), number);
  const until = async (wished: (quality: Quality) => boolean): Promise<readonly Timed<Quality>[]> =>
    eventually(seen, all => all.slice(-1).some(({ value }) => wished(value)));
  return {
    seen,
    until: async wished => (await until(wished)).at(-1)!.value,
    warned: async (...warnings) => {
      const isSo = (quality: Quality): boolean => quality.warnings.join() === warnings.join();
      const all = await until(isSo);
      expect(all.at(-1)?.value.warnings).toEqual(warnings);
      const before = all.filter(({ value }) => !isSo(value)).at(-1);
      return all.find(({ at }) => before === undefined || at > before.at)!.at;
    },
  };
};

/** How the latest call of a page ended, once there is a summary of it; without one after a second. */
export const ended = async (page: Page): Promise<CallEnd | undefined> => {
  const ends = await eventually(
    () => page.evaluate(() => gauge.ends()),
    all => all.at(-1)?.quality !== undefined,
    1_000,
  );
  return ends.at(-1);
};
