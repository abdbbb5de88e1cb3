/** Rows of the conversation service. */

/** Milliseconds since the epoch. */
export type Millis = number;

/** Whatever JSON can say. It comes back exactly as it was put in, U+0000 inside texts included. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A user, who can be a member. */
export interface UserRow {
  /** `USR-…` */
  readonly id: string;
  /** Unique, lower case: the subject of their tokens. */
  readonly name: string;
  readonly display: string;
  readonly created: Millis;
}

/** A conversation. Members and events have rows of their own. */
export interface ConversationRow {
  /** `CON-…` */
  readonly id: string;
  /** Unique. */
  readonly name: string;
  readonly display: string | null;
  readonly image: string | null;
  readonly ttl: number | null;
  readonly sortKey: string | null;
  /** An object, unless there is none. */
  readonly customData: Json;
  /** Id of the creator. */
  readonly creator: string;
  readonly created: Millis;
  readonly updated: Millis | null;
  /** The number of its latest event, 0 before the first. The storage counts, whatever a caller puts here. */
  readonly last: number;
}

/** The changed properties of an update. */
export type ConversationChange = Partial<
  Pick<ConversationRow, 'name' | 'display' | 'image' | 'ttl' | 'sortKey' | 'customData'>
>;

/** `LEFT` is final: a user who returns becomes a new member. */
export type MemberState = 'INVITED' | 'JOINED' | 'LEFT';

/** Properties of a membership that a request sets. A user has at most one in a conversation that is not `LEFT`. */
export interface MemberFacts {
  /** `MEM-…` */
  readonly id: string;
  readonly conversation: string;
  readonly user: string;
  readonly state: MemberState;
  readonly channel: Json;
  /** Name of the inviting user. */
  readonly invitedBy: string | null;
  readonly invited: Millis | null;
  readonly joined: Millis | null;
  readonly left: Millis | null;
}

/** One user's membership of one conversation. */
export interface MemberRow extends MemberFacts {
  /** The number of the event with which they came, invited or joined: their place in the list of members. */
  readonly entered: number;
  /** The number of the event with which they left. */
  readonly gone: number | null;
}

/** Status in a receipt. */
export type ReceiptStatus = 'seen' | 'delivered' | 'submitted' | 'rejected' | 'undeliverable';

/** The first report of its kind by that member about that event; later ones change nothing. */
export interface Receipt {
  readonly member: string;
  readonly status: ReceiptStatus;
  readonly at: Millis;
}

/** One entry of a conversation's log. */
export interface EventRow {
  readonly conversation: string;
  /** 1, 2, 3 … within the conversation. */
  readonly id: number;
  readonly type: string;
  /** The sending member; `null` for an event of the service. */
  readonly from: string | null;
  /** The user it comes from. */
  readonly user: string | null;
  readonly at: Millis;
  readonly body: Json;
  /** The key that its sender gave it; unique per conversation and user. */
  readonly key: string | null;
  /** When its body was taken back. */
  readonly deleted: Millis | null;
  /** In the order in which they came. */
  readonly receipts: readonly Receipt[];
}

/** One login, which outlives its sockets for a while. */
export interface SessionRow {
  /** `SES-…` */
  readonly id: string;
  readonly user: string;
  /** Data of the first handshake; a reconnect sends only its token and this id. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly opened: Millis;
  /** When it ends unless it is touched before. */
  readonly expires: Millis;
  /** By conversation id, up to which number its client has everything. */
  readonly positions: Positions;
}

/** Numbers of events by conversation id. */
export type Positions = Readonly<Record<string, number>>;
