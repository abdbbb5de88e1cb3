import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A program that runs beside the specs. */
export type Program = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Where it runs, and where what it says is kept, in `<name>.log`. */
  readonly folder: string;
  /** Whether it does what it is there for. */
  readonly ready: () => Promise<boolean>;
};

/** `exited`: its exit code once it has ended by itself or was stopped; -1 where a signal ended it. */
export type Running = { readonly exited: Promise<number>; readonly stop: () => Promise<void> };

/** How long a program may take until it is ready, and until it has ended (milliseconds). */
const patience = 10_000;
const farewell = 3_000;

const logOf = ({ folder, name }: Program): string => join(folder, `${name}.log`);

const lastWords = async (program: Program): Promise<string> =>
  (await readFile(logOf(program), 'utf8')).split('\n').slice(-12).join('\n');

/**
 * Starts a program and waits until it is ready. Rejects with its last words when it is not in time.
 *
 * It is stopped together with every process that it has started, and goes with this process, however that ends.
 */
export const run = async (program: Program): Promise<Running> => {
  const { name, command, args, folder, ready } = program;
  const log = await open(logOf(program), 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? -1);
  await once(child, 'spawn');
  await log.close();
  const { pid } = child;
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;

  const stop = async (): Promise<void> => {
    if (over() || pid === undefined) return;
    child.kill('SIGTERM');
    await Promise.race([exited, setTimeout(farewell, undefined, { ref: false })]);
    if (!over()) process.kill(-pid, 'SIGKILL');
    await exited;
  };

  const end = Date.now() + patience;
  while (!(await ready())) {
    if (Date.now() > end || over()) {
      await stop();
      throw new Error(`${name} is not ready:\n${await lastWords(program)}`);
    }
    await setTimeout(25);
  }
  return { exited, stop };
};
