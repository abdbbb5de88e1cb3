/** Which storage a server has. */
import { createMemory } from '../memory.js';
import type { Storage } from '../storage.js';
import { openPGlite } from './pglite.js';
import { openPostgres } from './postgres.js';
import { createSql } from './sql.js';
import type { Database } from './database.js';

/** Storage of conversations: one of these, or memory. */
export interface Keeping {
  /** A directory for a PostgreSQL within the process. One process at a time. */
  readonly data?: string | undefined;
  /** The `postgres://` URL of a server, which many processes may share. */
  readonly database?: string | undefined;
}

/** Opens the storage and brings its tables up to date. Rejects if it can't be had, also for want of a package. */
export async function openStorage({ data, database }: Keeping): Promise<Storage> {
  if (data !== undefined && database !== undefined) throw new Error('give a data directory or a database, not both');
  if (data !== undefined) return sqlIn(await openPGlite(data));
  if (database !== undefined) return sqlIn(await openPostgres(database));
  return createMemory();
}

async function sqlIn(database: Database): Promise<Storage> {
  try {
    return await createSql(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}
