/** One process at a time in a directory: two PGlites on the same files would destroy them. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lock of this process; a process id in a file may belong to an earlier process. */
const held = new Set<string>();

/** Takes the directory or throws; returns what gives it back. One whose process has died is free. */
export function lockDirectory(directory: string): () => void {
  const file = join(directory, 'lock');
  const holder = holderOf(file);
  if (held.has(file) || (holder !== undefined && holder !== process.pid))
    throw new Error(
      `${directory} is in use by process ${holder ?? process.pid}; if that is not callstream, remove ${file}`,
    );
  rmSync(file, { force: true });
  writeFileSync(file, `${process.pid} ${bornAt(process.pid)}\n`, { flag: 'wx' });
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}

/** The living process that has the lock. */
function holderOf(file: string): number | undefined {
  const [id = '', born = ''] = readIfThere(file).trim().split(' ');
  const holder = Number(id);
  return holder > 0 && isAlive(holder) && bornAt(holder) === born ? holder : undefined;
}

function isAlive(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch (error) {
    // One of another user is alive and may not be asked.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start time of a process, where the system has it: process ids are reused. */
function bornAt(process_: number): string {
  const stat = readIfThere(`/proc/${process_}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
