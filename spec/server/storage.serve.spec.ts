import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openStorage, startServer } from 'callstream/server';
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
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/server/cli.ts', 'serve', '--port', '0', ...args], {
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

describe.each(places())('a server that keeps things in $name', ({ start, stop }) => {
  let args: readonly string[];
  beforeAll(async () => {
    args = await start();
  }, 60_000);
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
  }, 60_000);
});

describe('a server with a storage of its own', () => {
  it('closes it when it ends', async () => {
    const data = mkdtempSync(join(tmpdir(), 'callstream-data-'));
    const server = await startServer({ port: 0, storage: await openStorage({ data }) });
    await expect(openStorage({ data })).rejects.toThrow('in use');
    await server.close();
    const again = await openStorage({ data });
    await again.close();
    rmSync(data, { recursive: true, force: true });
  }, 60_000);
});
