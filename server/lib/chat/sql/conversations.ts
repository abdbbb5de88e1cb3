/** Users and conversations. */
import type { ConversationChange } from '../model.js';
import type { ConversationSlice, Storage } from '../storage.js';
import { isDuplicate, type Database, type Row, type Value } from './database.js';
import { conversationOf, memberColumns, memberOf, userOf } from './records.js';
import { limitOf, wayOf } from './slices.js';

type Part = Pick<
  Storage,
  | 'ensureUser'
  | 'user'
  | 'createConversation'
  | 'conversation'
  | 'updateConversation'
  | 'deleteConversation'
  | 'conversationsOf'
>;

/** The column of each field that can change. */
const columns: Readonly<Record<keyof ConversationChange, string>> = {
  name: 'name',
  display: 'display',
  image: 'image',
  ttl: 'ttl',
  sortKey: 'sort_key',
  customData: 'custom_data',
};

export function createConversations({ query }: Database): Part {
  return {
    ensureUser: async ({ id, name, display, created }) => {
      await query(
        'insert into callstream.users (id, name, display, created) values ($1, $2, $3, $4) on conflict (name) do nothing',
        [id, name, display, created],
      );
      const [found] = await query('select * from callstream.users where name = $1', [name]);
      return userOf(found as Row);
    },
    user: async idOrName => {
      const [found] = await query(
        'select * from callstream.users where id = $1 or name = $1 order by id = $1 desc limit 1',
        [idOrName],
      );
      return found && userOf(found);
    },

    createConversation: async row => {
      const { id, name, display, image, ttl, sortKey, customData, creator, created, updated } = row;
      const made = await query(
        `insert into callstream.conversations
           (id, name, display, image, ttl, sort_key, custom_data, creator, created, updated, last)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)
         on conflict (callstream.digest(name)) do nothing
         returning id`,
        [id, name, display, image, ttl, sortKey, JSON.stringify(customData), creator, created, updated],
      );
      return made.length > 0 ? 'created' : 'duplicate-name';
    },
    conversation: async idOrName => {
      const [found] = await query(
        `select * from callstream.conversations where id = $1 or callstream.digest(name) = callstream.digest($1)
         order by id = $1 desc limit 1`,
        [idOrName],
      );
      return found && conversationOf(found);
    },
    updateConversation: async (id, change, at) => {
      const fields = (Object.keys(columns) as (keyof ConversationChange)[]).filter(field =>
        Object.hasOwn(change, field),
      );
      const settings = ['updated = $2', ...fields.map((field, index) => `${columns[field]} = $${index + 3}`)];
      try {
        const [changed] = await query(
          `update callstream.conversations set ${settings.join(', ')} where id = $1 returning *`,
          [id, at, ...fields.map(field => valueOf(change, field))],
        );
        return changed ? conversationOf(changed) : 'no-conversation';
      } catch (error) {
        if (isDuplicate(error)) return 'duplicate-name';
        throw error;
      }
    },
    deleteConversation: async id => {
      const gone = await query('delete from callstream.conversations where id = $1 returning id', [id]);
      return gone.length > 0;
    },

    conversationsOf: async (user, slice) => {
      const { order, beyond } = wayOf(slice);
      const { place, value } = placeOf(slice);
      const { after } = slice;
      const found = await query(
        `select c.*, ${memberColumns}
         from callstream.members m join callstream.conversations c on c.id = m.conversation
         where m.user_id = $1 and m.state <> 'LEFT' ${after ? `and (${place}, c.id) ${beyond} ($3, $4)` : ''}
         order by ${place} ${order}, c.id ${order}
         limit $2`,
        [user, limitOf(slice), ...(after ? [value, after.id] : [])],
      );
      return found.map(row => ({ conversation: conversationOf(row), member: memberOf(row) }));
    },
  };
}

/** Sort column of a page of conversations, and its value at the start. */
function placeOf({ by, after }: ConversationSlice): { readonly place: string; readonly value: Value } {
  return by === 'created'
    ? { place: 'c.created::double precision', value: Number(after?.value) }
    : { place: `coalesce(c.sort_key, '')`, value: String(after?.value) };
}

function valueOf(change: ConversationChange, field: keyof ConversationChange): Value {
  return field === 'customData' ? JSON.stringify(change.customData) : (change[field] ?? null);
}
