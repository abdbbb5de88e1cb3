import { fault, type Fault } from '../core/fault.js';
import type { Page } from './model.js';

/** How a list that comes in pages has been followed so far. */
export type Trail = {
  /** The cursors that were asked for. */
  readonly cursors: readonly string[];
  /** So many pages in a row have had nothing on them. */
  readonly idle: number;
};

export const noTrail: Trail = { cursors: [], idle: 0 };

/** So many pages in a row may have nothing on them before it is believed that there is no end to them. */
const maxEmptyPages = 15;

/** The continuation of a page. Only an absent cursor is an end; a loop of cursors is a fault. */
export type Onward =
  | { readonly _tag: 'end' }
  | { readonly _tag: 'more'; readonly cursor: string; readonly trail: Trail }
  | { readonly _tag: 'astray'; readonly fault: Fault };

export function onward({ cursors, idle }: Trail, { items, nextCursor }: Page<unknown>): Onward {
  if (nextCursor === undefined) return { _tag: 'end' };
  const trail = { cursors: [...cursors, nextCursor], idle: items.length > 0 ? 0 : idle + 1 };
  return cursors.includes(nextCursor) || trail.idle > maxEmptyPages
    ? { _tag: 'astray', fault: fault('bad-answer', { message: 'The pages of a list lead nowhere.' }) }
    : { _tag: 'more', cursor: nextCursor, trail };
}
