/** The log: one transaction for whatever gets a number in it, so that its numbers have no holes. */
import type { EventRow } from '../model.js';
import type { Draft, EventSlice, Message, Storage } from '../storage.js';
import type { Database, Query, Row, Value } from './database.js';
import { eventColumns, eventOf } from './records.js';
import { limitOf, numberOf, startOf, wayOf } from './slices.js';

type Part = Pick<Storage, 'append' | 'note' | 'event' | 'events'>;

export function createLog({ query, transaction }: Database): Part {
  return {
    append: message =>
      transaction(async query => {
        const last = await latestOf(query, message.conversation);
        if (last === undefined) return 'no-conversation';
        const { former, inside } = await checked(query, message);
        if (former) return { event: former, fresh: false };
        if (!inside) return 'no-member';
        const refused = await affect(query, message, last + 1);
        if (refused) return refused;
        return { event: await write(query, message, message.key ?? null), fresh: true };
      }),
    note: draft =>
      transaction(async query =>
        (await latestOf(query, draft.conversation)) === undefined ? 'no-conversation' : write(query, draft, null),
      ),
    event: (conversation, id) => eventAt(query, conversation, id),
    events: async (conversation, slice) => {
      const { order } = wayOf(slice);
      const { conditions, values } = filtersOf(slice);
      const found = await query(
        `select ${eventColumns} from callstream.events e
         where ${['e.conversation = $1', ...conditions].join(' and ')}
         order by e.id ${order} limit $2`,
        [conversation, limitOf(slice), ...values],
      );
      return found.map(eventOf);
    },
  };
}

/**
 * The number of the latest event. Until the transaction ends, no other one gets past here for that conversation, and what
 * the statements after this see is what the ones before have left.
 */
export async function latestOf(query: Query, conversation: string): Promise<number | undefined> {
  const [found] = await query('select last from callstream.conversations where id = $1 for no key update', [
    conversation,
  ]);
  return found && Number(found['last']);
}

/** Gives a draft the next number and stores it. */
export async function write(query: Query, draft: Draft, key: string | null): Promise<EventRow> {
  const { conversation, type, from, user, at, body } = draft;
  const [stored] = await query(
    `with counted as (
       update callstream.conversations set last = last + 1 where id = $1 returning last
     )
     insert into callstream.events (conversation, id, type, member, user_id, at, body, key)
     select $1, last, $2, $3, $4, $5::bigint, $6, $7 from counted
     returning id`,
    [conversation, type, from, user, at, JSON.stringify(body), key],
  );
  const id = Number(stored?.['id']);
  return { conversation, id, type, from, user, at, body, key, deleted: null, receipts: [] };
}

async function eventAt(query: Query, conversation: string, id: number): Promise<EventRow | undefined> {
  const [found] = await query(
    `select ${eventColumns} from callstream.events e where e.conversation = $1 and e.id = $2`,
    [conversation, numberOf(id)],
  );
  return found && eventOf(found);
}

/** The event that an earlier use of the key has stored, and whether the sender is a member. */
async function checked(
  query: Query,
  { conversation, user, from, key }: Message,
): Promise<{ readonly former: EventRow | undefined; readonly inside: boolean }> {
  const [found] = await query(
    `select
       (select id from callstream.events
        where conversation = $1 and user_id = $2 and callstream.digest(key) = callstream.digest($4)) as former,
       exists (select from callstream.members
        where conversation = $1 and id = $3 and user_id = $2 and state = 'JOINED') as inside`,
    [conversation, user, from, key ?? null],
  );
  const { former = null, inside } = found as Row;
  return {
    former: former === null ? undefined : await eventAt(query, conversation, Number(former)),
    inside: inside === true,
  };
}

/** Applies a message to an earlier event, or returns the refusal. */
async function affect(
  query: Query,
  { conversation, from, at, effect }: Message,
  reported: number,
): Promise<'no-event' | 'already-deleted' | undefined> {
  if (!effect) return undefined;
  const target: readonly Value[] = [conversation, numberOf(effect.event)];
  const [found] = await query('select deleted from callstream.events where conversation = $1 and id = $2', target);
  if (!found) return 'no-event';
  if (effect.kind === 'erase') {
    if (found['deleted'] !== null) return 'already-deleted';
    await query('update callstream.events set body = $3, deleted = $4 where conversation = $1 and id = $2', [
      ...target,
      JSON.stringify(effect.body),
      at,
    ]);
    return undefined;
  }
  await query(
    `insert into callstream.receipts (conversation, event, member, status, at, reported)
     values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [...target, from, effect.status, at, reported],
  );
  return undefined;
}

/** The conditions of a page of events; their parameters begin with the third. */
function filtersOf(slice: EventSlice): { readonly conditions: readonly string[]; readonly values: readonly Value[] } {
  const { order, from, types, except, undeleted } = slice;
  const values: Value[] = [];
  const conditions: string[] = [];
  const given = (value: Value): string => `$${values.push(value) + 2}`;
  if (from !== undefined) conditions.push(`e.id ${order === 'asc' ? '>=' : '<='} ${given(startOf(from, slice))}`);
  if (types) conditions.push(`e.type = any (${given(types)}::text[])`);
  if (except) conditions.push(`e.type <> all (${given(except)}::text[])`);
  if (undeleted) conditions.push('e.deleted is null');
  return { conditions, values };
}
