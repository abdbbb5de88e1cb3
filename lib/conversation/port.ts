import type { Observable } from 'rxjs';
import type { CallingContext } from '../call/calling.js';
import type { Fault } from '../kernel/fault.js';
import type { Either } from '../kernel/either.js';
import type { Json, JsonObject } from '../kernel/json.js';
import type { Adapter, Failure } from '../kernel/port.js';
import type { Millis, Ref } from '../kernel/units.js';
import type { LineOrder, LineReport } from '../line/port.js';
import type {
  Content,
  ConversationEvent,
  ConversationId,
  ConversationInfo,
  EventId,
  LegInfo,
  Member,
  MemberId,
  Page,
  Timestamp,
  Unknown,
  User,
} from './model.js';
import type { CreateMessaging } from './messaging.js';

type Order = 'asc' | 'desc';

export type PageOptions = { readonly order?: Order; readonly pageSize?: number; readonly cursor?: string };
export type ConversationsOptions = PageOptions & {
  readonly includeCustomData?: boolean;
  readonly orderBy?: 'created' | 'custom_sort_key';
};
export type EventsOptions = PageOptions & {
  /** At most five types of the wire: `message`, `member:joined`, `custom:…`. */
  readonly eventFilter?: readonly string[];
  readonly includeDeletedEvents?: boolean;
  /** The first event of the page, in its order. */
  readonly startId?: EventId;
  /** The widest filter that the service has: receipts and deletions too. What a backfill asks with. */
  readonly everything?: boolean;
};

export type NewConversation = {
  readonly name?: string;
  readonly displayName?: string;
  readonly imageUrl?: string;
  readonly ttl?: number;
  readonly customSortKey?: string;
  readonly customData?: JsonObject;
};
/** What is absent stays; `null` clears. */
export type ConversationChanges = { readonly [Key in keyof NewConversation]?: NewConversation[Key] | null };

/** Every question that can be put to a conversation service: what goes in, and what comes out. */
export type Verbs = {
  /** Asks the token function anew and tells the service: what is asked for once after a 401. */
  readonly refreshSession: { readonly args: Readonly<Record<string, never>>; readonly result: undefined };
  readonly getUser: { readonly args: { readonly user: string }; readonly result: User };
  readonly createConversation: { readonly args: NewConversation; readonly result: ConversationId };
  /** By id, or by name. */
  readonly getConversation: { readonly args: { readonly conversation: string }; readonly result: ConversationInfo };
  readonly updateConversation: {
    readonly args: { readonly conversation: ConversationId; readonly changes: ConversationChanges };
    readonly result: ConversationInfo;
  };
  readonly deleteConversation: { readonly args: { readonly conversation: ConversationId }; readonly result: undefined };
  readonly getConversations: { readonly args: ConversationsOptions; readonly result: Page<ConversationInfo> };
  readonly getConversationEvents: {
    readonly args: { readonly conversation: ConversationId } & EventsOptions;
    readonly result: Page<ConversationEvent | Unknown>;
  };
  readonly getConversationMembers: {
    readonly args: { readonly conversation: ConversationId } & PageOptions;
    readonly result: Page<Member>;
  };
  readonly getConversationMember: {
    readonly args: { readonly conversation: ConversationId; readonly member: MemberId };
    readonly result: Member;
  };
  readonly joinConversation: { readonly args: { readonly conversation: ConversationId }; readonly result: MemberId };
  readonly inviteToConversation: {
    readonly args: { readonly conversation: ConversationId; readonly userName: string };
    readonly result: MemberId;
  };
  readonly leaveConversation: { readonly args: { readonly conversation: ConversationId }; readonly result: undefined };
  readonly deleteEvent: {
    readonly args: { readonly conversation: ConversationId; readonly event: EventId };
    readonly result: undefined;
  };
  /** A message or a custom event. With a `key`, the same key again is the same message, where the service knows keys. */
  readonly send: {
    readonly args: { readonly conversation: ConversationId; readonly content: Content; readonly key?: string };
    readonly result: { readonly timestamp: Timestamp; readonly id?: EventId };
  };
  readonly sendEphemeral: {
    readonly args: { readonly conversation: ConversationId; readonly body: Json };
    readonly result: { readonly timestamp: Timestamp };
  };
  readonly sendReceipt: {
    readonly args: {
      readonly conversation: ConversationId;
      readonly event: EventId;
      readonly receipt: 'seen' | 'delivered';
    };
    readonly result: { readonly timestamp: Timestamp };
  };
  readonly getLeg: { readonly args: { readonly leg: string }; readonly result: LegInfo };
  readonly getCallLegs: {
    readonly args: { readonly conversation: ConversationId } & PageOptions;
    readonly result: Page<LegInfo>;
  };
};

export type Verb = keyof Verbs;
export type Request<V extends Verb = Verb> = {
  readonly [Key in V]: { readonly verb: Key; readonly args: Verbs[Key]['args'] };
}[V];

/** One attempt to ask; answered by exactly one `answered`. */
export type Ask = { readonly _tag: 'ask'; readonly ref: Ref; readonly request: Request };

/** Nobody waits for this answer any more: what is under way for it ends. */
type Abandon = { readonly _tag: 'abandon'; readonly ref: Ref };

/** What the core wants to know, or no longer does. */
export type Inquiring = Ask | Abandon;

/** What a conversation service tells the core. */
export type ConversationReport =
  /** As it arrived: maybe twice, maybe too early, maybe never. */
  | { readonly _tag: 'event'; readonly event: ConversationEvent | Unknown }
  /** Somebody has changed or deleted a conversation. */
  | { readonly _tag: 'updated'; readonly info: ConversationInfo }
  | { readonly _tag: 'deleted'; readonly conversation: ConversationId }
  | { readonly _tag: 'answered'; readonly ref: Ref; readonly result: Either<Failure, unknown> };

export type ConversingOrder = LineOrder | Inquiring;
export type ConversingReport = LineReport | ConversationReport;

/** A message that outlives the page. */
export type StoredMessage = {
  readonly conversation: ConversationId;
  readonly key: string;
  readonly content: Content;
  readonly since: Millis;
  /** Its place among the messages of its conversation: lower ones are sent first. */
  readonly order: number;
  /** It has been sent without a key, after this event, where that is known: it may have arrived. */
  readonly tried?: { readonly after?: EventId };
};

/**
 * Where messages wait that have not been sent, so that they survive the page. Kept by user.
 *
 * `open` emits what lies there and is nobody else's: at once what a former page has left, later what another tab leaves
 * behind when it goes. It holds what it gave until it is unsubscribed. A failure is told as a `Left`, and the outbox
 * goes on in memory.
 */
export interface OutboxStorage {
  open(user: string): Observable<Either<Fault, readonly StoredMessage[]>>;
  put(user: string, message: StoredMessage): Observable<Either<Fault, undefined>>;
  remove(user: string, key: string): Observable<Either<Fault, undefined>>;
}

/** What `conversations:` takes: an adapter that speaks for one line to a conversation service. Made by `service()`. */
export interface Conversing {
  /** Unique among the lines of a client. */
  readonly id: string;
  open(context: CallingContext): Adapter<ConversingOrder, ConversingReport>;
  /** Why this request can't be sent as it stands; all of its problems in one fault. */
  check(request: Request): Fault | undefined;
  /** Whether a message that is sent twice with one key is one message. */
  readonly idempotent: boolean;
  /** Whether every message that arrives is acknowledged by `message:delivered`. */
  readonly receipts: boolean;
  readonly outbox?: OutboxStorage;
  /** The room itself comes with the adapter, so that a bundle without conversations has none of it. */
  readonly createMessaging: CreateMessaging;
}
