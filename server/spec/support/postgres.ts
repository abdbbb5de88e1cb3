/** A PostgreSQL of one's own, from the binaries of this machine: in a new directory, on a socket that is a file there. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PostgresServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Where the newest binaries are. Debian keeps them out of the path. */
export function postgresBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map(version => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find(folder => ['initdb', 'postgres'].every(name => existsSync(join(folder, name))));
}

/** PostgreSQL refuses to run as root. */
function somebody(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map(which => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' })));
  return { uid: uid!, gid: gid! };
}

export async function startPostgres(binaries: string): Promise<PostgresServer> {
  const directory = mkdtempSync(join(tmpdir(), 'callstream-pg-'));
  const owner = somebody();
  if (owner.uid !== undefined) chownSync(directory, owner.uid, owner.gid!);
  const data = join(directory, 'data');
  // A language whose order is not that of the codes.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=de'];
  const options = { cwd: directory, stdio: 'pipe', ...owner } as const;
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'callstream', '-A', 'trust', '--no-sync', ...locale],
    options,
  );
  const server = spawn(join(binaries, 'postgres'), ['-D', data, '-k', directory, '-c', 'listen_addresses='], options);
  const kill = (): void => void server.kill('SIGQUIT');
  process.once('exit', kill);
  const said: string[] = [];
  for await (const line of createInterface(server.stderr)) {
    said.push(line);
    if (line.includes('ready to accept connections')) break;
  }
  if (!said.at(-1)?.includes('ready')) throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`);
  server.stderr.resume();
  return {
    url: `postgres:///postgres?user=callstream&host=${encodeURIComponent(directory)}`,
    stop: async () => {
      process.off('exit', kill);
      const ended = once(server, 'exit');
      server.kill('SIGQUIT');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
