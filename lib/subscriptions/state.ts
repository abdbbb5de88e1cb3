import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Failure, Millis } from '../core/port.js';
import { transition, type After, type CancelAfter, type Transition } from '../core/transition.js';
import type { Lamp } from './model.js';
import type { Grant, Notice, Package, WatchReport } from './port.js';

/** Public value: content, state of the subscription, fault. */
export type View<C> = C & {
  readonly uri: string;
  readonly watching: Lamp['watching'];
  readonly fault?: Fault;
};

/** The specifics of one event package. */
export type EventPackage<C> = {
  readonly package: Package;
  /** Content before the first NOTIFY. */
  readonly empty: C;
  /** Content after this NOTIFY: the same reference where nothing has changed. */
  readonly learn: (content: C, notice: Notice) => C;
};

/** A subscription that the server has granted. */
export type SubscriptionState = {
  readonly since: Millis;
  /** Expiry of the subscription. */
  readonly until: Millis;
  /** Time of the next refresh. */
  readonly renewal: Millis;
  /** `version` of the last document. RFC 4235 §4.1.1. */
  readonly version: number | undefined;
};

/** State of one subscription. */
export type WatchState<C> = {
  readonly content: C;
  readonly watching: Lamp['watching'];
  readonly fault: Fault | undefined;
  /** The public value; replaced only when a part has changed. */
  readonly shown: View<C>;
  /** True while there is a subscriber. */
  readonly viewed: boolean;
  /** True while there is a subscriber, and for 5 s after the last one. */
  readonly wanted: boolean;
  /** True while the line is up. */
  readonly up: boolean;
  readonly standing: SubscriptionState | undefined;
  /** Number of the latest SUBSCRIBE; outcomes of earlier ones are ignored. */
  readonly asked: number;
  readonly askedAt: Millis;
  /** True while its response is pending. */
  readonly pending: boolean;
  /** True in the subscription state `pending`: accepted, but not authorised yet. */
  readonly unauthorized: boolean;
  /** True after a NOTIFY of the current subscription. */
  readonly heard: boolean;
  /** Failures in a row, for the backoff. */
  readonly attempt: number;
  /** Time of the last immediate resubscription. */
  readonly renewedAt: Millis | undefined;
  /** The lifetime that is asked for, in seconds. */
  readonly expires: number;
};

/** Inputs of a subscription. */
export type WatchInput =
  | { readonly _tag: 'viewed' }
  | { readonly _tag: 'unviewed' }
  | { readonly _tag: 'line'; readonly up: boolean; readonly leaving?: boolean }
  | { readonly _tag: 'answered'; readonly nth: number; readonly result: Either<Failure, Grant> }
  | WatchReport
  /** 5 s after the last subscriber: unsubscribe. */
  | { readonly _tag: 'leave' }
  /** The retry timer. */
  | { readonly _tag: 'ask' }
  /** The response or the first NOTIFY is missing. */
  | { readonly _tag: 'silence'; readonly nth: number };

export type WatchRequest =
  | { readonly _tag: 'subscribe'; readonly nth: number; readonly expires: number; readonly anew: boolean }
  | { readonly _tag: 'unsubscribe' };

export type WatchTransition<C> = Transition<WatchState<C>, WatchRequest | After<WatchInput> | CancelAfter, Fault>;

/** Requested Expires, in seconds. RFC 4235 §3.4. */
const lifetime = 3_600;

/** The initial state. */
export function newWatch<C>({ empty }: EventPackage<C>, uri: string, up: boolean): WatchState<C> {
  return {
    content: empty,
    watching: 'no',
    fault: undefined,
    shown: { ...empty, uri, watching: 'no' },
    viewed: false,
    wanted: false,
    up,
    standing: undefined,
    asked: 0,
    askedAt: 0,
    pending: false,
    unauthorized: false,
    heard: false,
    attempt: 0,
    renewedAt: undefined,
    expires: lifetime,
  };
}

/** Rebuilds the public state where a part of it has changed. */
export function projected<C>(record: WatchState<C>, before: WatchState<C>): WatchState<C> {
  const { content, watching, fault } = record;
  const { uri } = before.shown;
  return content === before.content && watching === before.watching && isSame(fault, before.fault)
    ? record
    : { ...record, shown: { ...content, uri, watching, ...(fault === undefined ? {} : { fault }) } };
}

function isSame(a: Fault | undefined, b: Fault | undefined): boolean {
  return a?.code === b?.code && a?.statusCode === b?.statusCode;
}

/** No change. */
export function stay<C>(record: WatchState<C>): WatchTransition<C> {
  return transition(record);
}
