/** Bundles the softphone, and the page that uses only the VBot API, into a folder that any server can serve. */
import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { replacing } from '../../scripts/sipjs.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: node build.mjs OUTDIR');
const outdir = resolve(target);

await mkdir(outdir, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ['main.ts', 'vbot.ts', 'style.css'],
  outdir,
  bundle: true,
  plugins: [replacing],
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
});
await Promise.all(['index.html', 'vbot.html'].map(page => copyFile(join(here, page), join(outdir, page))));
