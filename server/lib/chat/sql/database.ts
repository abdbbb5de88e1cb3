/** What the SQL storage asks of a database: PostgreSQL's SQL, with numbered parameters. */

/** What a statement can be given. */
export type Value = string | number | null | readonly string[] | readonly number[];

/** What comes back, by column. Drivers differ in how they give a `bigint`. */
export type Row = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** Runs one statement. */
export type Query = (sql: string, values?: readonly Value[]) => Promise<readonly Row[]>;

/** A database, whether it runs in this process or elsewhere. */
export interface Database {
  readonly query: Query;
  /** Runs work on one connection, each statement seeing what is committed by then; rolls back when it rejects. */
  readonly transaction: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** What PostgreSQL says when a row would be there twice. */
export function isDuplicate(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '23505';
}
