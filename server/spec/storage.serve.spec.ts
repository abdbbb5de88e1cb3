import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openStorage, startServer } from 'callstream-server';
import { postgresBinaries, startPostgres, type PostgresServer } from './support/postgres.js';

interface Place {
  readonly name: string;
  /** The arguments by which a server keeps things there. */
  readonly start: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

function places(): readonly Place[] {
  let directory: string;
  let server: PostgresServer;
  const data: Place = {
    name: 'a data directory',
    start: () => {
      directory = mkdtempSync(join(tmpdir(), 'callstream-data-'));
      return Promise.resolve(['--data', directory]);
    },
    stop: () => {
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
  const binaries = postgresBinaries();
  if (binaries === undefined) return [data];
  const database: Place = {
    name: 'a PostgreSQL',
    start: async () => {
      server = await startPostgres(binaries);
      return ['--database', server.url];
    },
    stop: () => server.stop(),
  };
  return [data, database];
}

/** Starts the command, lets `work` use it, and ends it. */
async function serving<T>(args: readonly string[], work: (url: string) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/lib/cli.ts', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  try {
    return await work(/http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '');
  } finally {
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  }
}

async function ask(url: string, token: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}

async function tokenOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/dev/token`, { method: 'POST', body: '{"user":"zoe"}' });
  return ((await answer.json()) as { token: string }).token;
}

describe.each(places())('a server that keeps things in $name', ({ name, start, stop }) => {
  let args: readonly string[];
  beforeAll(async () => {
    args = await start();
  });
  afterAll(() => stop());

  it('has them when it is started again', async () => {
    const paths = ['/v0.3/users/me', '/v0.3/conversations/club', '/v0.3/conversations/club/events'];
    const everything = async (url: string, token: string): Promise<unknown> =>
      Promise.all(paths.map(path => ask(url, token, 'GET', path)));
    const before = await serving(args, async url => {
      const token = await tokenOf(url);
      const made = (await ask(url, token, 'POST', '/v0.3/conversations', { name: 'club' })) as { id: string };
      const room = `/v0.3/conversations/${made.id}`;
      const user = { name: 'zoe' };
      const joined = await ask(url, token, 'POST', `${room}/members`, {
        state: 'joined',
        user,
        channel: { type: 'app' },
      });
      const event = {
        type: 'message',
        from: (joined as { id: string }).id,
        body: { message_type: 'text', text: 'hi\0' },
      };
      expect(await ask(url, token, 'POST', `${room}/events`, event)).toMatchObject({ id: 2 });
      return everything(url, token);
    });
    expect(JSON.stringify(before)).toContain('hi\\u0000');
    const hosts = (value: unknown): string => JSON.stringify(value).replace(/127\.0\.0\.1:\d+/g, 'here');
    expect(hosts(await serving(args, async url => everything(url, await tokenOf(url))))).toBe(hosts(before));
  });

  it('closes what it was given when it ends', async () => {
    const [, place = ''] = args;
    const where = name === 'a PostgreSQL' ? { database: place } : { data: place };
    const storage = await openStorage(where);
    const server = await startServer({ port: 0, storage });
    if (name !== 'a PostgreSQL') await expect(openStorage(where)).rejects.toThrow('in use');
    await server.close();
    await expect(storage.conversation('club')).rejects.toThrow();
    const again = await openStorage(where);
    await again.close();
  });
});
