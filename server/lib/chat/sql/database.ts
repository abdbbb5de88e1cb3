/** The interface of the SQL storage to PostgreSQL, with numbered parameters. */

/** A parameter of a statement. */
export type Value = string | number | null | readonly string[] | readonly number[];

/** A row, by column. Drivers differ in the type of a `bigint`. */
export type Row = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** Runs one statement. */
export type Query = (sql: string, values?: readonly Value[]) => Promise<readonly Row[]>;

/** A database, in this process or remote. */
export interface Database {
  readonly query: Query;
  /** Runs work on one connection, each statement seeing what is committed by then; rolls back when it rejects. */
  readonly transaction: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** PostgreSQL's code of a unique violation. */
export function isDuplicate(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '23505';
}
