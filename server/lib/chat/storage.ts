/**
 * The storage port: all that the conversation service asks of whatever keeps its rows.
 *
 * Every operation is one atomic step, also against other processes. What can be refused comes back as a value; a promise
 * is rejected only when the storage itself fails. It has no clock and makes up no ids: times and ids come with the rows.
 */
import type {
  ConversationChange,
  ConversationRow,
  EventRow,
  Json,
  MemberFacts,
  MemberRow,
  MemberState,
  Millis,
  Positions,
  ReceiptStatus,
  SessionRow,
  UserRow,
} from './model.js';

/** Direction of a page, and its length limit. */
export interface Slice {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

/** A page of a user's conversations. */
export interface ConversationSlice extends Slice {
  /** Ties, and a missing sort key (which counts as `''`), are ordered by id. Texts are compared by code, not by language. */
  readonly by: 'created' | 'sortKey';
  /** Only what comes strictly after this place, seen in the direction of `order`. */
  readonly after?: { readonly value: string | number; readonly id: string };
}

/** A page of members, by the number of the event with which they came. */
export interface MemberSlice extends Slice {
  /** Only what comes strictly after this number, seen in the direction of `order`. */
  readonly after?: number;
}

/** A page of the log, by number. Backwards costs no more than forwards. */
export interface EventSlice extends Slice {
  /** The first number to look at: with `asc` it and greater ones, with `desc` it and smaller ones. */
  readonly from?: number;
  /** Only these types. */
  readonly types?: readonly string[];
  /** None of these types. */
  readonly except?: readonly string[];
  /** Leaves out deleted events. */
  readonly undeleted?: boolean;
}

/** An event that has no number yet. */
export interface Draft {
  readonly conversation: string;
  readonly type: string;
  readonly from: string | null;
  readonly user: string | null;
  readonly at: Millis;
  readonly body: Json;
}

/** A message: stored only if `from` is a `JOINED` member of the conversation and belongs to `user`. */
export interface Message extends Draft {
  readonly from: string;
  readonly user: string;
  /** A repeat of the same user's key in the same conversation stores nothing, even if they have left meanwhile. */
  readonly key?: string;
  /** Done to an earlier event in the same step. */
  readonly effect?: Receiving | Erasing;
}

/** Notes a receipt of the member `from`, unless they have sent one of that kind for that event. */
export interface Receiving {
  readonly kind: 'receipt';
  readonly event: number;
  readonly status: ReceiptStatus;
}

/** Puts another body in the place of an event's, and its `deleted` to the time of the message. */
export interface Erasing {
  readonly kind: 'erase';
  readonly event: number;
  readonly body: Json;
}

/** A message in the log; `fresh` is false when this is the event that an earlier use of the key has stored. */
export interface Appended {
  readonly event: EventRow;
  readonly fresh: boolean;
}

/** A change of a member, and its event. */
export interface MemberChange {
  readonly member: MemberFacts;
  /** The state that the row has now, or `undefined` when it is new. */
  readonly was: MemberState | undefined;
  readonly event: Draft;
}

/** Where a user is a member. */
export interface Membership {
  readonly conversation: ConversationRow;
  readonly member: MemberRow;
}

/** Where a user stands in a conversation. */
export interface Standing {
  readonly last?: EventRow;
  readonly unread: number;
}

/** Everything the conversation service keeps. */
export interface Storage {
  /** Stores a user unless that name is known. Returns the row that is there then. */
  readonly ensureUser: (user: UserRow) => Promise<UserRow>;
  readonly user: (idOrName: string) => Promise<UserRow | undefined>;

  readonly createConversation: (conversation: ConversationRow) => Promise<'created' | 'duplicate-name'>;
  /** An id goes before a name. */
  readonly conversation: (idOrName: string) => Promise<ConversationRow | undefined>;
  readonly updateConversation: (
    id: string,
    change: ConversationChange,
    at: Millis,
  ) => Promise<ConversationRow | 'no-conversation' | 'duplicate-name'>;
  /** With its members, its log and its receipts; its name is free again. False: there was none. */
  readonly deleteConversation: (id: string) => Promise<boolean>;
  /** Where the user is `INVITED` or `JOINED`. */
  readonly conversationsOf: (user: string, slice: ConversationSlice) => Promise<readonly Membership[]>;

  /**
   * Puts a member's row and appends its event, both or neither.
   *
   * `stale`: the row is not in the state that `was` says, or the user has another membership that is not `LEFT`.
   */
  readonly putMember: (
    change: MemberChange,
  ) => Promise<{ readonly member: MemberRow; readonly event: EventRow } | 'no-conversation' | 'stale'>;
  readonly member: (conversation: string, id: string) => Promise<MemberRow | undefined>;
  /** The user's membership that is not `LEFT`, or else their latest. */
  readonly memberOf: (conversation: string, user: string) => Promise<MemberRow | undefined>;
  /** In all states. */
  readonly members: (conversation: string, slice: MemberSlice) => Promise<readonly MemberRow[]>;
  /**
   * By conversation: the latest message or event of an application in it, and how many messages of others came after the
   * last one that the user has marked as seen, and since they entered.
   */
  readonly standings: (user: string, conversations: readonly string[]) => Promise<ReadonlyMap<string, Standing>>;
  /** Ids of all users who are `JOINED`. */
  readonly audience: (conversation: string) => Promise<readonly string[]>;

  /** Looks for the key, checks the membership, carries out the effect, takes the next number, stores: all or nothing. */
  readonly append: (
    message: Message,
  ) => Promise<Appended | 'no-conversation' | 'no-member' | 'no-event' | 'already-deleted'>;
  /** Stores an event of the service, with any `from`. */
  readonly note: (draft: Draft) => Promise<EventRow | 'no-conversation'>;
  readonly event: (conversation: string, id: number) => Promise<EventRow | undefined>;
  readonly events: (conversation: string, slice: EventSlice) => Promise<readonly EventRow[]>;

  /** Forgets the user's sessions that have expired by `opened`, then stores this one if that leaves less than `most`. */
  readonly openSession: (session: SessionRow, most: number) => Promise<'opened' | 'too-many'>;
  /** Also one that has expired, as long as it is kept. */
  readonly session: (id: string) => Promise<SessionRow | undefined>;
  readonly touchSession: (id: string, expires: Millis, positions?: Positions) => Promise<void>;
  readonly endSession: (id: string) => Promise<void>;

  /** The latest number in every conversation where the user is `INVITED` or `JOINED`. */
  readonly positions: (user: string) => Promise<Positions>;
  /**
   * What a user's client has missed that has everything up to `positions`; where it has none, what came since it entered.
   *
   * In all the user's memberships: of one that is `JOINED` everything, of one that is `INVITED` the invitation (the event
   * numbered `entered`), of one that is `LEFT` what came up to `gone`, and nothing if `positions` does not have the
   * conversation. In each conversation in the order of its numbers, whatever the clock said; between conversations by the
   * latest time up to there. The first `limit` of them.
   */
  readonly missed: (user: string, positions: Positions, limit: number) => Promise<readonly EventRow[]>;

  readonly close: () => Promise<void>;
}
