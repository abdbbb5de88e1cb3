import type { Fault } from '../core/fault.js';
import type { Timeline } from './timeline.js';
import type { Json, JsonObject, Millis } from '../core/port.js';

export type ConversationId = string;
/** Event number, ascending within one conversation; ids may be missing. */
export type EventId = number;
export type MemberId = string;
/** ISO 8601, as the service writes it. */
export type Timestamp = string;

/** A way to reach a user, by its kind: an id or a number. */
export type Channel = { readonly id?: string; readonly number?: string };

export type User = {
  readonly id: string;
  readonly name: string;
  readonly displayName?: string;
  readonly imageUrl?: string;
  readonly customData?: JsonObject;
  readonly channels?: Readonly<Record<string, readonly Channel[]>>;
  readonly timestamp?: { readonly created?: Timestamp; readonly updated?: Timestamp; readonly destroyed?: Timestamp };
};

export type MemberState = 'INVITED' | 'JOINED' | 'LEFT' | 'UNKNOWN';

export type Member = {
  readonly id: MemberId;
  readonly state: MemberState;
  readonly user?: User;
  readonly channel?: { readonly type: string; readonly from?: Channel; readonly to?: Channel };
  readonly timestamp?: { readonly invited?: Timestamp; readonly joined?: Timestamp; readonly left?: Timestamp };
};

export type ConversationProperties = {
  readonly ttl?: number;
  readonly customSortKey?: string;
  readonly customData: JsonObject;
};

/** A conversation without its events: identity and own membership. */
export type ConversationInfo = {
  readonly id: ConversationId;
  readonly name: string;
  readonly displayName?: string;
  readonly imageUrl?: string;
  readonly state?: 'ACTIVE' | 'INACTIVE' | 'DELETED';
  readonly timestamp: { readonly created?: Timestamp; readonly updated?: Timestamp; readonly destroyed?: Timestamp };
  readonly properties: ConversationProperties;
  readonly me?: { readonly id: MemberId; readonly state: MemberState };
  /** The last message, where the service reports it. */
  readonly lastEvent?: Said;
  /** Messages of others since the last one that we have marked as seen, where the service reports it. */
  readonly unread?: number;
};

/** A conversation as the list shows it: `unread` and `lastEvent` follow the events. */
export type ListedConversation = ConversationInfo & { readonly unread: number };

/** Sender of an event: a member, or the service. */
export type From =
  { readonly kind: 'embeddedInfo'; readonly memberId: MemberId; readonly user: User } | { readonly kind: 'system' };

export type Location = {
  readonly latitude: string;
  readonly longitude: string;
  readonly name?: string;
  readonly address?: string;
};
export type Template = { readonly name: string; readonly parameters?: readonly string[] };
export type Whatsapp = { readonly policy: string; readonly locale: string };

/** How far a message got with one member. */
export type MemberStatus = {
  readonly [Step in 'seen' | 'delivered' | 'submitted' | 'rejected' | 'undeliverable']?: Timestamp;
} & { readonly current: 'seen' | 'delivered' | 'submitted' | 'rejected' | 'undeliverable' | 'none' };
export type MemberStatuses = Readonly<Record<MemberId, MemberStatus>>;

type Head = {
  readonly id: EventId;
  readonly timestamp: Timestamp;
  readonly conversationId: ConversationId;
  readonly from: From;
  /** The key it was sent with, where the service echoes it. */
  readonly clientKey?: string;
};

type MemberEvent<Kind extends string> = Head & {
  readonly kind: Kind;
  readonly body: {
    readonly memberId: MemberId;
    readonly user: User;
    readonly channel?: Channel;
    readonly reason?: { readonly code: string; readonly text: string };
  };
};

type MessageEvent<Kind extends string, Body> = Head & {
  readonly kind: `message:${Kind}`;
  /** `deleted`: time of the deletion; the content is removed. */
  readonly body: Body & { readonly deleted?: Timestamp };
  readonly memberStatuses?: MemberStatuses;
};

type ReceiptEvent<Kind extends string> = Head & { readonly kind: Kind; readonly body: { readonly eventId: EventId } };

/** Content of a message. */
export type Message =
  | MessageEvent<'text', { readonly text: string }>
  | MessageEvent<'image', { readonly imageUrl: string }>
  | MessageEvent<'audio', { readonly audioUrl: string }>
  | MessageEvent<'video', { readonly videoUrl: string }>
  | MessageEvent<'file', { readonly fileUrl: string }>
  | MessageEvent<'vcard', { readonly vcardUrl: string }>
  | MessageEvent<'location', { readonly location: Location }>
  | MessageEvent<'template', { readonly template: Template; readonly whatsapp: Whatsapp }>
  | MessageEvent<'custom', { readonly customData: Json }>;

/** A message, or a custom event of the application. */
export type Said = Message | Extract<ConversationEvent, { readonly kind: 'custom' }>;

/** A receipt or deletion; folded into the message that it refers to. */
export type Receipt =
  | ReceiptEvent<'message:seen'>
  | ReceiptEvent<'message:delivered'>
  | ReceiptEvent<'message:rejected'>
  | ReceiptEvent<'message:submitted'>
  | ReceiptEvent<'message:undeliverable'>;

/** For the moment only: it has no id, is kept nowhere, and comes at most once. */
export type Ephemeral = Omit<Head, 'id' | 'clientKey'> & { readonly kind: 'ephemeral'; readonly body: Json };

/** The twenty kinds of seed 2. */
export type ConversationEvent =
  | MemberEvent<'member:invited'>
  | MemberEvent<'member:joined'>
  | MemberEvent<'member:left'>
  | Message
  | Receipt
  | ReceiptEvent<'event:delete'>
  | (Head & { readonly kind: 'custom'; readonly eventType: `custom:${string}`; readonly body: Json })
  | Ephemeral;

/** A kind that this version does not know, as it came. */
export type Unknown = {
  readonly kind: 'unknown';
  readonly conversationId: ConversationId;
  readonly id?: EventId;
  readonly raw: Json;
};

/** A hole that could not be filled in time: `from` to `to`, both missing. What comes late only updates the conversation. */
export type Gap = {
  readonly kind: 'gap';
  readonly conversationId: ConversationId;
  readonly from: EventId;
  readonly to: EventId;
};

/** Items of `event$`. */
export type StreamEvent = ConversationEvent | Unknown | Gap;

/** Items of a timeline; receipts and deletions are folded into their messages. */
export type TimelineEvent =
  Exclude<ConversationEvent, Receipt | Ephemeral | { readonly kind: 'event:delete' }> | UnknownWithId;
type UnknownWithId = Unknown & { readonly id: EventId };

/** Content that can be sent. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image' | 'audio' | 'video' | 'file' | 'vcard'; readonly url: string }
  | { readonly kind: 'location'; readonly location: Location }
  | { readonly kind: 'template'; readonly template: Template; readonly whatsapp: Whatsapp }
  | { readonly kind: 'custom'; readonly customData: Json }
  /** An event of one's own; `custom:` is put before its type where it is missing. */
  | { readonly kind: 'event'; readonly type: string; readonly body: Json };

/**
 * A message on its way.
 *
 *     queued ─► sending ─► sent          (and gone from here as soon as its event has come)
 *                 └──────► failed        (until it is sent again, or cancelled)
 */
export type Unsent = {
  /** Its name on the way: the idempotency key. */
  readonly key: string;
  readonly content: Content;
  readonly status: 'queued' | 'sending' | 'sent' | 'failed';
  readonly since: Millis;
  readonly fault?: Fault;
};

/** Result of `send`: the service's time, and the event's number where it is reported. */
export type Sent = { readonly key: string; readonly timestamp: Timestamp; readonly id?: EventId };

/** One conversation, as its viewers see it. Plain data but for the timeline, which is a sequence. */
export type Conversation = {
  readonly id: ConversationId;
  readonly name: string;
  readonly displayName?: string;
  readonly imageUrl?: string;
  readonly properties: ConversationProperties;
  readonly me?: { readonly id: MemberId; readonly state: MemberState };
  readonly members: readonly Member[];
  /** A window of the timeline, oldest first. */
  readonly events: Timeline<TimelineEvent>;
  /** Holes within the window. */
  readonly gaps: readonly { readonly from: EventId; readonly to: EventId }[];
  readonly unsent: readonly Unsent[];
  /** True where there are events before the window (`loadOlder`), or after it (being loaded). */
  readonly history: { readonly before: boolean; readonly after: boolean; readonly loading: boolean };
  /**
   * `stale`: the line is away, or what was missed is still being fetched. `failed`: what is missing could not be had; it is
   * retried where that may help. `gone`: the present content stays, and commands are refused.
   */
  readonly sync: 'loading' | 'live' | 'stale' | { readonly failed: Fault } | { readonly gone: Gone };
};

/** Reason why we are no longer a member, until we are invited or join again. */
export type Gone = 'deleted' | 'left' | 'removed' | 'forbidden';

/** One end of a leg: a user of the service, or a number. */
export type LegParty = { readonly type: string; readonly user?: string; readonly number?: string };

/** One leg of a server-side call, as the service keeps it. */
export type LegInfo = {
  readonly id: string;
  readonly conversationId: ConversationId;
  readonly type: string;
  /** Direction as the service sees it: `inbound` is a call that a client makes. */
  readonly direction: string;
  readonly status: string;
  readonly startTime: Timestamp;
  /** Empty while it lasts. */
  readonly endTime: Timestamp;
  readonly from: LegParty;
  readonly to: LegParty;
  readonly mediaState?: {
    readonly mute: boolean;
    readonly earmuff: boolean;
    readonly playStream: boolean;
    readonly recording: boolean;
    readonly transcribing: boolean;
    readonly tts: boolean;
  };
};

/** Members who are typing. */
export type Typing = readonly MemberId[];

export type PresenceState = 'online' | 'away' | 'offline';
/** Members who have announced their presence. */
export type Presence = Readonly<Record<MemberId, PresenceState>>;

/** A page; cursors are opaque values of the service. */
export type Page<A> = { readonly items: readonly A[]; readonly previousCursor?: string; readonly nextCursor?: string };
