// Packs both packages, installs the tarballs elsewhere, and uses them there as a stranger would. Ends with a count.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const entries = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).exports)
  .filter(name => name !== './package.json')
  .map(name => name.replace('.', 'callstream'));
const versions = Object.fromEntries(
  ['rxjs', 'typescript'].map(name => [
    name,
    JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version,
  ]),
);

const work = mkdtempSync(join(tmpdir(), 'callstream-consumer-'));
const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const pack = folder => {
  const [{ filename, unpackedSize }] = JSON.parse(run(folder, 'npm', 'pack', '--json', '--pack-destination', work));
  return { tarball: join(work, filename), unpackedSize };
};
const sdk = pack('.');
const server = pack('server');

const consumer = (name, type) => {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type }));
  return folder;
};

const install = (folder, ...packages) => run(folder, 'npm', 'install', '--no-audit', '--no-fund', ...packages);

const bare = consumer('bare', 'module');
install(bare, sdk.tarball, `rxjs@${versions.rxjs}`);
const app = consumer('app', 'module');
install(app, sdk.tarball, ...Object.entries(versions).map(([name, version]) => `${name}@${version}`));
const host = consumer('host', 'module');
install(host, server.tarball);

/** The packages that an install has brought, by the lock file that it wrote. */
const installed = folder =>
  Object.keys(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages).filter(path => path !== '');

const expect = (holds, message) => {
  if (!holds) throw new Error(message);
};

const typed = `${entries.map((entry, index) => `import * as e${index} from '${entry}';`).join('\n')}
import { createClient, snapshot, type Call, type Session } from 'callstream';
import { sip } from 'callstream/sip';
import type { Observable } from 'rxjs';
import { either } from 'fp-ts';
const client = createClient({ calling: [sip({ server: 'wss://pbx.example.com/ws', aor: 'sip:alice@example.com' })] });
export const session: Session = snapshot(client.session$);
export const calls: Observable<Call | undefined> = client.call$('x');
client.invite('101').subscribe(either.match(fault => { console.error(fault.code); }, call => { console.log(call.id); }));
// Types of Node would make this an error in a page's code.
export const timer: number = setTimeout(() => undefined, 0);
export const all = [${entries.map((_, index) => `e${index}`).join(', ')}];
`;

const compile = (file, options) => () => {
  writeFileSync(join(app, file), typed);
  const base = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
  };
  writeFileSync(join(app, `${file}.json`), JSON.stringify({ compilerOptions: { ...base, ...options }, files: [file] }));
  run(app, 'npx', 'tsc', '-p', `${file}.json`);
};

const checks = {
  ...Object.fromEntries(
    entries.flatMap(entry => [
      [`import ${entry}`, () => run(app, 'node', '--input-type=module', '-e', `await import('${entry}')`)],
      [`require ${entry}`, () => run(app, 'node', '--input-type=commonjs', '-e', `require('${entry}')`)],
    ]),
  ),
  'types, nodenext ESM': compile('esm.mts', { module: 'nodenext', moduleResolution: 'nodenext' }),
  'types, node16 CJS': compile('cjs.cts', { module: 'node16', moduleResolution: 'node16' }),
  'types, bundler': compile('bundler.ts', { module: 'esnext', moduleResolution: 'bundler' }),
  'types, node10': compile('node10.ts', { module: 'commonjs', moduleResolution: 'node10' }),
  'a plain Jest loads every entry': () => {
    writeFileSync(
      join(app, 'entries.test.cjs'),
      `test.each(${JSON.stringify(entries)})('%s', entry => { expect(Object.keys(require(entry))).not.toEqual([]); });`,
    );
    run(
      app,
      'node',
      join(process.cwd(), 'node_modules/jest/bin/jest.js'),
      '--config',
      '{"transform":{},"testMatch":["**/*.test.cjs"]}',
    );
  },
  'at most 8 packages, and no types of Node': () => {
    const packages = installed(bare);
    expect(packages.length <= 8, `${packages.length} packages: ${packages.join(', ')}`);
    expect(!packages.includes('node_modules/@types/node'), 'the types of Node are installed');
  },
  'at most 4 MB unpacked': () => expect(sdk.unpackedSize <= 4e6, `${sdk.unpackedSize} bytes`),
  'import callstream-server': () => run(host, 'node', '--input-type=module', '-e', `await import('callstream-server')`),
  'require callstream-server': () => run(host, 'node', '--input-type=commonjs', '-e', `require('callstream-server')`),
  'the command serves the softphone': () => {
    const script = `
      const { spawn } = require('node:child_process');
      const server = spawn('npx', ['callstream-server', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
      let said = '';
      const stop = code => { process.kill(-server.pid); process.exit(code); };
      setTimeout(() => stop(1), 30000);
      server.stdout.on('data', async chunk => {
        said += chunk;
        const [url] = /http:\\/\\/[\\w.:]+/.exec(said) ?? [];
        if (url === undefined) return;
        const page = await (await fetch(url)).text();
        stop(page.includes('main.js') ? 0 : 1);
      });`;
    run(host, 'node', '--input-type=commonjs', '-e', script);
  },
};

const failures = Object.entries(checks).flatMap(([name, check]) => {
  try {
    check();
    console.log(`ok   ${name}`);
    return [];
  } catch (error) {
    console.log(`FAIL ${name}\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
    return [name];
  }
});

rmSync(resolve(work), { recursive: true, force: true });
mkdirSync('.reports', { recursive: true });
const [passed, failed] = [Object.keys(checks).length - failures.length, failures.length];
writeFileSync('.reports/consumers.json', JSON.stringify({ numPassedTests: passed, numFailedTests: failed }));
console.log(`consumers: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
