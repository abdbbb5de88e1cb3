import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import { transition, type After, type CancelAfter, type Transition } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import type { Lamp } from './model.js';
import type { Grant, Notice, Package, WatchReport } from './port.js';

/** What everybody sees: what is known, and whether it is kept up to date. */
export type View<C> = C & {
  readonly uri: string;
  readonly watching: Lamp['watching'];
  readonly fault?: Fault;
};

/** What is peculiar to one package. */
export type EventPackage<C> = {
  readonly package: Package;
  /** What is known before the server has said anything. */
  readonly empty: C;
  /** What is known after this notice: the same reference when it says nothing new. */
  readonly learn: (content: C, notice: Notice) => C;
};

/** A subscription that the server has granted. */
export type SubscriptionState = {
  readonly since: Millis;
  /** When it runs out. */
  readonly until: Millis;
  /** When it is asked for again. */
  readonly renewal: Millis;
  /** The version of the last notice that was taken in. RFC 4235 §4.1.1. */
  readonly version: number | undefined;
};

/** One thing that is watched. */
export type WatchState<C> = {
  readonly content: C;
  readonly watching: Lamp['watching'];
  readonly fault: Fault | undefined;
  /** The three above as one value, which is another one only when one of them is. */
  readonly shown: View<C>;
  /** Whether somebody looks. */
  readonly viewed: boolean;
  /** Whether somebody looks, or has looked a moment ago. */
  readonly wanted: boolean;
  /** Whether the line is up. */
  readonly up: boolean;
  readonly standing: SubscriptionState | undefined;
  /** So many times the server was asked; only the answer to the last one counts. */
  readonly asked: number;
  readonly askedAt: Millis;
  /** Whether this answer is still to come. */
  readonly pending: boolean;
  /** Whether the server has said that it has let us in, but may not tell us yet. */
  readonly unauthorized: boolean;
  /** Whether a notification has come since a subscription was asked for anew. */
  readonly heard: boolean;
  /** How often in a row it has failed. */
  readonly attempt: number;
  /** When an ended subscription was last asked for anew at once. */
  readonly renewedAt: Millis | undefined;
  /** The lifetime that is asked for, in seconds. */
  readonly expires: number;
};

/** Everything that can happen to it. */
export type WatchInput =
  | { readonly _tag: 'viewed' }
  | { readonly _tag: 'unviewed' }
  | { readonly _tag: 'line'; readonly up: boolean; readonly leaving?: boolean }
  | { readonly _tag: 'answered'; readonly nth: number; readonly result: Either<Failure, Grant> }
  | WatchReport
  /** The grace after the last viewer is over. */
  | { readonly _tag: 'leave' }
  /** It is time to ask again. */
  | { readonly _tag: 'ask' }
  /** The server has had its time to answer and to notify. */
  | { readonly _tag: 'silence'; readonly nth: number };

export type WatchRequest =
  | { readonly _tag: 'subscribe'; readonly nth: number; readonly expires: number; readonly anew: boolean }
  | { readonly _tag: 'unsubscribe' };

export type WatchTransition<C> = Transition<WatchState<C>, WatchRequest | After<WatchInput> | CancelAfter, Fault>;

/** An hour is asked for; RFC 4235 §3.4 and RFC 3842 §3.4 suggest as much. In seconds. */
const lifetime = 3_600;

/** Nobody looks at it, and nothing of it is known. */
export const newWatch = <C>({ empty }: EventPackage<C>, uri: string, up: boolean): WatchState<C> => ({
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
});

/** The same, with what is shown made of its parts again where one of them says something else. */
export const projected = <C>(record: WatchState<C>, before: WatchState<C>): WatchState<C> => {
  const { content, watching, fault } = record;
  const { uri } = before.shown;
  return content === before.content && watching === before.watching && isSame(fault, before.fault)
    ? record
    : { ...record, shown: { ...content, uri, watching, ...(fault === undefined ? {} : { fault }) } };
};

const isSame = (a: Fault | undefined, b: Fault | undefined): boolean =>
  a?.code === b?.code && a?.statusCode === b?.statusCode;

/** Nothing comes of it. */
export const stay = <C>(record: WatchState<C>): WatchTransition<C> => transition(record);
