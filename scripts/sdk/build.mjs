/**
 * Bundles the two faces into a folder, each with all that it needs: as a module, and as a classic script with one global.
 *
 *     vonageClientSDK.min.js   vonageClientSDK.VonageClient   vonageClientSDK.min.mjs   import { VonageClient } from …
 *     vbotSDK.min.js           vbotSDK.VBotClient             vbot-sdk.js               import { VBotClient } from …
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { replacing } from '../sipjs.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: node build.mjs OUTDIR');
const outdir = resolve(target);

const bundles = [
  ['vonage.mjs', 'vonageClientSDK.min.js', 'vonageClientSDK'],
  ['vonage.mjs', 'vonageClientSDK.min.mjs'],
  ['vbot.mjs', 'vbotSDK.min.js', 'vbotSDK'],
  ['vbot.mjs', 'vbot-sdk.js'],
];

await Promise.all(
  bundles.map(([entry, file, globalName]) =>
    build({
      entryPoints: [join(here, entry)],
      outfile: join(outdir, file),
      bundle: true,
      plugins: [replacing],
      minify: true,
      target: 'es2022',
      logLevel: 'error',
      define: { BUNDLE_IS_MODULE: String(globalName === undefined) },
      ...(globalName === undefined ? { format: 'esm' } : { format: 'iife', globalName }),
    }),
  ),
);
