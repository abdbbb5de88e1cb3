import type { Observable } from 'rxjs';
import type { Either } from '../kernel/either.js';
import type { Fault } from '../kernel/fault.js';
import type { Json } from '../kernel/json.js';
import type { Lane } from '../kernel/lane.js';
import type { Outcome } from '../kernel/outcome.js';
import type { Moment } from '../kernel/turn.js';
import type { LineUser } from '../line/model.js';
import type {
  Content,
  Conversation,
  ConversationId,
  EventId,
  ListedConversation,
  MemberId,
  Presence,
  PresenceState,
  Sent,
  StreamEvent,
  Timestamp,
  Typing,
} from './model.js';
import type {
  ConversationChanges,
  ConversationReport,
  ConversationsOptions,
  Conversing,
  EventsOptions,
  Inquiring,
  NewConversation,
  PageOptions,
  Verb,
  Verbs,
} from './port.js';

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
  /** Who is writing. State, folded from ephemeral events while watched. */
  typing$(id: ConversationId): Observable<Typing>;
  /** Who says that he is there. State, folded from ephemeral events while watched. */
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
  /** Starts now: says that we are there; to be repeated within a minute. */
  presence(id: ConversationId, state: PresenceState): Outcome<{ readonly timestamp: Timestamp }>;
  /** Starts now: something for the moment; kept nowhere, delivered at most once. */
  sendEphemeral(id: ConversationId, body: Json): Outcome<{ readonly timestamp: Timestamp }>;
  /** Starts now: deletes what an event said. */
  deleteEvent(id: ConversationId, event: EventId): Answer<'deleteEvent'>;

  /** Starts now: asks the token function anew and uses what it gives. It does so by itself in time, and after a 401. */
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

/** What the room knows of its line. */
export type LineNews = {
  /** Whether somebody holds a `connect()`. */
  readonly wanted: boolean;
  /** Signed in. */
  readonly up: boolean;
  /** Whether it is on its way (back). */
  readonly coming: boolean;
  readonly user?: LineUser;
};

/** What the client gives to the room. */
type Host = {
  readonly port: Conversing;
  readonly lane: Lane;
  readonly moment: () => Moment;
  readonly newId: () => string;
  readonly perform: (order: Inquiring) => void;
  /** Where a call takes place, or why that is not known. */
  readonly conversationOf: (call: string) => Either<Fault, ConversationId>;
};

/** The room behind the streams. */
interface MessagingRoom {
  readonly messaging: Messaging;
  readonly fault$: Observable<Fault>;
  /** Something arrived. */
  hear(report: ConversationReport): void;
  /** Something has become of the line. */
  line(news: LineNews): void;
}

export type CreateMessaging = (host: Host) => MessagingRoom;
