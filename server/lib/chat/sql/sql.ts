/** The storage in a database: the same SQL for one within this process and for a server that many processes share. */
import type { Storage } from '../storage.js';
import { createConversations } from './conversations.js';
import type { Database, Query, Value } from './database.js';
import { createLog } from './log.js';
import { createMembers } from './members.js';
import { migrate } from './schema.js';
import { createSessions } from './sessions.js';
import { encode } from './text.js';

/** Brings the database up to date and keeps everything there. Closing the storage closes it. */
export async function createSql(database: Database): Promise<Storage> {
  await migrate(database);
  const plain = encoding(database);
  return {
    ...createConversations(plain),
    ...createMembers(plain),
    ...createLog(plain),
    ...createSessions(plain),
    close: database.close,
  };
}

/** The database, every text that it is given encoded. */
function encoding({ query, transaction, close }: Database): Database {
  return {
    query: encoded(query),
    transaction: work => transaction(query => work(encoded(query))),
    close,
  };
}

function encoded(query: Query): Query {
  return (sql, values = []) => query(sql, values.map(encodedValue));
}

function encodedValue(value: Value): Value {
  if (typeof value === 'string') return encode(value);
  return value !== null && typeof value === 'object' ? (value.map(encodedValue) as Value) : value;
}
