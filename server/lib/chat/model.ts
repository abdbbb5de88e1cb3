/** What the conversation service keeps: plain rows, as a table would hold them. */

/** Milliseconds since the epoch. */
export type Millis = number;

/** Whatever JSON can say. It comes back exactly as it was put in, U+0000 inside texts included. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Somebody who can be a member. */
export interface UserRow {
  /** `USR-…` */
  readonly id: string;
  /** Unique, lower case: the subject of their tokens. */
  readonly name: string;
  readonly display: string;
  readonly created: Millis;
}

/** One conversation. Who is in it and what was said are rows of their own. */
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
  /** The id of the user who made it. */
  readonly creator: string;
  readonly created: Millis;
  readonly updated: Millis | null;
  /** The number of its latest event, 0 before the first. The storage counts, whatever a caller puts here. */
  readonly last: number;
}

/** What an update may change: what is given, and nothing else. */
export type ConversationChange = Partial<
  Pick<ConversationRow, 'name' | 'display' | 'image' | 'ttl' | 'sortKey' | 'customData'>
>;

/** `LEFT` is for good: who comes back becomes a new member. */
export type MemberState = 'INVITED' | 'JOINED' | 'LEFT';

/** What a caller knows of a membership. A user has at most one in a conversation that is not `LEFT`. */
export interface MemberFacts {
  /** `MEM-…` */
  readonly id: string;
  readonly conversation: string;
  readonly user: string;
  readonly state: MemberState;
  readonly channel: Json;
  /** The name of the user who invited them. */
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

/** What a member's client reported about a message. */
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
  /** The member it comes from; `null`: from nobody in the conversation. */
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
  /** What the client said of itself in its first handshake; a reconnecting one says no more than its token and this id. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly opened: Millis;
  /** When it ends unless it is touched before. */
  readonly expires: Millis;
  /** By conversation id, up to which number its client has everything. */
  readonly positions: Positions;
}

/** Numbers of events by conversation id. */
export type Positions = Readonly<Record<string, number>>;
