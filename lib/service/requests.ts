import type { ConversationId, MemberId, Content, LegInfo, LegParty } from '../conversation/model.js';
import type { Verb, Verbs, PageOptions } from '../conversation/port.js';
import { isRight, left, right, type Either } from '../core/either.js';
import { compact } from '../core/compact.js';
import type { LineUser } from '../line/model.js';
import { decodeEvent } from './codec.js';
import { conversationOf, conversationShape, customDataOf, pageOf, wireOf } from './conversations.js';
import { memberOf, memberShape, userOf, userShape } from './members.js';
import type { Asking } from './rest.js';
import {
  decode,
  idOf,
  isFields,
  name,
  struct,
  text,
  textOf,
  type Shape,
  type Fields,
  isTooDeep,
  tooDeep,
} from './codec-shapes.js';
import type { Json } from '../core/port.js';

const party = struct({ type: text });

/** One leg of a call, as `getLeg` and the list give it. */
const legShape = struct({
  id: text,
  conversation_id: text,
  status: text,
  start_time: text,
  end_time: text,
  direction: text,
  type: text,
  from: party,
  to: party,
});

type Wire = typeof legShape extends Shape<infer A> ? A : never;

function legOf(leg: Wire & Fields): LegInfo {
  return compact({
    id: leg.id,
    conversationId: leg.conversation_id,
    type: leg.type,
    direction: leg.direction,
    status: leg.status,
    startTime: leg.start_time,
    endTime: leg.end_time,
    from: partyOf(leg.from),
    to: partyOf(leg.to),
    mediaState: isFields(leg['media_state']) ? mediaOf(leg['media_state']) : undefined,
  });
}

function partyOf(value: { readonly type: string }): LegParty {
  const { type, user, number } = value as typeof value & Fields;
  return compact({ type, user: textOf(user), number: textOf(number) });
}

/** All six, or none of them. */
function mediaOf({ mute, earmuff, play_stream, recording, transcribing, tts }: Fields): LegInfo['mediaState'] {
  const states = { mute, earmuff, playStream: play_stream, recording, transcribing, tts };
  return Object.values(states).every(state => typeof state === 'boolean')
    ? (states as LegInfo['mediaState'])
    : undefined;
}

/** Where a conversation is asked. */
export function room(conversation: ConversationId, version = 'v0.3'): string {
  return `/${version}/conversations/${encodeURIComponent(conversation)}`;
}

/** Absent parameters are omitted. The cursor is already encoded as the service gave it. */
export function query(parameters: { readonly [name: string]: string | number | boolean | undefined }): string {
  const given = Object.entries(parameters).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return `${name}=${name === 'cursor' ? String(value) : encodeURIComponent(value)}`;
  });
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

function paged({ order, pageSize, cursor }: PageOptions): Parameters<typeof query>[0] {
  return {
    order: order?.toUpperCase(),
    page_size: pageSize,
    cursor,
  };
}

/** An event as it is posted. */
type Posted = { readonly type: string; readonly body: Json };

type Words = { readonly [key: string]: Json };
type Is<Kind extends Content['kind']> = Extract<Content, { readonly kind: Kind }>;

function linked({ kind, url }: Is<'image'>): Words {
  return { [kind]: { url } };
}

/** Body of a message, by its kind; a custom event has none. */
const bodies: {
  readonly [Kind in Exclude<Content['kind'], 'event'>]: (content: Is<Kind>) => Words;
} = {
  text: ({ text }) => ({ text }),
  image: linked,
  audio: linked,
  video: linked,
  file: linked,
  vcard: linked,
  location: ({ location: { latitude, longitude, name, address } }) => ({
    location: {
      latitude,
      longitude,
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { address }),
    },
  }),
  template: ({ template: { name, parameters }, whatsapp: { policy, locale } }) => ({
    template: parameters === undefined ? { name } : { name, parameters },
    whatsapp: { policy, locale },
  }),
  custom: ({ customData }) => ({ custom: customDataOf(customData) }),
};

/** JSON of a message's content, which has been checked. */
function postedOf(content: Content): Posted {
  if (content.kind === 'event') {
    const { type, body } = content;
    return { type: type.startsWith('custom:') ? type : `custom:${type}`, body: customDataOf(body) };
  }
  const { kind } = content;
  const said = (bodies[kind] as (content: Content) => Words)(content);
  return { type: 'message', body: { message_type: kind, ...said } };
}

/** Context of a request besides its parameters. */
export type Asker = {
  readonly sessionId: string | undefined;
  readonly user: LineUser | undefined;
  /** Ourselves in the conversation, where the verb speaks as a member. */
  readonly me: MemberId;
  /** Something within the answer could not be understood and was left out. */
  readonly skipped: (path: string) => void;
};

/** All but the one that is not put to a conversation. */
export type Asked = Exclude<Verb, 'refreshSession'>;

type Table = {
  readonly [V in Asked]: (args: Verbs[V]['args'], asker: Asker) => Asking<Verbs[V]['result']>;
};

/** Requests that act as a member of a conversation, and so need the member id. */
export const asMember: ReadonlySet<Verb> = /*#__PURE__*/ new Set<Verb>([
  'leaveConversation',
  'deleteEvent',
  'send',
  'sendEphemeral',
  'sendReceipt',
]);

export function askingOf<V extends Asked>(
  { verb, args }: { readonly verb: V; readonly args: Verbs[V]['args'] },
  asker: Asker,
): Asking<Verbs[V]['result']> {
  return table[verb](args, asker);
}

/** Requests our member id in a conversation. */
export function askingForMe(conversation: ConversationId): Asking<MemberId> {
  return {
    method: 'GET',
    path: `${room(conversation)}/members/me`,
    decode: idIn,
  };
}

/** The service keeps the session, and takes the token with which this is asked from now on. */
export function askingToRefresh(sessionId: string, token: string): Asking<unknown> {
  return {
    method: 'PUT',
    path: `/v0.2/sessions/${encodeURIComponent(sessionId)}`,
    body: '',
    token,
    decode: answer => decode(struct({ session_id: text }), answer),
  };
}

function read<A extends object, B>(shape: Shape<A>, make: (value: A & Fields) => B) {
  return (answer: unknown): Either<string, B> => {
    const decoded = isTooDeep(answer) ? left(tooDeep) : decode(shape, answer);
    return isRight(decoded) ? right(make(decoded.right as A & Fields)) : decoded;
  };
}

const idIn = read(struct({ id: name }), ({ id }) => id);
const stamped = read(struct({ timestamp: text }), ({ timestamp }) => ({ timestamp }));
const sent = read(struct({ timestamp: text }), ({ timestamp, id }) => compact({ timestamp, id: idOf(id) }));
const conversation = read(conversationShape, conversationOf);
const member = read(memberShape, memberOf);
const leg = read(legShape, legOf);

function post<A>(
  conversation: ConversationId,
  { type, body }: Posted,
  { me }: Asker,
  decode: Asking<A>['decode'],
): Asking<A> {
  return {
    method: 'POST',
    path: `${room(conversation)}/events`,
    body: { cid: conversation, from: me, type, body },
    decode,
  };
}

const table: Table = {
  getUser: ({ user }) => ({
    method: 'GET',
    path: `/v0.3/users/${encodeURIComponent(user)}`,
    decode: read(userShape, userOf),
  }),

  createConversation: args => ({ method: 'POST', path: '/v0.3/conversations', body: wireOf(args), decode: idIn }),
  getConversation: args => ({ method: 'GET', path: room(args.conversation), decode: conversation }),
  updateConversation: args => ({
    method: 'PATCH',
    path: room(args.conversation),
    body: wireOf(args.changes),
    decode: conversation,
  }),
  deleteConversation: args => ({ method: 'DELETE', path: room(args.conversation), decode: undefined }),

  getConversations: ({ includeCustomData, orderBy, ...page }, { user, skipped }) => ({
    method: 'GET',
    path: `/v0.3/users/${encodeURIComponent(user?.id ?? 'me')}/conversations${query({
      ...paged(page),
      include_custom_data: includeCustomData === true ? true : undefined,
      order_by: orderBy,
    })}`,
    decode: pageOf('conversations', conversation, skipped),
  }),

  getConversationEvents: (
    { conversation, everything, eventFilter, includeDeletedEvents, startId, ...page },
    asker,
  ) => ({
    method: 'GET',
    path: `${room(conversation)}/events${query({
      ...paged(page),
      ...(everything === true ? {} : { filter_group_type: 'ChatEvents', filter_group_version: 3 }),
      event_type: eventFilter === undefined || eventFilter.length === 0 ? undefined : eventFilter.join(','),
      exclude_deleted_events: everything !== true && includeDeletedEvents !== true,
      start_id: startId,
    })}`,
    decode: pageOf(
      'events',
      item => {
        const type = isFields(item) ? textOf(item['type']) : undefined;
        return type === undefined ? left('type') : decodeEvent(type, item, conversation);
      },
      asker.skipped,
    ),
  }),

  getConversationMembers: ({ conversation, ...page }, { skipped }) => ({
    method: 'GET',
    path: `${room(conversation)}/members${query(paged(page))}`,
    decode: pageOf('members', member, skipped),
  }),
  getConversationMember: args => ({
    method: 'GET',
    path: `${room(args.conversation)}/members/${encodeURIComponent(args.member)}`,
    decode: member,
  }),

  joinConversation: ({ conversation }, { sessionId, user }) => ({
    method: 'POST',
    path: `${room(conversation)}/members`,
    body: { originating_session: sessionId, channel: { type: 'app' }, user, state: 'joined' },
    decode: idIn,
  }),
  inviteToConversation: ({ conversation, userName }, { sessionId }) => ({
    method: 'POST',
    path: `${room(conversation)}/members`,
    body: {
      originating_session: sessionId,
      state: 'invited',
      user: { name: userName },
      channel: { type: 'app', from: { type: 'app' }, to: { type: 'app' } },
    },
    decode: idIn,
  }),
  leaveConversation: ({ conversation }, { me }) => ({
    method: 'DELETE',
    path: `${room(conversation, 'v0.2')}/members/${encodeURIComponent(me)}`,
    decode: undefined,
  }),

  deleteEvent: ({ conversation, event }, { me }) => ({
    method: 'DELETE',
    path: `${room(conversation)}/events/${event}${query({ from: me })}`,
    decode: undefined,
  }),
  send: ({ conversation, content, key }, asker) => ({
    ...post(conversation, postedOf(content), asker, sent),
    ...(key === undefined ? {} : { key }),
  }),
  sendEphemeral: ({ conversation, body }, asker) =>
    post(conversation, { type: 'ephemeral', body: customDataOf(body) }, asker, stamped),
  sendReceipt: ({ conversation, event, receipt }, asker) =>
    post(conversation, { type: `message:${receipt}`, body: { event_id: event } }, asker, stamped),

  getLeg: args => ({ method: 'GET', path: `/v0.3/legs/${encodeURIComponent(args.leg)}`, decode: leg }),
  getCallLegs: ({ conversation, ...page }, { skipped }) => ({
    method: 'GET',
    path: `${room(conversation)}/legs${query(paged(page))}`,
    decode: pageOf('legs', leg, skipped),
  }),
};
