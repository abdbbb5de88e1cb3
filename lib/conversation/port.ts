import type { Observable } from 'rxjs';
import type { CallingContext } from '../call/calling.js';
import type { Fault } from '../core/fault.js';
import type { Either } from '../core/either.js';
import type { Adapter, Failure, Json, JsonObject, Outcome, Millis, Ref } from '../core/port.js';
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
  Conversation,
  ListedConversation,
  Presence,
  PresenceState,
  Sent,
  StreamEvent,
  Typing,
} from './model.js';
import type { Moment } from '../core/transition.js';
import type { LineUser } from '../line/model.js';
import type { SerialQueue } from '../core/store.js';

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
  /** The widest filter of the service, with receipts and deletions; used for backfill. */
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
/** An absent property is left unchanged; `null` clears it. */
export type ConversationChanges = { readonly [Key in keyof NewConversation]?: NewConversation[Key] | null };

/** Every question that can be put to a conversation service: what goes in, and what comes out. */
export type Verbs = {
  /** Calls the token function and passes the token to the service; once after a 401. */
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

/** One request without retry; exactly one `answered` follows. */
export type Ask = { readonly _tag: 'ask'; readonly ref: Ref; readonly request: Request };

/** Cancels a request whose answer is not needed any more. */
type Abandon = { readonly _tag: 'abandon'; readonly ref: Ref };

/** Orders about requests. */
export type Inquiring = Ask | Abandon;

/** Reports of a conversation service. */
export type ConversationReport =
  /** As it arrived: maybe twice, maybe too early, maybe never. */
  | { readonly _tag: 'event'; readonly event: ConversationEvent | Unknown }
  /** Another client has changed or deleted a conversation. */
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

/** An adapter of one line to a conversation service: `conversations:` of `createClient`. Made by `service()`. */
export interface Conversing {
  /** Unique among the lines of a client. */
  readonly id: string;
  open(context: CallingContext): Adapter<ConversingOrder, ConversingReport>;
  /** Why this request can't be sent as it stands; all of its problems in one fault. */
  check(request: Request): Fault | undefined;
  /** True where two sends with one key make one message. */
  readonly idempotent: boolean;
  /** True where every message that arrives is acknowledged by `message:delivered`. */
  readonly receipts: boolean;
  readonly outbox?: OutboxStorage;
  /** The room itself comes with the adapter, so that a bundle without conversations has none of it. */
  readonly createMessaging: CreateMessaging;
}

type Answer<V extends Verb> = Outcome<Verbs[V]['result']>;

/**
 * Conversations as streams: what a client has beside its calls when it was given `conversations:`.
 *
 * Commands start when they are called, exactly once; the returned `Outcome` replays what became of it. Resubscribing
 * replays, it does not repeat: to retry, `defer(() => client.getUser('me'))`. Without a line they give `no-line`; while
 * it recovers they wait up to 10 s. `Left` `invalid-argument` names everything that is wrong, and nothing was sent.
 */
export interface Messaging {
  /**
   * The list: identity, own membership, what was said last, and how many messages of others came after the last one that
   * we have marked as `seen`. The newest conversation first, by when it was made, then by id. State; loaded once somebody
   * watches, kept up to date from then on. What was said and unread before that is known where the service tells it.
   */
  readonly conversations$: Observable<readonly ListedConversation[]>;
  /**
   * One conversation, the same Observable for the same id.
   *
   *     wire             --1--3----2------
   *     conversation$    --1--1----123----    3 is held until 2 is there
   *
   * State. The first viewer loads the newest page, the last one lets it go 30 s after leaving.
   */
  conversation$(id: ConversationId): Observable<Conversation>;
  /**
   * Everything that happens, decoded: in the order of ids within each conversation, each event once, also across
   * reconnects; what could not be fetched in time is a `gap`. Ephemeral events have no id: at most once. Event.
   */
  readonly event$: Observable<StreamEvent>;
  /** Members who are typing. State, folded from ephemeral events while subscribed. */
  typing$(id: ConversationId): Observable<Typing>;
  /** Members who are present. State, folded from ephemeral events while subscribed. */
  presence$(id: ConversationId): Observable<Presence>;

  /**
   * Starts now: puts a message into the outbox, which sends in order, once, as soon as there is a line. `Right` when the
   * service has it; `Left` when it never will (`invalid-argument`, `too-large`, refused) or not in time.
   */
  send(id: ConversationId, content: Content): Outcome<Sent>;
  /** Starts now: sends a failed message again, under the same key. */
  resend(id: ConversationId, key: string): Outcome<Sent>;
  /** Starts now: takes a message back that has not left yet, or has failed. `Left` `wrong-state` once it is on its way. */
  unsend(id: ConversationId, key: string): Outcome<undefined>;
  /** Starts now: one page more at the beginning of the window. `Right` also when there was none. */
  loadOlder(id: ConversationId): Outcome<undefined>;
  /** Starts now. */
  seen(id: ConversationId, event: EventId): Outcome<{ readonly timestamp: Timestamp }>;
  /**
   * Starts now: says that we are writing, or no longer are; to be called at every keystroke. What was said already is said
   * again only after 3 s: until then it gives what became of it.
   */
  typing(id: ConversationId, on: boolean): Outcome<{ readonly timestamp: Timestamp }>;
  /** Starts now: reports our presence; repeat it within a minute. */
  presence(id: ConversationId, state: PresenceState): Outcome<{ readonly timestamp: Timestamp }>;
  /** Starts now: something for the moment; kept nowhere, delivered at most once. */
  sendEphemeral(id: ConversationId, body: Json): Outcome<{ readonly timestamp: Timestamp }>;
  /** Starts now: deletes the content of an event. */
  deleteEvent(id: ConversationId, event: EventId): Answer<'deleteEvent'>;

  /** Starts now: calls the token function and uses the new token. Automatic before expiry and after a 401. */
  refreshSession(): Answer<'refreshSession'>;
  /** Starts now. By id, by name, or `me`. */
  getUser(user: string): Answer<'getUser'>;
  /** Starts now. The creator is no member until he joins. */
  createConversation(parameters?: NewConversation): Answer<'createConversation'>;
  /** Starts now. By id or by name. */
  getConversation(idOrName: string): Answer<'getConversation'>;
  /** Starts now. What is absent stays as it is, `null` clears. */
  updateConversation(id: ConversationId, changes: ConversationChanges): Answer<'updateConversation'>;
  /** Starts now. */
  deleteConversation(id: ConversationId): Answer<'deleteConversation'>;
  /** Starts now. One page; `conversations$` has them all. */
  getConversations(options?: ConversationsOptions): Answer<'getConversations'>;
  /** Starts now. One page, newest or oldest first; `conversation$` needs none of this. */
  getConversationEvents(id: ConversationId, options?: EventsOptions): Answer<'getConversationEvents'>;
  /** Starts now. */
  getConversationMembers(id: ConversationId, options?: PageOptions): Answer<'getConversationMembers'>;
  /** Starts now. */
  getConversationMember(id: ConversationId, member: MemberId): Answer<'getConversationMember'>;
  /** Starts now. Gives one's own member id. */
  joinConversation(id: ConversationId): Answer<'joinConversation'>;
  /** Starts now. Gives the member id of the invited. */
  inviteToConversation(id: ConversationId, userName: string): Answer<'inviteToConversation'>;
  /** Starts now. */
  leaveConversation(id: ConversationId): Answer<'leaveConversation'>;
  /** Starts now. One leg of a server-side call, also of one that is over, as long as the service keeps it. */
  getLeg(leg: string): Answer<'getLeg'>;
  /** Starts now. One page of the legs of a call, by its id here or its `ref`. `Left` `no-such-call`, `wrong-state` before it takes place. */
  getCallLegs(call: string, options?: PageOptions): Answer<'getCallLegs'>;
}

/** The line as conversations see it. */
export type LineNews = {
  /** True while a `connect()` is subscribed. */
  readonly wanted: boolean;
  /** Signed in. */
  readonly up: boolean;
  /** True while connecting or recovering. */
  readonly coming: boolean;
  readonly user?: LineUser;
};

/** Given by the client. */
type Host = {
  readonly port: Conversing;
  readonly lane: SerialQueue;
  readonly moment: () => Moment;
  readonly newId: () => string;
  readonly perform: (order: Inquiring) => void;
  /** The conversation of a call, or the fault. */
  readonly conversationOf: (call: string) => Either<Fault, ConversationId>;
};

/** The room behind the streams. */
interface MessagingRoom {
  readonly messaging: Messaging;
  readonly fault$: Observable<Fault>;
  /** Takes a report of the line. */
  hear(report: ConversationReport): void;
  /** Updates the state of the line. */
  line(news: LineNews): void;
}

export type CreateMessaging = (host: Host) => MessagingRoom;
