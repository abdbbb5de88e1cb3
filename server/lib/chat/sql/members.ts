/** Memberships. */
import type { MemberFacts, MemberRow } from '../model.js';
import type { Storage } from '../storage.js';
import type { Database, Query, Row, Value } from './database.js';
import { latestOf, write } from './log.js';
import { eventColumns, eventOf, memberColumns, memberOf } from './records.js';
import { afterOf, limitOf, wayOf } from './slices.js';

type Part = Pick<Storage, 'putMember' | 'member' | 'memberOf' | 'members' | 'standings' | 'audience'>;

export function createMembers({ query, transaction }: Database): Part {
  return {
    putMember: ({ member, was, event: draft }) =>
      transaction(async query => {
        if ((await latestOf(query, member.conversation)) === undefined) return 'no-conversation';
        const { state, doubled } = await presentOf(query, member);
        if (state !== was || (doubled && member.state !== 'LEFT')) return 'stale';
        const event = await write(query, draft, null);
        return { member: await put(query, member, event.id), event };
      }),
    member: async (conversation, id) => {
      const [found] = await query(
        `select ${memberColumns} from callstream.members m where m.conversation = $1 and m.id = $2`,
        [conversation, id],
      );
      return found && memberOf(found);
    },
    memberOf: async (conversation, user) => {
      const [found] = await query(
        `select ${memberColumns} from callstream.members m where m.conversation = $1 and m.user_id = $2
         order by m.state = 'LEFT', m.entered desc limit 1`,
        [conversation, user],
      );
      return found && memberOf(found);
    },
    members: async (conversation, slice) => {
      const { order, beyond } = wayOf(slice);
      const after = slice.after === undefined ? [] : [afterOf(slice.after, slice)];
      const found = await query(
        `select ${memberColumns} from callstream.members m
         where m.conversation = $1 ${after.length > 0 ? `and m.entered ${beyond} $3` : ''}
         order by m.entered ${order} limit $2`,
        [conversation, limitOf(slice), ...after],
      );
      return found.map(memberOf);
    },
    standings: async (user, conversations) => {
      const found = await query(
        `with asked as (
           select c.id as conversation, coalesce(m.entered, 0) as entered,
             (select max(r.event) from callstream.receipts r
                join callstream.members o on o.conversation = r.conversation and o.id = r.member
              where r.conversation = c.id and r.status = 'seen' and o.user_id = $1) as seen
           from callstream.conversations c
             left join callstream.members m on m.conversation = c.id and m.user_id = $1 and m.state <> 'LEFT'
           where c.id = any ($2::text[])
         )
         select a.conversation as asked, ${eventColumns},
           (select count(*) from callstream.events u
            where u.conversation = a.conversation and u.id > greatest(a.entered, coalesce(a.seen, 0))
              and u.type = 'message' and u.user_id is distinct from $1) as unread
         from asked a left join lateral (
           select * from callstream.events said
           where said.conversation = a.conversation and (said.type = 'message' or said.type like 'custom:%')
           order by said.id desc limit 1
         ) e on true`,
        [user, conversations],
      );
      return new Map(
        found.map(row => [
          String(row['asked']),
          { unread: Number(row['unread']), ...(row['id'] === null ? {} : { last: eventOf(row) }) },
        ]),
      );
    },
    audience: async conversation => {
      const found = await query(
        `select ${memberColumns} from callstream.members m where m.conversation = $1 and m.state = 'JOINED' order by m.entered`,
        [conversation],
      );
      return found.map(row => memberOf(row).user);
    },
  };
}

/** State of the member's row, and whether the user has another membership. */
async function presentOf(
  query: Query,
  { conversation, id, user }: MemberFacts,
): Promise<{ readonly state: unknown; readonly doubled: boolean }> {
  const [found] = await query(
    `select
       (select state from callstream.members where conversation = $1 and id = $2) as state,
       exists (select from callstream.members
        where conversation = $1 and user_id = $3 and id <> $2 and state <> 'LEFT') as doubled`,
    [conversation, id, user],
  );
  const { state, doubled } = found as Row;
  return { state: state ?? undefined, doubled: doubled === true };
}

/** Puts the row of a member whose coming, change or going is the event of that number. */
async function put(query: Query, facts: MemberFacts, event: number): Promise<MemberRow> {
  const { conversation, id, user, state, channel, invitedBy, invited, joined, left } = facts;
  const gone = state === 'LEFT' ? event : null;
  const values: readonly Value[] = [conversation, id, user, state, JSON.stringify(channel), invitedBy, invited, joined];
  const [stored] = await query(
    `insert into callstream.members as m
       (conversation, id, user_id, state, channel, invited_by, invited_at, joined_at, left_at, entered, gone)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (conversation, id) do update set (user_id, state, channel, invited_by, invited_at, joined_at, left_at, gone)
       = ($3, $4, $5, $6, $7, $8, $9, $11)
     returning ${memberColumns}`,
    [...values, left, event, gone],
  );
  return memberOf(stored as Row);
}
