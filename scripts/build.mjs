// Builds the package: ESM and CJS by tsc, the softphone that `callstream serve` shows, and the faces as single files.
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });
const { imports } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
run('npx', 'tsc', '-p', 'tsconfig.esm.json');
run('npx', 'tsc', '-p', 'tsconfig.cjs.json');

// Node reads `imports` from the nearest package.json, so the CJS half needs the map too.
const nearest = { type: 'commonjs', sideEffects: false, imports };
writeFileSync('dist/cjs/package.json', `${JSON.stringify(nearest, null, 2)}\n`);

chmodSync('dist/esm/server/cli.js', 0o755);
run('node', 'examples/softphone/build.mjs', 'dist/softphone');
run('node', 'scripts/sdk/build.mjs', 'dist/sdk');
