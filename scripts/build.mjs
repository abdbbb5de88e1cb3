// Builds both packages as ESM and CJS; `callstream-server` also gets the softphone, and the faces as single files.
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { buildSipjs, notice } from './sipjs.mjs';

const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });
const { imports } = JSON.parse(readFileSync('package.json', 'utf8'));

for (const folder of ['dist', 'server/dist']) rmSync(folder, { recursive: true, force: true });
run('npx', 'tsc', '-p', 'tsconfig.esm.json');
run('npx', 'tsc', '-p', 'tsconfig.cjs.json');
for (const format of ['esm', 'cjs']) await buildSipjs(format, `dist/${format}/sip/sipjs.js`);
writeFileSync('dist/THIRD-PARTY-NOTICES', notice());
run('npx', 'tsc', '-p', 'server/tsconfig.esm.json');
run('npx', 'tsc', '-p', 'server/tsconfig.cjs.json');

// Node reads `imports` from the nearest package.json, so the CJS half needs the map too.
const nearest = { type: 'commonjs', sideEffects: false, imports };
writeFileSync('dist/cjs/package.json', `${JSON.stringify(nearest, null, 2)}\n`);

writeFileSync('server/dist/cjs/package.json', '{ "type": "commonjs", "sideEffects": false }\n');

chmodSync('server/dist/esm/server/lib/cli.js', 0o755);
run('node', 'examples/softphone/build.mjs', 'server/dist/softphone');
run('node', 'scripts/sdk/build.mjs', 'server/dist/sdk');
