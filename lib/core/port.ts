import type { Observable } from 'rxjs';
import type { Either } from './either.js';
import type { Fault } from './fault.js';
import type { Millis, Ref } from './units.js';

/**
 * One outside, as one stream in and one function out.
 *
 * `report$` is everything the outside tells us, in order. It is cold: subscribing starts the adapter, unsubscribing
 * releases everything. `perform` is everything we can ask for; it never answers and never throws.
 * An adapter makes one attempt and never waits, queues or tries again: whatever involves time is the core's.
 */
export interface Adapter<Order, Report> {
  readonly report$: Observable<Report>;
  perform(order: Order): void;
}

/** Why an order failed, with what the core needs to decide about a second try. */
export type Failure = {
  readonly fault: Fault;
  /** The far side asks to wait this long (Retry-After). */
  readonly retryAfter?: Millis;
  /** The least lifetime, in seconds, that a registrar accepts (423, Min-Expires). */
  readonly minExpires?: number;
};

/** The outcome of an order that carried a `ref`: exactly one per ref. */
export type Done<A = unknown> = { readonly _tag: 'done'; readonly ref: Ref; readonly result: Either<Failure, A> };

/** Whatever JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** Custom data: an object, whatever is in it. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * What becomes of a command: one `Either`, then completion. Never errors.
 *
 * The command has started already, exactly once; subscribing, also later or again, only reads the outcome.
 */
export type Outcome<A> = Observable<Either<Fault, A>>;
