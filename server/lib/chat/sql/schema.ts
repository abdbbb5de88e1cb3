/** The tables, and how a database comes to have them. */
import type { Database, Query } from './database.js';

/**
 * What each version adds to the one before. What has once been released is never changed.
 *
 * Texts are compared by code. JSON is text: `json` has a limit of depth and `jsonb` refuses U+0000. Names and keys can be
 * longer than an index entry, so their digest is what is unique.
 */
const versions: readonly (readonly string[])[] = [
  [
    `create function callstream.digest(text) returns bytea language sql immutable strict parallel safe
     as $$ select sha256(convert_to($1, 'UTF8')) $$`,

    `create table callstream.users (
       id text collate "C" primary key,
       name text collate "C" not null unique,
       display text collate "C" not null,
       created bigint not null
     )`,

    `create table callstream.conversations (
       id text collate "C" primary key,
       name text collate "C" not null,
       display text collate "C",
       image text collate "C",
       ttl double precision,
       sort_key text collate "C",
       custom_data text collate "C" not null,
       creator text collate "C" not null,
       created bigint not null,
       updated bigint,
       last bigint not null
     )`,
    'create unique index conversation_names on callstream.conversations (callstream.digest(name))',

    `create table callstream.members (
       conversation text collate "C" not null references callstream.conversations on delete cascade,
       id text collate "C" not null,
       user_id text collate "C" not null,
       state text collate "C" not null check (state in ('INVITED', 'JOINED', 'LEFT')),
       channel text collate "C" not null,
       invited_by text collate "C",
       invited_at bigint,
       joined_at bigint,
       left_at bigint,
       entered bigint not null,
       gone bigint,
       primary key (conversation, id),
       unique (conversation, entered)
     )`,
    `create unique index present_members on callstream.members (conversation, user_id) where state <> 'LEFT'`,
    'create index memberships on callstream.members (user_id)',

    `create table callstream.events (
       conversation text collate "C" not null references callstream.conversations on delete cascade,
       id bigint not null,
       type text collate "C" not null,
       member text collate "C",
       user_id text collate "C",
       at bigint not null,
       body text collate "C" not null,
       key text collate "C",
       deleted bigint,
       primary key (conversation, id)
     )`,
    'create unique index event_keys on callstream.events (conversation, user_id, callstream.digest(key)) where key is not null',

    `create table callstream.receipts (
       conversation text collate "C" not null,
       event bigint not null,
       member text collate "C" not null,
       status text collate "C" not null,
       at bigint not null,
       reported bigint not null, -- the number of the event that brought it
       primary key (conversation, event, member, status),
       foreign key (conversation, event) references callstream.events on delete cascade
     )`,

    `create table callstream.sessions (
       id text collate "C" primary key,
       user_id text collate "C" not null,
       parameters text collate "C" not null,
       opened bigint not null,
       expires bigint not null,
       positions text collate "C" not null
     )`,
    'create index sessions_of_users on callstream.sessions (user_id)',
  ],
];

/** Key of the advisory lock for schema changes. */
const migrating = 0x63616c6c;

/** Brings the database to this version. Several processes may do so at once. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async query => {
    await query('select pg_advisory_xact_lock($1)', [migrating]);
    const former = await versionOf(query);
    if (former > versions.length) throw new Error('the database was made by a newer version of callstream');
    for (const [index, statements] of versions.entries()) {
      if (index < former) continue;
      for (const statement of statements) await query(statement);
      await query('insert into callstream.versions (version) values ($1)', [index + 1]);
    }
  });
}

async function versionOf(query: Query): Promise<number> {
  const [found] = await query(
    `select to_regclass('callstream.versions') is not null as there, current_setting('server_encoding') as encoding`,
  );
  if (found?.['encoding'] !== 'UTF8')
    throw new Error(`the encoding of the database must be UTF8, it is ${String(found?.['encoding'])}`);
  if (!found['there']) {
    await query('create schema callstream');
    await query('create table callstream.versions (version integer primary key, since timestamptz default now())');
  }
  const [latest] = await query('select coalesce(max(version), 0) as version from callstream.versions');
  return Number(latest?.['version']);
}
