/** The endpoints of conversations. */
import { createCheck, type Check } from './check.js';
import { newId } from './ids.js';
import { askedOf, pageOf, pageReply } from './paging.js';
import { invalid, isReply, problem, type Reply } from './reply.js';
import {
  forbidden,
  roomFor,
  tellFrame,
  type RestRequest,
  type ChatContext,
  type Room,
} from './conversation-context.js';
import type { ConversationChange, Json } from './model.js';
import type { ConversationSlice } from './storage.js';
import { conversationJson, eventJson, userJson, type JsonObject } from './json.js';

/** `GET /v0.3/users/{id, name or me}` */
export async function getUser({ users }: ChatContext, ask: RestRequest): Promise<Reply> {
  const [wanted = ''] = ask.params;
  const user = wanted === 'me' ? ask.user : await users.find(wanted);
  return user ? { status: 200, body: userJson(user) } : problem(404, 'user:error:not-found', 'There is no such user.');
}

/** `POST /v0.3/conversations`. The creator is no member until they join. */
export async function createConversation({ storage }: ChatContext, { user, body }: RestRequest): Promise<Reply> {
  const check = createCheck(body);
  const change = changeIn(check);
  const failed = check.failed();
  if (failed) return failed;
  const blank = { display: null, image: null, ttl: null, sortKey: null, customData: null, updated: null, last: 0 };
  const name = change.name ?? newId('NAM');
  const row = { ...blank, ...change, id: newId('CON'), name, creator: user.id, created: Date.now() };
  if ((await storage.createConversation(row)) === 'duplicate-name') return duplicate();
  return { status: 201, body: conversationJson(row, undefined) };
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
export async function getConversation(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'read');
  return isReply(room)
    ? room
    : {
        status: 200,
        body: {
          ...conversationJson(room.conversation, room.member, true, await standingOf(context, ask, room)),
          media_state: untouched,
        },
      };
}

/**
 * `PATCH /v0.3/conversations/{id}`: what is absent stays, what is `null` goes. Its members hear `conversation:updated` with
 * what it is now, which the existing client ignores.
 */
export async function updateConversation(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'change');
  if (isReply(room)) return room;
  const check = createCheck(ask.body);
  const change = changeIn(check);
  const failed = check.failed();
  if (failed) return failed;
  const updated = await context.storage.updateConversation(room.conversation.id, change, Date.now());
  if (updated === 'duplicate-name') return duplicate();
  if (updated === 'no-conversation') return problem(404, 'conversation:error:not-found', 'It has been deleted.');
  const { id } = updated;
  const payload = { cid: id, timestamp: new Date().toISOString(), body: conversationJson(updated, undefined) };
  await tellFrame(context, id, { type: 'conversation:updated', payload });
  return { status: 200, body: conversationJson(updated, room.member, true, await standingOf(context, ask, room)) };
}

/**
 * `DELETE /v0.3/conversations/{id}`, by its creator: its members hear `conversation:deleted`, which the existing client
 * ignores.
 */
export async function deleteConversation(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const room = await roomFor(context, ask, ask.params[0] ?? '', 'end');
  if (isReply(room)) return room;
  const { storage, fanOut, inOrder } = context;
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
export async function listConversations(context: ChatContext, ask: RestRequest): Promise<Reply> {
  const { storage } = context;
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
    context,
    ask,
    page.rows.map(({ conversation }) => conversation.id),
  );
  const words = page.rows.map(({ conversation, member }, at) =>
    conversationJson(conversation, member, customData, standings[at]),
  );
  return pageReply('conversations', page, words);
}

/** Last event and unread count of a user, by conversation. */
async function standingsOf(
  { storage, users }: ChatContext,
  { user }: RestRequest,
  ids: readonly string[],
): Promise<readonly JsonObject[]> {
  const standings = await storage.standings(user.id, ids);
  return Promise.all(
    ids.map(async id => {
      const { last, unread } = standings.get(id) ?? { unread: 0 };
      return { ...(last === undefined ? {} : { last_event: await eventJson(last, users) }), unread };
    }),
  );
}

async function standingOf(context: ChatContext, ask: RestRequest, { conversation }: Room): Promise<JsonObject> {
  const [standing = {}] = await standingsOf(context, ask, [conversation.id]);
  return standing;
}

type Place = readonly [value: string | number, id: string];

function isPlaceBy(by: ConversationSlice['by']): (value: Json) => value is Place {
  const kind = by === 'created' ? 'number' : 'string';
  return (value): value is Place =>
    Array.isArray(value) && value.length === 2 && typeof value[0] === kind && typeof value[1] === 'string';
}

/** Properties of a conversation in a request, for creation and change. */
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
