import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openStorage } from '../lib/chat/sql/open.js';
import { conversation } from './support/storage.js';

describe('server storage: killed process', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'callstream-data-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const appender = (total: number): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', 'server/spec/support/appender.ts', directory, String(total)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it('has everything that was acknowledged before its process was killed, however often', async () => {
    const acknowledged: number[] = [];
    const last = 120;
    for (const most of [1, 40, Infinity]) {
      const child = appender(last);
      const ended = once(child, 'close');
      let here = 0;
      for await (const line of createInterface(child.stdout!)) {
        acknowledged.push(Number(line));
        here += 1;
        if (here === most) child.kill('SIGKILL');
      }
      await ended;
    }
    expect(acknowledged.at(-1)).toBe(last);
    expect(existsSync(join(directory, 'lock'))).toBe(false);

    const storage = await openStorage({ data: directory });
    const log = await storage.events('C', { order: 'asc', limit: Infinity });
    expect(log.map(({ id }) => id)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(log.slice(1).map(({ body }) => (body as { number: number }).number)).toEqual(
      log.slice(1).map(({ id }) => id),
    );
    // What was said was stored, and nothing was stored twice: a number that was said was never given to another message.
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    await storage.close();
  });

  it('belongs to one process, is free when that has died, and begins anew where its making was cut short', async () => {
    mkdirSync(join(directory, 'postgres'));
    writeFileSync(join(directory, 'postgres', 'PG_VERSION'), '18\n');
    writeFileSync(join(directory, 'unfinished'), '');
    writeFileSync(join(directory, 'lock'), '4194305 1\n');
    const storage = await openStorage({ data: directory });
    expect(await storage.createConversation(conversation('C'))).toBe('created');
    await expect(openStorage({ data: directory })).rejects.toThrow(`in use by process ${process.pid}`);
    await storage.close();

    // Another process has it, says its first word, and dies.
    const child = appender(1000);
    await once(child.stdout!, 'data');
    await expect(openStorage({ data: directory })).rejects.toThrow(`in use by process ${child.pid!}`);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    const again = await openStorage({ data: directory });
    expect(await again.conversation('C')).toMatchObject({ id: 'C' });
    await again.close();
  });
});
