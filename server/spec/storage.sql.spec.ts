import type { Database, Query } from '../lib/chat/sql/database.js';
import { needed } from '../lib/chat/sql/optional.js';
import { openStorage } from '../lib/chat/sql/open.js';
import { createSql } from '../lib/chat/sql/sql.js';
import { decode, encode } from '../lib/chat/sql/text.js';
import type { EventSlice, Storage } from '../lib/chat/storage.js';
import { conversation, member } from './support/storage.js';
import { kinds, type Opened } from './support/storages.js';

const all = kinds().filter(({ name }) => name !== 'memory');

describe.each(all)('the tables in $name', ({ start }) => {
  let opened: Opened;
  let database: Database;
  let storage: Storage;
  beforeAll(async () => {
    opened = await start();
    database = opened.database!;
    storage = await opened.empty();
  });
  afterAll(async () => {
    await storage.close();
    await opened.stop();
  });

  it('compare texts by code', async () => {
    const columns = await database.query(
      `select table_name, column_name from information_schema.columns
       where table_schema = 'callstream' and data_type = 'text' and collation_name is distinct from 'C'`,
    );
    expect(columns).toEqual([]);
  });

  it('give a page of the log, and a message by its key, by an index in both directions', async () => {
    await storage.createConversation(conversation('C'));
    await database.query(
      `insert into callstream.events (conversation, id, type, at, body, user_id, key)
       select 'C', id, 'message', id, '{}', 'a', 'key ' || id from generate_series(1, 5000) as id`,
    );
    await database.query('analyze callstream.events');
    const slices: readonly EventSlice[] = [
      { order: 'asc', limit: 20, from: 2500, types: ['message'] },
      { order: 'desc', limit: 20, from: 2500, except: ['other'], undeleted: true },
      { order: 'desc', limit: 20 },
    ];
    for (const slice of slices) {
      const plan = await planOf(database, one => one.events('C', slice));
      expect(plan).toMatchObject({ 'Node Type': 'Limit', 'Actual Rows': 20 });
      expect(plan.Plans[0]).toMatchObject({
        'Node Type': 'Index Scan',
        'Index Name': 'events_pkey',
        'Scan Direction': slice.order === 'asc' ? 'Forward' : 'Backward',
        'Actual Rows': 20,
      });
    }
    const message = { conversation: 'C', type: 'm', from: 'M', user: 'a', at: 1, body: null, key: 'key 77' };
    const plan = await planOf(database, one => one.append(message));
    expect(JSON.stringify(plan)).toContain('event_keys');
    expect(JSON.stringify(await planOf(database, one => one.conversation('C')))).not.toContain('Seq Scan"');
  });

  it('are made once, also by many at once, and refuse an older version', async () => {
    await database.query('drop schema callstream cascade');
    const others = await Promise.all(Array.from({ length: 4 }, () => opened.beside(storage)));
    if (opened.url === undefined) await createSql(database);
    await Promise.all([createSql(database), createSql(database)]);
    expect(await database.query('select version from callstream.versions')).toEqual([{ version: 1 }]);
    expect(await storage.createConversation(conversation('C'))).toBe('created');
    await database.query('insert into callstream.versions (version) values (99)');
    await expect(createSql(database)).rejects.toThrow('newer version');
    await database.query('delete from callstream.versions where version = 99');
    await Promise.all(others.filter(other => other !== storage).map(other => other.close()));
  });
});

describe.each(all.filter(({ name }) => name === 'PostgreSQL'))('a server of PostgreSQL', ({ start }) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await start();
  });
  afterAll(() => opened.stop());

  it('may break its connections: what was under way fails, and the next thing works', async () => {
    const storage = await opened.empty();
    await storage.createConversation(conversation('C'));
    const enter = (user: string): ReturnType<Storage['putMember']> =>
      storage.putMember({
        member: member('C', user, 'JOINED'),
        was: undefined,
        event: { conversation: 'C', type: 'member:joined', from: null, user, at: 1, body: null },
      });
    const database = opened.database!;
    await database.transaction(async query => {
      await query(`select from callstream.conversations where id = 'C' for update`);
      const waiting = enter('a').then(
        () => 'done',
        () => 'failed',
      );
      for (let ended: readonly unknown[] = []; ended.length === 0;)
        ended = await database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = 'callstream' and wait_event_type = 'Lock'`,
        );
      expect(await waiting).toBe('failed');
    });
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'callstream' and pid <> pg_backend_pid()`,
    );
    await storage.conversation('C').catch(() => undefined);
    expect(await enter('a')).toMatchObject({ event: { id: 1 } });
    await storage.close();
  });

  it('must be there and have UTF-8', async () => {
    await opened.database!.query(`create database latin encoding 'LATIN1' template template0 locale 'C'`);
    const latin = opened.url!.replace('/postgres?', '/latin?');
    await expect(openStorage({ database: latin })).rejects.toThrow('must be UTF8, it is LATIN1');
    await expect(openStorage({ database: opened.url!.replace('/postgres?', '/none?') })).rejects.toThrow('"none"');
    await expect(openStorage({ database: 'postgres://127.0.0.1:1/none' })).rejects.toThrow('ECONNREFUSED');
    const storage = await openStorage({ database: opened.url! });
    expect(await storage.conversation('C')).toMatchObject({ id: 'C' });
    await storage.close();
  });
});

describe('server storage: data directory', () => {
  it('is in memory unless told, and in one place', async () => {
    expect(await (await openStorage({})).user('a')).toBeUndefined();
    await expect(openStorage({ data: 'x', database: 'y' })).rejects.toThrow('not both');
  });

  it('needs packages that not everybody has', async () => {
    const name = 'no-such-package';
    const load = (): Promise<unknown> => import(name);
    await expect(needed(name, load)).rejects.toThrow('npm install no-such-package');
    await expect(needed('pg', load)).rejects.toThrow('Cannot find module');
    const broken = new Error('broken');
    await expect(needed('pg', () => Promise.reject(broken))).rejects.toBe(broken);
  });
});

describe('server storage: texts', () => {
  it('are readable but for what it does not know, and keep their order', () => {
    const texts = ['', '\0', '\0a', '\u0001', '\u0002', '\u0001\u0001', 'a\0', '\u1000', 'ü', '\u{1f600}'];
    for (const text of [...texts, '\ud800', '\udfff\ud800', '\u0001\ud800', '\u0001\u1000'])
      expect(decode(encode(text))).toBe(text);
    expect([...texts].sort().map(encode)).toEqual(texts.map(encode).sort());
    expect(['ü\u{1f600}\n', '\0', '\ud800'].map(encode)).toEqual(['ü\u{1f600}\n', '\u0001\u0001', '\u0001\u1000']);
  });
});

interface Plan {
  readonly Plans: readonly object[];
}

/** How the database goes about the first statement that this asks of the events or conversations. */
async function planOf(database: Database, ask: (storage: Storage) => Promise<unknown>): Promise<Plan> {
  let plan: Plan | undefined;
  const spying =
    (query: Query): Query =>
    async (sql, values) => {
      if (/from callstream\.(events|conversations)/.test(sql) && !sql.includes('for no key update')) {
        const [row] = await query(`explain (analyze, format json) ${sql}`, values);
        const cell: unknown = row!['QUERY PLAN'];
        plan ??= ((typeof cell === 'string' ? JSON.parse(cell) : cell) as [{ Plan: Plan }])[0].Plan;
      }
      return query(sql, values);
    };
  const transaction: Database['transaction'] = work => database.transaction(query => work(spying(query)));
  await ask(await createSql({ ...database, query: spying(database.query), transaction }));
  return plan!;
}
