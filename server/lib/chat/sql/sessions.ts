/** Sessions, and what their clients have missed. */
import type { Storage } from '../storage.js';
import type { Database, Row } from './database.js';
import { eventColumns, eventOf, positionsOf, sessionOf } from './records.js';
import { limitOf, numberOf } from './slices.js';

type Part = Pick<Storage, 'openSession' | 'session' | 'touchSession' | 'endSession' | 'positions' | 'missed'>;

/** Any number, the same in all processes: the locks by which the sessions of a user are counted. */
const counting = 0x73657373;

export function createSessions({ query, transaction }: Database): Part {
  return {
    openSession: ({ id, user, parameters, opened, expires, positions }, most) =>
      transaction(async query => {
        await query('select pg_advisory_xact_lock($1, hashtext($2))', [counting, user]);
        await query('delete from callstream.sessions where user_id = $1 and expires <= $2', [user, opened]);
        const [found] = await query('select count(*) as count from callstream.sessions where user_id = $1', [user]);
        if (Number((found as Row)['count']) >= most) return 'too-many';
        await query(
          `insert into callstream.sessions (id, user_id, parameters, opened, expires, positions)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (id) do update set (user_id, parameters, opened, expires, positions) = ($2, $3, $4, $5, $6)`,
          [id, user, JSON.stringify(parameters), opened, expires, JSON.stringify(positions)],
        );
        return 'opened';
      }),
    session: async id => {
      const [found] = await query('select * from callstream.sessions where id = $1', [id]);
      return found && sessionOf(found);
    },
    touchSession: async (id, expires, positions) => {
      await query('update callstream.sessions set expires = $2, positions = coalesce($3, positions) where id = $1', [
        id,
        expires,
        positions ? JSON.stringify(positions) : null,
      ]);
    },
    endSession: async id => {
      await query('delete from callstream.sessions where id = $1', [id]);
    },

    positions: async user => {
      const found = await query(
        `select c.id, c.last from callstream.members m join callstream.conversations c on c.id = m.conversation
         where m.user_id = $1 and m.state <> 'LEFT'`,
        [user],
      );
      return positionsOf(found);
    },
    missed: async (user, positions, limit) => {
      const known = Object.entries(positions);
      const found = await query(
        `with known (conversation, position) as (
           select * from unnest($2::text[], $3::bigint[])
         ), stretch as (
           select m.conversation,
             greatest(coalesce(k.position, 0) + 1, m.entered) as first,
             case m.state when 'INVITED' then m.entered when 'LEFT' then m.gone else c.last end as final
           from callstream.members m
             join callstream.conversations c on c.id = m.conversation
             left join known k on k.conversation = m.conversation
           where m.user_id = $1 and (m.state <> 'LEFT' or k.position is not null)
         )
         select ${eventColumns}, max(e.at) over (partition by e.conversation order by e.id) as due
         from stretch s join callstream.events e on e.conversation = s.conversation and e.id between s.first and s.final
         order by due, e.conversation, e.id
         limit $4`,
        [
          user,
          known.map(([id]) => id),
          known.map(([, position]) => numberOf(position)),
          limitOf({ order: 'asc', limit }),
        ],
      );
      return found.map(eventOf);
    },
  };
}
