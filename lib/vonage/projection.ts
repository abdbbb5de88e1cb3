import type * as core from '../conversation/model.js';
import { MemberChannelType } from './enums.js';
import type {
  Channel,
  Conversation,
  Leg,
  LegChannel,
  Member,
  MemberChannel,
  MemberStatus,
  EventState,
  Timestamp,
  User,
  UserChannels,
} from './model.js';

/** A mutable copy, so that an application cannot write into the state of the streams. */
export function own<A>(data: A | undefined): A {
  return (data === undefined ? null : JSON.parse(JSON.stringify(data))) as A;
}

/** `null` for an absent value, as at run time in the document's client. */
function orNull<A>(value: A | undefined): A {
  return (value ?? null) as A;
}

/** Where the streams leave a thing out, the document has `null`. */
function filled<Name extends string, A>(
  names: readonly Name[],
  value: { readonly [Key in Name]?: A },
): { readonly [Key in Name]: A | null } {
  // Every listed name becomes a key.
  return Object.fromEntries(names.map(name => [name, value[name] ?? null])) as { readonly [Key in Name]: A | null };
}

export function toChannel(channel: core.Channel): Channel {
  return filled(['id', 'number'], channel);
}

const kinds = [
  'app',
  'phone',
  'pstn',
  'sip',
  'vbc',
  'websocket',
  'sms',
  'mms',
  'whatsapp',
  'viber',
  'messenger',
] as const satisfies readonly (keyof UserChannels)[];

function toChannels(channels: NonNullable<core.User['channels']>): UserChannels {
  const ways = Object.entries(channels).map(([kind, all]) => [kind, all.map(toChannel)]);
  return filled(kinds, Object.fromEntries(ways) as Readonly<Record<string, Channel[]>>);
}

function toTimestamp(timestamp: core.ConversationInfo['timestamp']): Timestamp {
  return filled(['created', 'updated', 'destroyed'], timestamp);
}

export function toUser(user: core.User): User {
  const { id, name, displayName = null, imageUrl = null, customData, channels, timestamp } = user;
  return {
    id,
    name,
    displayName,
    channels: channels === undefined ? null : toChannels(channels),
    timestamp: timestamp === undefined ? null : toTimestamp(timestamp),
    imageUrl,
    customData: own(customData),
  };
}

function toMemberChannel({ type, from, to }: NonNullable<core.Member['channel']>): MemberChannel {
  return {
    // Unknown channel types are passed on.
    type: (type === 'SIP' ? MemberChannelType.Sip : type) as MemberChannelType,
    from: from === undefined ? null : toChannel(from),
    to: to === undefined ? null : toChannel(to),
  };
}

export function toMember({ id, state, user, channel, timestamp }: core.Member): Member {
  return {
    id,
    state,
    user: user === undefined ? null : toUser(user),
    channel: orNull(channel && toMemberChannel(channel)),
    timestamp: timestamp === undefined ? null : filled(['invited', 'joined', 'left'], timestamp),
  };
}

export function toConversation(info: core.ConversationInfo): Conversation {
  const { id, name, timestamp, displayName = null, imageUrl = null, state, properties, me } = info;
  const { ttl = null, customSortKey = null, customData } = properties;
  return {
    id,
    name,
    timestamp: toTimestamp(timestamp),
    memberId: me?.id ?? null,
    memberState: orNull(me?.state),
    displayName,
    imageUrl,
    state: orNull(state),
    // Absent custom data are `{}` in the streams and `null` here.
    properties: { ttl, customSortKey, customData: Object.keys(customData).length === 0 ? null : own(customData) },
  };
}

function toLegChannel({ type, ...who }: core.LegParty): LegChannel {
  return { type, ...filled(['user', 'number'], who) };
}

export function toLeg({ from, to, mediaState, ...leg }: core.LegInfo): Leg {
  if (mediaState === undefined) return { ...leg, from: toLegChannel(from), to: toLegChannel(to), mediaState: null };
  const { playStream, ...states } = mediaState;
  return {
    ...leg,
    from: toLegChannel(from),
    to: toLegChannel(to),
    mediaState: { ...states, play_stream: playStream },
  };
}

/** A page under the document's name for what is on it. */
export function toPage<Name extends string, A, B>(name: Name, to: (item: A) => B | undefined) {
  return ({ items, previousCursor, nextCursor }: core.Page<A>): PageOf<Name, B> =>
    ({
      [name]: items.flatMap(item => {
        const made = to(item);
        return made === undefined ? [] : [made];
      }),
      previousCursor: previousCursor ?? null,
      nextCursor: nextCursor ?? null,
      // A computed name is any string to the compiler.
    }) as PageOf<Name, B>;
}

type PageOf<Name extends string, B> = { [Key in Name]: B[] } & {
  previousCursor: string | null;
  nextCursor: string | null;
};

export function toStatuses(statuses: core.MemberStatuses | undefined): MemberStatus {
  return orNull(
    statuses && Object.fromEntries(Object.entries(statuses).map(([member, status]) => [member, toStatus(status)])),
  );
}

function toStatus({ current, ...steps }: core.MemberStatus): EventState {
  return {
    ...filled(['seen', 'delivered', 'submitted', 'rejected', 'undeliverable'], steps),
    current,
  };
}
