/** The storages there are, opened empty as often as a spec wants. */
import { createMemory } from '../../lib/chat/memory.js';
import type { Database } from '../../lib/chat/sql/database.js';
import { openPGlite } from '../../lib/chat/sql/pglite.js';
import { openPostgres } from '../../lib/chat/sql/postgres.js';
import { createSql } from '../../lib/chat/sql/sql.js';
import type { Storage } from '../../lib/chat/storage.js';
import { postgresBinaries, startPostgres } from './postgres.js';

export interface Kind {
  readonly name: string;
  /** Makes ready what is opened many times. */
  readonly start: () => Promise<Opened>;
}

export interface Opened {
  /** A storage with nothing in it. */
  readonly empty: () => Promise<Storage>;
  /** Another one on the same rows; in memory, and where there is one process only, the same. */
  readonly beside: (storage: Storage) => Promise<Storage>;
  /** The database underneath. */
  readonly database?: Database;
  readonly url?: string;
  readonly stop: () => Promise<void>;
}

const memory: Kind = {
  name: 'memory',
  start: () =>
    Promise.resolve({
      empty: () => Promise.resolve(createMemory()),
      beside: storage => Promise.resolve(storage),
      stop: () => Promise.resolve(),
    }),
};

const pglite: Kind = {
  name: 'PGlite',
  start: async () => {
    const database = await openPGlite();
    return {
      database,
      // Making one takes seconds, so that all have the same; whoever closes theirs leaves it open for the next.
      empty: () => emptied({ ...database, close: () => Promise.resolve() }),
      beside: storage => Promise.resolve(storage),
      stop: database.close,
    };
  },
};

const postgres = (binaries: string): Kind => ({
  name: 'PostgreSQL',
  start: async () => {
    const server = await startPostgres(binaries);
    const database = await openPostgres(server.url);
    return {
      database,
      url: server.url,
      empty: async () => emptied(await openPostgres(server.url)),
      beside: async () => createSql(await openPostgres(server.url)),
      stop: async () => {
        await database.close();
        await server.stop();
      },
    };
  },
});

async function emptied(database: Database): Promise<Storage> {
  const storage = await createSql(database);
  for (const table of ['users', 'conversations', 'sessions']) await database.query(`delete from callstream.${table}`);
  return storage;
}

/** All that this machine has. With `CALLSTREAM_POSTGRES=required`, one without PostgreSQL is at fault. */
export function kinds(): readonly Kind[] {
  const binaries = postgresBinaries();
  if (binaries !== undefined) return [memory, pglite, postgres(binaries)];
  if (process.env['CALLSTREAM_POSTGRES'] === 'required') throw new Error('PostgreSQL is not installed on this machine');
  process.stderr.write('The storage specs run on memory and PGlite; PostgreSQL is not installed on this machine.\n');
  return [memory, pglite];
}
