/** Slices as SQL: where they begin, which way they go, and where they end. */
import type { Slice } from '../storage.js';

/** `asc` or `desc`, and what a row is to the place that it comes after. */
export function wayOf({ order }: Slice): { readonly order: string; readonly beyond: string } {
  return order === 'asc' ? { order: 'asc', beyond: '>' } : { order: 'desc', beyond: '<' };
}

/** `null` is no limit. */
export function limitOf({ limit }: Slice): number | null {
  return Number.isFinite(limit) ? Math.max(Math.floor(limit), 0) : null;
}

/** The first whole number of a slice that begins with this one; a `bigint` has no fractions and comes to an end. */
export function startOf(value: number, { order }: Slice): number {
  return limited(order === 'asc' ? Math.ceil(value) : Math.floor(value));
}

/** The last whole number before a slice that begins after this one. */
export function afterOf(value: number, { order }: Slice): number {
  return limited(order === 'asc' ? Math.floor(value) : Math.ceil(value));
}

/** The number of an event, or 0, which no event has. */
export function numberOf(value: number): number {
  return Number.isSafeInteger(value) ? value : 0;
}

function limited(value: number): number {
  return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
