/**
 * PostgreSQL within this process, by the package `@electric-sql/pglite`.
 *
 * What was committed has been written to files, so it outlives the process however that ends. Nothing forces the files
 * from the operating system's memory to the disk, so the last moments before a power cut can be lost.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Database, Query, Row } from './database.js';
import { lockDirectory } from './lock.js';
import { needed } from './optional.js';

/** The part of the package that is used here. */
interface Package {
  readonly PGlite: Opener;
}

interface Opener {
  create(directory?: string): Promise<PGlite>;
}

interface Asked {
  query(sql: string, values?: unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}

interface PGlite extends Asked {
  transaction<T>(work: (transaction: Asked) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The database in that directory, which is made if there is none; in memory without one. */
export async function openPGlite(directory?: string): Promise<Database> {
  const { PGlite } = (await needed('@electric-sql/pglite', () => import('@electric-sql/pglite'))) as Package;
  return directory === undefined ? databaseOf(await PGlite.create()) : openIn(resolve(directory), PGlite);
}

async function openIn(directory: string, opener: Opener): Promise<Database> {
  await mkdir(directory, { recursive: true });
  const unlock = lockDirectory(directory);
  try {
    const database = databaseOf(await openFiles(directory, opener));
    return {
      ...database,
      close: async () => {
        await database.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Making a database takes a while. One whose making was cut short can't be opened, and has nothing in it yet. */
async function openFiles(directory: string, opener: Opener): Promise<PGlite> {
  const files = join(directory, 'postgres');
  const unfinished = join(directory, 'unfinished');
  if (existsSync(unfinished)) await rm(files, { recursive: true, force: true });
  if (!existsSync(files)) await writeFile(unfinished, '');
  const opened = await opener.create(files);
  await rm(unfinished, { force: true });
  return opened;
}

function databaseOf(pglite: PGlite): Database {
  return {
    query: queryOf(pglite),
    transaction: work => pglite.transaction(transaction => work(queryOf(transaction))),
    close: () => pglite.close(),
  };
}

function queryOf(asked: Asked): Query {
  return async (sql, values = []) => (await asked.query(sql, [...values])).rows;
}
