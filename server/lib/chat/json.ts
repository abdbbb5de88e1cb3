/** JSON of rows, for responses and socket events. */
import { shallow } from './depth.js';
import type { Frame } from './fanout.js';
import type { UserDirectory } from './user-directory.js';
import type { ConversationRow, EventRow, Json, MemberRow, Millis, Receipt, UserRow } from './model.js';

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** A conversation without calls has no audio. */
const silence = { audio_settings: { enabled: false, earmuffed: false, muted: false }, audio: false };

/** A time as the wire writes it. */
export function timeOf(at: Millis): string {
  return new Date(at).toISOString();
}

/** A user. */
export function userJson(user: UserRow): JsonObject {
  return {
    ...briefly(user),
    properties: { custom_data: {} },
    timestamp: { created: timeOf(user.created) },
    channels: { app: [{ id: user.id }] },
    _links: self(`/v0.3/users/${user.id}`),
  };
}

/** A conversation as this member sees it. */
export function conversationJson(
  row: ConversationRow,
  member: MemberRow | undefined,
  customData = true,
  standing: JsonObject = {},
): JsonObject {
  const { id, name, display, image, ttl, sortKey } = row;
  return {
    id,
    name,
    ...given('display_name', display),
    ...given('image_url', image),
    state: 'ACTIVE',
    sequence_number: row.last,
    timestamp: { created: timeOf(row.created), ...given('updated', row.updated === null ? null : timeOf(row.updated)) },
    properties: {
      ...given('ttl', ttl),
      ...given('custom_sort_key', sortKey),
      ...(customData ? given('custom_data', shallow(row.customData)) : {}),
    },
    ...(member && member.state !== 'LEFT'
      ? { _embedded: { member: { id: member.id, state: member.state }, ...standing } }
      : {}),
    _links: self(`/v0.3/conversations/${id}`),
  };
}

/** A member. */
export function memberJson(row: MemberRow, user: UserRow | undefined): JsonObject {
  const { id, conversation, state, channel } = row;
  return {
    id,
    conversation_id: conversation,
    ...(user ? { _embedded: { user: { ...briefly(user), _links: self(`/v0.3/users/${user.id}`) } } } : {}),
    state,
    timestamp: memberTimes(row),
    channel,
    media: silence,
    knocking_id: '',
    invited_by: row.invitedBy ?? '',
    _links: self(`/v0.3/conversations/${conversation}/members/${id}`),
  };
}

/** The body of `member:invited`, `member:joined` and `member:left`. */
export function memberEventBody(
  kind: 'invited' | 'joined' | 'left',
  member: Omit<MemberRow, 'entered' | 'gone'>,
  user: UserRow,
  more: { readonly conversation: ConversationRow; readonly by: JsonObject; readonly reason?: JsonObject },
): JsonObject {
  const { id, name } = more.conversation;
  return {
    member_id: member.id,
    user: { ...briefly(user), user_id: user.id, media: { audio_settings: silence.audio_settings } },
    channel: member.channel,
    media: silence,
    cname: name,
    conversation: { conversation_id: id, name },
    ...(member.invitedBy === null ? {} : { invited_by: member.invitedBy }),
    timestamp: memberTimes(member),
    initiator: { [kind]: { isSystem: false, ...more.by } },
    ...(more.reason ? { reason: more.reason } : {}),
  };
}

/** An event as the log's pages have it. */
export async function eventJson(row: EventRow, directory: UserDirectory): Promise<JsonObject> {
  const sender = row.user === null ? undefined : await directory.byId(row.user);
  const from = row.from === null ? {} : { from: row.from, ...senderJson(sender, row.from) };
  return {
    id: row.id,
    type: row.type,
    ...from,
    timestamp: timeOf(row.at),
    body: shallow(row.body),
    ...(row.type === 'message' ? { state: stateWords(row.receipts) } : {}),
    ...given('client_key', row.key),
    _links: self(`/v0.3/conversations/${row.conversation}/events/${row.id}`),
  };
}

/** Sender of an event, in its `_embedded`. */
export function senderJson(user: UserRow | undefined, member: string): JsonObject {
  const who = user ? { from_user: { ...briefly(user), custom_data: {} } } : {};
  return { _embedded: { ...who, from_member: { id: member } } };
}

/** An event as the sockets carry it. */
export async function frameOf(row: EventRow, directory: UserDirectory): Promise<Frame> {
  const { type: _, ...words } = await eventJson(row, directory);
  const { conversation, id, type } = row;
  return { type, payload: { ...words, cid: conversation }, place: { conversation, id } };
}

function briefly({ id, name, display }: UserRow): JsonObject {
  return { id, name, display_name: display };
}

function memberTimes({ invited, joined, left }: Pick<MemberRow, 'invited' | 'joined' | 'left'>): JsonObject {
  const times = Object.entries({ invited, joined, left });
  return Object.fromEntries(times.flatMap(([name, at]) => (at === null ? [] : [[name, timeOf(at)]])));
}

function stateWords(receipts: readonly Receipt[]): JsonObject {
  const by = (status: Receipt['status']): JsonObject =>
    Object.fromEntries(receipts.filter(one => one.status === status).map(({ member, at }) => [member, timeOf(at)]));
  return { seen_by: by('seen'), delivered_to: by('delivered') };
}

function given(name: string, value: Json): JsonObject {
  return value === null ? {} : { [name]: value };
}

function self(href: string): JsonObject {
  return { self: { href } };
}
