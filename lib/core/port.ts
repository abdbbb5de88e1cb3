import type { Observable } from 'rxjs';
import type { Either } from './either.js';
import type { Fault } from './fault.js';

/** Milliseconds: a duration, or a time since the epoch. */
export type Millis = number;

/** Identifies an order or a command; its outcome carries the same. */
export type Ref = string;

/**
 * A port: one stream in, one function out.
 *
 * `report$` is cold: subscribing starts the adapter, unsubscribing releases its resources. `perform` returns nothing and never
 * throws. An adapter makes one attempt and never waits, queues or retries; time belongs to the core.
 */
export interface Adapter<Order, Report> {
  readonly report$: Observable<Report>;
  perform(order: Order): void;
}

/** Why an order failed, and what the core needs to decide about a retry. */
export type Failure = {
  readonly fault: Fault;
  /** Retry-After, in ms. */
  readonly retryAfter?: Millis;
  /** Min-Expires of a 423, in seconds. */
  readonly minExpires?: number;
};

/** The outcome of an order with a `ref`: exactly one for each. */
export type Done<A = unknown> = { readonly _tag: 'done'; readonly ref: Ref; readonly result: Either<Failure, A> };

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object, such as custom data. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * The outcome of a command: emits one `Either`, then completes. Never errors. Replays.
 *
 * The command has started already, exactly once; a subscription only reads the outcome.
 */
export type Outcome<A> = Observable<Either<Fault, A>>;
