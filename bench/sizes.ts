import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { replacing } from '../scripts/sipjs.mjs';

/** What an application downloads: bundled, minified, gzip -9, rxjs included. */
export type Size = { readonly name: string; readonly bytes: number; readonly budget?: number; readonly sipjs: number };

type Entry = { readonly name: string; readonly code: string; readonly budget?: number; readonly isPeer?: boolean };

const entries: readonly Entry[] = [
  { name: 'callstream', code: `export { createClient } from 'callstream'`, budget: 19_000 },
  {
    name: 'callstream + sip + browser',
    code: `export { createClient } from 'callstream'; export { sip } from 'callstream/sip'; export { browser } from 'callstream/browser'`,
    budget: 92_000,
  },
  {
    name: 'callstream + messaging + browser',
    code: `export { createClient } from 'callstream'; export { messaging } from 'callstream/service'; export { browser } from 'callstream/browser'`,
    budget: 42_000,
  },
  {
    name: 'callstream + service + browser',
    code: `export { createClient } from 'callstream'; export { service } from 'callstream/service'; export { browser } from 'callstream/browser'`,
    budget: 60_000,
  },
  {
    name: 'both halves',
    code: `export { createClient } from 'callstream'; export { sip } from 'callstream/sip'; export { service } from 'callstream/service'; export { browser } from 'callstream/browser'`,
    budget: 110_000,
  },
  { name: 'callstream/vonage', code: `export { VonageClient } from 'callstream/vonage'` },
  { name: 'callstream/vbot', code: `export { VBotClient } from 'callstream/vbot'` },
  { name: 'sip.js SimpleUser', code: `export { SimpleUser } from 'sip.js/lib/platform/web/index.js'`, isPeer: true },
  {
    name: 'sip.js UserAgent, Registerer, Inviter',
    code: `export { UserAgent, Registerer, Inviter } from 'sip.js'`,
    isPeer: true,
  },
];

const measure = async ({ name, code, budget, isPeer = false }: Entry): Promise<Size> => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    // As Angular's builder resolves rxjs.
    conditions: ['es2015', 'module'],
    // The package has a part of sip.js built in; the peers are whole.
    plugins: isPeer ? [] : [replacing],
    write: false,
    metafile: true,
    outdir: '.',
  });
  const [output] = Object.values(metafile.outputs);
  const sipjs = Object.entries(output?.inputs ?? {})
    .filter(([path]) => path.includes('node_modules/sip.js/'))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  const bytes = gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
  return { name, bytes, sipjs, ...(budget === undefined ? {} : { budget }) };
};

export const sizes = (): Promise<readonly Size[]> => Promise.all(entries.map(measure));
