/** A PostgreSQL server, by the package `pg`. */
import type { Database, Query, Row } from './database.js';
import { needed } from './optional.js';

/** The part of the package that is used here. */
interface Pg {
  readonly Pool: new (options: PoolOptions) => Pool;
}

interface PoolOptions {
  readonly connectionString: string;
  readonly connectionTimeoutMillis: number;
  readonly application_name: string;
}

interface Asked {
  query(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
}

interface Pool extends Asked {
  connect(): Promise<Client>;
  end(): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
  on(event: 'connect', listener: (client: Client) => void): unknown;
}

interface Client extends Asked {
  release(destroy: boolean): void;
  on(event: 'error', listener: () => void): unknown;
}

/** A process that stops in the middle must not keep the others from a conversation for long. */
const begin = `begin isolation level read committed; set local idle_in_transaction_session_timeout = '10s'`;

/**
 * Connections to the server at `postgres://user:password@host:port/database`, opened as they are needed.
 *
 * Rejects what has waited half a minute for one.
 */
export async function openPostgres(url: string): Promise<Database> {
  const loaded = await needed('pg', () => import('pg'));
  const { Pool } = isPg(loaded) ? loaded : (loaded as { readonly default: Pg }).default;
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 30_000, application_name: 'callstream' });
  // A connection that breaks fails the statement that uses it; the next one gets another.
  const heard = (): void => undefined;
  pool.on('error', heard);
  pool.on('connect', client => client.on('error', heard));

  return {
    query: queryOf(pool),
    transaction: async work => {
      const client = await pool.connect();
      let usable = true;
      try {
        await client.query(begin);
        const result = await work(queryOf(client));
        await client.query('commit');
        return result;
      } catch (error) {
        usable = await client.query('rollback').then(
          () => true,
          () => false,
        );
        throw error;
      } finally {
        client.release(!usable);
      }
    },
    close: () => pool.end(),
  };
}

function queryOf(asked: Asked): Query {
  return async (sql, values) => (await asked.query(sql, values)).rows;
}

function isPg(value: unknown): value is Pg {
  return typeof value === 'object' && value !== null && 'Pool' in value;
}
