import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { startServer, type DevServer } from 'callstream-server';
import type { Phones } from './phones.js';

/** What calls cost one process that has both of their ends, ours and stock sip.js's, without media. */
export type Cost = {
  /** CPU of one call, both ends, in ms; the median of the rounds. */
  readonly cpu: number;
  /** The heap before and after the second thousand of calls, and so many seconds after the last of them, in bytes. */
  readonly rest: { readonly base: number; readonly top: number; readonly now: number; readonly seconds: number };
  /** What one end of a call that stands holds, in bytes. */
  readonly live: number;
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/**
 * sip.js draws seven digits for a branch. In a thousand calls a minute some are drawn twice, the server answers the second
 * request as it did the first, and a call of the stock phones, which have no other branches, waits for good.
 */
const rareBranches: Plugin = {
  name: 'rare branches',
  setup: bundler => {
    bundler.onLoad({ filter: /client-transaction\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('* 10000000', '* Number.MAX_SAFE_INTEGER'),
    }));
  },
};

/** As an application is built: run from its sources, each function would carry its name along. */
const bundled = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'phones.mjs');
  await build({
    entryPoints: ['bench/phones.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    conditions: ['es2015', 'module'],
    external: ['ws'],
    plugins: [rareBranches],
    outfile,
  });
  return outfile;
};

type Run = (kind: Phones['kind'], measure: Phones['measure'], calls: number) => Promise<unknown>;

const running =
  (file: string, server: DevServer): Run =>
  async (kind, measure, calls) => {
    const [caller, callee] = [server.user('alice'), server.user('bob')];
    const phones: Phones = { kind, measure, calls, wsUrl: server.wsUrl, realm: server.realm, caller, callee };
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file, JSON.stringify(phones)]);
    return JSON.parse(stdout) as unknown;
  };

const measured = async (run: Run, rounds: number): Promise<Readonly<Record<Phones['kind'], Cost>>> => {
  const cpu: Record<Phones['kind'], number[]> = { ours: [], stock: [] };
  const once = async (kind: Phones['kind']): Promise<void> => {
    cpu[kind].push(((await run(kind, 'cpu', 200)) as { readonly cpu: number }).cpu / 1_000);
  };
  const costOf = async (kind: Phones['kind']): Promise<Cost> => ({
    cpu: median(cpu[kind]),
    rest: (await run(kind, 'rest', 1_000)) as Cost['rest'],
    live: ((await run(kind, 'live', 300)) as { readonly bytes: number }).bytes,
  });
  for (let round = 0; round < rounds; round += 1) {
    await once('ours');
    await once('stock');
  }
  return { ours: await costOf('ours'), stock: await costOf('stock') };
};

/** The server is here, and the phones are elsewhere, by turns. */
export const costs = async (rounds = 5): Promise<Readonly<Record<Phones['kind'], Cost>>> => {
  const server = await startServer({ port: 0, media: false });
  // Beside the sources, where what is not bundled is found.
  const folder = mkdtempSync(join(process.cwd(), 'node_modules', '.bench-'));
  try {
    return await measured(running(await bundled(folder), server), rounds);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
};
