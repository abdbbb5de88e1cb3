import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { replacing } from '../scripts/sipjs.mjs';

/** How long a bundle takes to be loaded, beyond what an empty one takes. */
export type Import = { readonly name: string; readonly ms: number; readonly budget?: number };

type Entry = { readonly name: string; readonly code: string; readonly budget?: number; readonly isPeer?: boolean };

const entries: readonly Entry[] = [
  {
    name: 'callstream + messaging + browser',
    code: `export { createClient } from 'callstream'; export { messaging } from 'callstream/service'; export { browser } from 'callstream/browser'`,
    budget: 4,
  },
  {
    name: 'both halves',
    code: `export { createClient } from 'callstream'; export { sip } from 'callstream/sip'; export { service } from 'callstream/service'; export { browser } from 'callstream/browser'`,
    budget: 10,
  },
  {
    name: 'sip.js UserAgent, Registerer, Inviter',
    code: `export { UserAgent, Registerer, Inviter } from 'sip.js'`,
    isPeer: true,
  },
];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** In a process of its own each time, as a page loads it once. */
const load = (file: string): number =>
  Number(
    execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      `const began = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - began)`,
    ]),
  );

export const imports = async (): Promise<readonly Import[]> => {
  // Beside the sources, where what is imported is found.
  const folder = mkdtempSync(join(process.cwd(), 'node_modules', '.bench-'));
  const bundle = async (name: string, contents: string, isPeer = false): Promise<string> => {
    const outfile = join(folder, name);
    await build({
      stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      conditions: ['es2015', 'module'],
      plugins: isPeer ? [] : [replacing],
      outfile,
    });
    return outfile;
  };
  try {
    const empty = await bundle('empty.mjs', 'export {}');
    const results: Import[] = [];
    for (const [index, { name, code, budget, isPeer }] of entries.entries()) {
      const file = await bundle(`${index}.mjs`, code, isPeer);
      const nets = Array.from({ length: 15 }, () => load(file) - load(empty));
      results.push({ name, ms: median(nets), ...(budget === undefined ? {} : { budget }) });
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
