import type { Millis } from './units.js';

/** How long to wait between attempts. */
export type Backoff = {
  /** The ceiling of the first wait. */
  readonly first: Millis;
  /** The ceiling of all waits. */
  readonly ceiling: Millis;
  /** How long a connection must stand before the waits start small again. */
  readonly stableAfter: Millis;
};

/** Half a second, doubled up to half a minute; small again after ten good seconds. */
export const defaultBackoff: Backoff = { first: 500, ceiling: 30_000, stableAfter: 10_000 };

/**
 * Exponential with full jitter: anything from nothing to `first × 2^attempt`, never more than the ceiling, so that
 * many clients that lost one server do not return together.
 */
export const backoffDelay = ({ first, ceiling }: Backoff, attempt: number, random: number): Millis =>
  Math.round(random * Math.min(ceiling, first * 2 ** attempt));
