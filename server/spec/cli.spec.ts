import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', 'server/lib/cli.ts', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

describe('callstream-server', () => {
  it('says where it listens, serves there, and ends when it is told to', async () => {
    const child = run('--port', '0', '--page', 'examples');
    const ended = once(child, 'exit');
    const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
    expect((await fetch(url)).status).toBe(200);
    const answer = await fetch(`${url}/dev/token`, { method: 'POST', body: '{"user":"alice"}' });
    expect(await answer.json()).toEqual({ token: expect.stringMatching(/^ey/) as unknown });
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });

  it.each([[['--port', 'many']], [['serve']]])('%j shows how it is used', async args => {
    const child = run(...args);
    const text: string[] = [];
    child.stdout!.on('data', data => text.push((data as Buffer).toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, text.join('')]).toEqual([2, expect.stringContaining('callstream-server [--port 8080] [--page DIR]')]);
  });
});
