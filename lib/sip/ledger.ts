import { fault } from '../core/fault.js';
import type { Either } from '../core/either.js';
import type { PendingRequests } from '../core/pending-requests.js';
import type { Failure } from '../core/port.js';

/** Gives the outcome of one order; only the first time counts. */
export type Settle<A = unknown> = (result: Either<Failure, A>) => void;

/** Orders without an outcome. The owner is the id of a call, or `LINE`. */
export type PendingOrders = PendingRequests<string, Either<Failure, unknown>>;

/** The owner of what belongs to no call. */
export const LINE = '';

/** A failure that says no more than its code. */
export const failed = (...details: Parameters<typeof fault>): { readonly fault: ReturnType<typeof fault> } => ({
  fault: fault(...details),
});
