import type { Fault } from '../core/fault.js';
import type { Either } from '../core/either.js';
import type { After, CancelAfter, Transition } from '../core/transition.js';
import type {
  Content,
  Conversation,
  ConversationEvent,
  ConversationId,
  ConversationInfo,
  Ephemeral,
  EventId,
  Gone,
  StreamEvent,
  Timestamp,
  Unknown,
  Unsent,
} from './model.js';
import type { Request, StoredMessage } from './port.js';
import { noTrail, type Trail } from './pages.js';
import type { Ranges } from './ranges.js';
import { emptyTimeline, type Timeline } from './timeline.js';
import type { Ref } from '../core/port.js';

/** An event with a number: it is kept, and has its place. */
export type Numbered = Exclude<ConversationEvent, Ephemeral> | (Unknown & { readonly id: EventId });

/** State of the line and its user. */
export type LineSetting = {
  /** True while a `connect()` is subscribed. */
  readonly wanted: boolean;
  /** True while the line is signed in. */
  readonly up: boolean;
  /** The id of the user who is signed in. */
  readonly user?: string;
  /** True where two sends with one key make one message. */
  readonly idempotent: boolean;
  /** True where every message that arrives is acknowledged. */
  readonly receipts: boolean;
};

/**
 * The position in the sequence of a conversation's events.
 *
 *     delivered | missing  | ahead: buffered, or covered by a page
 *     ──────────┼──────────┼──────────────────────────────────────
 *         delivered        └ backfilled; a `gap` after 10 s without it
 */
export type Sequence = {
  /** Every event up to this number has been delivered, does not exist, or is in `gaps`. Absent before the first page. */
  readonly delivered: EventId | undefined;
  /** Numbers beyond it that have arrived or are spanned by a page. */
  readonly ahead: Ranges;
  /** Events beyond it that have arrived. */
  readonly buffered: Timeline<Numbered>;
  /** Numbers that were skipped and have not arrived since. */
  readonly gaps: Ranges;
  /** The highest number that any event or page has named. */
  readonly highest: EventId;
  readonly backfill: Asked | undefined;
  /** True while the gap timer runs. */
  readonly waiting: boolean;
};

/** The page that is being fetched. */
type Asked = {
  readonly from: EventId;
  /** Highest event number received when it was requested. */
  readonly heard: EventId;
  /** It is to be asked for again. */
  readonly stale: boolean;
  readonly trail: Trail;
};

/** State that exists for subscribers. */
export type View = {
  readonly phase: 'closed' | 'loading' | 'open';
  readonly watched: boolean;
  /** Parts that are missing before the view is open. */
  readonly missing: readonly Purpose[];
  /** Missing parts that were requested. */
  readonly asked: readonly Purpose[];
  /** Receipts and deletions whose event may be on a page that is being fetched. */
  readonly orphans: readonly Numbered[];
  /** Where the page before the window is; none when the window begins at the beginning. */
  readonly older: string | undefined;
  /** How the pages of events before the window, and those of members, have been followed. */
  readonly trails: { readonly older: Trail; readonly members: Trail };
  /** How often in a row what is missing could not be had. */
  readonly attempt: number;
  /** Reason why we are no longer a member; with it nothing is requested. */
  readonly gone: Gone | undefined;
  /** Number of the latest event about our membership. */
  readonly membership: EventId;
  /** The commands that wait for the older page. */
  readonly loading: readonly Ref[];
  /** Capacity of the window, in events; the oldest are dropped. */
  readonly capacity: number;
};

/** A message on its way. */
export type Outgoing = {
  readonly unsent: Unsent;
  /** The commands that wait for it. */
  readonly commands: readonly Ref[];
  /** Its place in the outbox, as it is stored. */
  readonly order: number;
  /** True for a message of a former page: those are sent first. */
  readonly isAdopted: boolean;
  /** It was sent when this event was the last one; unknown where the sequence had not begun. */
  readonly after?: EventId;
  /** Its answer was lost, and there is no key: the conversation is being looked through for it, or has been. */
  readonly doubt: 'none' | 'open' | 'over';
  /** The service's answer. */
  readonly answer?: Answer;
  /** An own event with the same content that arrived before the response. */
  readonly evidence?: Answer;
};

/** When the service took a message, and under which number. */
export type Answer = { readonly timestamp: Timestamp; readonly id?: EventId };

export type ConversationState = {
  readonly conversation: Conversation;
  readonly setting: LineSetting;
  readonly sequence: Sequence;
  readonly view: View;
  readonly outbox: readonly Outgoing[];
  /** Messages whose arrival is still to be acknowledged; the first is under way while `acknowledging`. */
  readonly arrivals: Timeline<{ readonly id: EventId }>;
  readonly acknowledging: boolean;
};

/** Purpose of a request. */
export type Purpose = 'info' | 'members' | 'newest' | 'older' | 'backfill' | 'send' | 'delivered';

/** Everything that can happen to a conversation. */
export type ConversationInput =
  | { readonly _tag: 'arrived'; readonly event: Numbered }
  | { readonly _tag: 'setting'; readonly setting: LineSetting }
  /** Another user has signed in. */
  | { readonly _tag: 'stranger'; readonly setting: LineSetting }
  | { readonly _tag: 'watch' }
  | { readonly _tag: 'unwatch' }
  | { readonly _tag: 'load-older'; readonly ref: Ref }
  | { readonly _tag: 'send'; readonly ref: Ref; readonly key: string; readonly content: Content }
  | { readonly _tag: 'resend'; readonly ref: Ref; readonly key: string }
  | { readonly _tag: 'unsend'; readonly ref: Ref; readonly key: string }
  | { readonly _tag: 'adopt'; readonly message: StoredMessage }
  /** The conversation as another request or event reported it. */
  | { readonly _tag: 'informed'; readonly info: ConversationInfo }
  | {
      readonly _tag: 'answer';
      readonly purpose: Purpose;
      readonly about?: string;
      readonly result: Either<Fault, unknown>;
    }
  /** Deleted, or closed to us; `event`: number of the event. */
  | { readonly _tag: 'lost'; readonly why: Gone; readonly event?: EventId }
  /** We are in it, invited or joined. */
  | { readonly _tag: 'entered'; readonly event?: EventId }
  | { readonly _tag: 'gap-timeout' | 'release' | 'retry' };

export type ConversationOrder =
  /** `about`: the key of the message that it is for. */
  | { readonly _tag: 'request'; readonly purpose: Purpose; readonly about?: string; readonly request: Request }
  | { readonly _tag: 'keep'; readonly message: StoredMessage }
  | { readonly _tag: 'drop'; readonly key: string };

export type ConversationNews =
  | { readonly _tag: 'event'; readonly event: StreamEvent }
  | { readonly _tag: 'fault'; readonly fault: Fault }
  /** We have left or joined. */
  | { readonly _tag: 'gone' | 'entered'; readonly id: ConversationId };

export type ConversationTransition = Transition<
  ConversationState,
  ConversationOrder | After<ConversationInput> | CancelAfter,
  ConversationNews
>;

/** So many events a window holds, and a page. */
export const pageSize = 100;
export const windowSize = 1_000;

export function newConversation(setting: () => LineSetting) {
  return (id: ConversationId): ConversationState => ({
    conversation: {
      id,
      name: '',
      properties: { customData: {} },
      members: [],
      events: emptyTimeline,
      gaps: [],
      unsent: [],
      history: { before: false, after: false, loading: false },
      sync: 'loading',
    },
    setting: setting(),
    sequence: {
      delivered: undefined,
      ahead: [],
      buffered: emptyTimeline,
      gaps: [],
      highest: 0,
      backfill: undefined,
      waiting: false,
    },
    view: {
      phase: 'closed',
      watched: false,
      missing: [],
      asked: [],
      orphans: [],
      older: undefined,
      trails: { older: noTrail, members: noTrail },
      attempt: 0,
      gone: undefined,
      membership: 0,
      loading: [],
      capacity: windowSize,
    },
    outbox: [],
    arrivals: emptyTimeline,
    acknowledging: false,
  });
}

/** True where requests about it are possible now. */
export function isOpenTo({ setting, view }: ConversationState): boolean {
  return setting.up && view.gone === undefined;
}

/** Nothing of it is under way or looked at: only where we are in its sequence would be forgotten. */
export function isIdle({ view, sequence, outbox, arrivals, acknowledging }: ConversationState): boolean {
  return (
    view.phase === 'closed' &&
    !view.watched &&
    outbox.length === 0 &&
    arrivals.length === 0 &&
    !acknowledging &&
    sequence.backfill === undefined &&
    sequence.buffered.length === 0
  );
}

/*
 * Written field by field, as this runs for each event: an object spread costs about 400 ns, this 20.
 */

/** The same record, elsewhere in its sequence. */
export function withSequence(record: ConversationState, sequence: Sequence): ConversationState {
  return {
    conversation: record.conversation,
    setting: record.setting,
    sequence,
    view: record.view,
    outbox: record.outbox,
    arrivals: record.arrivals,
    acknowledging: record.acknowledging,
  };
}

/** The same record, showing something else. */
export function withConversation(record: ConversationState, conversation: Conversation): ConversationState {
  return {
    conversation,
    setting: record.setting,
    sequence: record.sequence,
    view: record.view,
    outbox: record.outbox,
    arrivals: record.arrivals,
    acknowledging: record.acknowledging,
  };
}

/** One step further in the sequence, with nothing between. */
export function deliveredUpTo(sequence: Sequence, delivered: EventId): Sequence {
  return {
    delivered,
    ahead: sequence.ahead,
    buffered: sequence.buffered,
    gaps: sequence.gaps,
    highest: Math.max(sequence.highest, delivered),
    backfill: sequence.backfill,
    waiting: sequence.waiting,
  };
}
