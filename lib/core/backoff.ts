import type { Millis } from './port.js';

/** Delays between attempts, in ms. */
export type Backoff = {
  /** Maximum of the first delay. */
  readonly first: Millis;
  /** Maximum of every delay. */
  readonly ceiling: Millis;
  /** A connection that was up for this long resets the delays. */
  readonly stableAfter: Millis;
};

/** 0.5 s, doubled up to 30 s; reset by a connection of 10 s. */
export const defaultBackoff: Backoff = { first: 500, ceiling: 30_000, stableAfter: 10_000 };

/**
 * Exponential backoff with full jitter: a random delay from 0 to `first × 2^attempt`, at most the ceiling, so that clients
 * that lost the same server don't reconnect at once.
 */
export function backoffDelay({ first, ceiling }: Backoff, attempt: number, random: number): Millis {
  return Math.round(random * Math.min(ceiling, first * 2 ** attempt));
}
