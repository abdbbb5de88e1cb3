/** The endpoints of conversations. */
import { createCheck, type Check } from './check.js';
import { newId } from './ids.js';
import { askedOf, pageOf, pageReply } from './paging.js';
import { invalid, isReply, problem, type Reply } from './reply.js';
import { forbidden, roomFor, tellFrame, type Ask, type House, type Room } from './conversation-context.js';
import type { ConversationChange, Json } from './model.js';
import type { ConversationSlice } from './storage.js';
import { conversationWords, eventWords, userWords, type Words } from './json.js';

/** `GET /v0.3/users/{id, name or me}` */
export async function getUser({ people }: House, ask: Ask): Promise<Reply> {
  const [wanted = ''] = ask.params;
  const user = wanted === 'me' ? ask.user : await people.find(wanted);
  return user ? { status: 200, body: userWords(user) } : problem(404, 'user:error:not-found', 'There is no such user.');
}

/** `POST /v0.3/conversations`. The creator is no member until they join. */
export async function createConversation({ storage }: House, { user, body }: Ask): Promise<Reply> {
  const check = createCheck(body);
  const change = changeIn(check);
  const failed = check.failed();
  if (failed) return failed;
  const blank = { display: null, image: null, ttl: null, sortKey: null, customData: null, updated: null, last: 0 };
  const name = change.name ?? newId('NAM');
  const row = { ...blank, ...change, id: newId('CON'), name, creator: user.id, created: Date.now() };
  if ((await storage.createConversation(row)) === 'duplicate-name') return duplicate();
  return { status: 201, body: conversationWords(row, undefined) };
}

/** `media_state` of a conversation: no action applies to all of its legs. Each leg has a state of its own. */
const untouched = {
  mute: false,
  earmuff: false,
  play_stream: false,
  tts: false,
  recording: false,
  transcribing: false,
};

/** `GET /v0.3/conversations/{id or name}` */
export async function getConversation(house: House, ask: Ask): Promise<Reply> {
  const room = await roomFor(house, ask, ask.params[0] ?? '', 'read');
  return isReply(room)
    ? room
    : {
        status: 200,
        body: {
          ...conversationWords(room.conversation, room.member, true, await standingOf(house, ask, room)),
          media_state: untouched,
        },
      };
}

/**
 * `PATCH /v0.3/conversations/{id}`: what is absent stays, what is `null` goes. Its members hear `conversation:updated` with
 * what it is now, which the existing client ignores.
 */
export async function updateConversation(house: House, ask: Ask): Promise<Reply> {
  const room = await roomFor(house, ask, ask.params[0] ?? '', 'change');
  if (isReply(room)) return room;
  const check = createCheck(ask.body);
  const change = changeIn(check);
  const failed = check.failed();
  if (failed) return failed;
  const updated = await house.storage.updateConversation(room.conversation.id, change, Date.now());
  if (updated === 'duplicate-name') return duplicate();
  if (updated === 'no-conversation') return problem(404, 'conversation:error:not-found', 'It has been deleted.');
  const { id } = updated;
  const payload = { cid: id, timestamp: new Date().toISOString(), body: conversationWords(updated, undefined) };
  await tellFrame(house, id, { type: 'conversation:updated', payload });
  return { status: 200, body: conversationWords(updated, room.member, true, await standingOf(house, ask, room)) };
}

/**
 * `DELETE /v0.3/conversations/{id}`, by its creator: its members hear `conversation:deleted`, which the existing client
 * ignores.
 */
export async function deleteConversation(house: House, ask: Ask): Promise<Reply> {
  const room = await roomFor(house, ask, ask.params[0] ?? '', 'end');
  if (isReply(room)) return room;
  const { storage, fanOut, inOrder } = house;
  const { id } = room.conversation;
  await inOrder(id, async () => {
    const audience = await storage.audience(id);
    if (!(await storage.deleteConversation(id))) return;
    const payload = { cid: id, timestamp: new Date().toISOString(), body: {} };
    for (const user of audience) fanOut.publish(user, { type: 'conversation:deleted', payload });
  });
  return { status: 204 };
}

/** `GET /v0.3/users/{user}/conversations`: one's own, where one is invited or joined. */
export async function listConversations(house: House, ask: Ask): Promise<Reply> {
  const { storage } = house;
  const { user, query } = ask;
  if (![user.id, user.name, 'me'].includes(ask.params[0] ?? '')) return forbidden('These are not your conversations.');
  const orderBy = query.get('order_by') ?? 'created';
  if (orderBy !== 'created' && orderBy !== 'custom_sort_key')
    return invalid({ name: 'order_by', reason: 'must be created or custom_sort_key' });
  const asked = askedOf(ask.path, query);
  if (isReply(asked)) return asked;
  const by = orderBy === 'created' ? 'created' : 'sortKey';
  const page = await pageOf(asked, {
    load: ({ after, ...slice }) =>
      storage.conversationsOf(user.id, {
        ...slice,
        by,
        ...(after ? { after: { value: after[0], id: after[1] } } : {}),
      }),
    placeOf: ({ conversation: { id, created, sortKey } }): Place => [by === 'created' ? created : (sortKey ?? ''), id],
    isPlace: isPlaceBy(by),
  });
  if (isReply(page)) return page;
  const customData = query.get('include_custom_data') === 'true';
  const standings = await standingsOf(
    house,
    ask,
    page.rows.map(({ conversation }) => conversation.id),
  );
  const words = page.rows.map(({ conversation, member }, at) =>
    conversationWords(conversation, member, customData, standings[at]),
  );
  return pageReply('conversations', page, words);
}

/** Where a user stands in conversations: what was said last, and how much of it they have not marked as seen. */
async function standingsOf(
  { storage, people }: House,
  { user }: Ask,
  ids: readonly string[],
): Promise<readonly Words[]> {
  const standings = await storage.standings(user.id, ids);
  return Promise.all(
    ids.map(async id => {
      const { last, unread } = standings.get(id) ?? { unread: 0 };
      return { ...(last === undefined ? {} : { last_event: await eventWords(last, people) }), unread };
    }),
  );
}

async function standingOf(house: House, ask: Ask, { conversation }: Room): Promise<Words> {
  const [standing = {}] = await standingsOf(house, ask, [conversation.id]);
  return standing;
}

type Place = readonly [value: string | number, id: string];

function isPlaceBy(by: ConversationSlice['by']): (value: Json) => value is Place {
  const kind = by === 'created' ? 'number' : 'string';
  return (value): value is Place =>
    Array.isArray(value) && value.length === 2 && typeof value[0] === kind && typeof value[1] === 'string';
}

/** What a request says about a conversation; the same words make one and change one. */
function changeIn(check: Check): ConversationChange {
  const properties = check.within('properties');
  const name = check.name('name');
  return {
    ...(name === undefined ? {} : { name }),
    ...some('display', check.orNull('display_name', check.text)),
    ...some('image', check.orNull('image_url', check.text)),
    ...some('ttl', properties.orNull('ttl', properties.number)),
    ...some('sortKey', properties.orNull('custom_sort_key', properties.text)),
    ...some('customData', properties.orNull('custom_data', properties.object)),
  };
}

function some<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: T });
}

function duplicate(): Reply {
  return problem(409, 'conversation:error:duplicate-name', 'Another conversation has this name.');
}
