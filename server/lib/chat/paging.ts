/** Pages: what a request asks for, and the links to what lies on either side. */
import { invalid, problem, type Invalid, type Reply } from './reply.js';
import type { Json } from './model.js';
import type { Slice } from './storage.js';
import type { JsonObject } from './json.js';

/** A position between two rows, as a cursor. */
interface Cursor {
  readonly order: Slice['order'];
  /** `next`: what comes after the place, in that order; `prev`: what comes before it. */
  readonly side: 'next' | 'prev';
  readonly place: Json;
}

/** A request for a page. */
export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly order: Slice['order'];
  readonly size: number;
  readonly cursor: Cursor | undefined;
}

/** Where the rows come from. */
export interface Source<T, P extends Json> {
  /** Rows strictly after a place in the direction of `order`; without a place from the beginning of that direction. */
  readonly load: (slice: Slice & { readonly after?: P }) => Promise<readonly T[]>;
  readonly placeOf: (row: T) => P;
  readonly isPlace: (value: Json) => value is P;
  /** Where the first page begins, if not at an end: strictly after this. */
  readonly start?: P;
}

/** A page with its rows. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly size: number;
  readonly links: JsonObject;
}

const usualSize = 10;
const mostSize = 100;

/** Reads `order`, `page_size` and `cursor`. */
export function askedOf(path: string, query: URLSearchParams): Asked | Reply {
  const wrong: Invalid[] = [];
  const given = query.get('order')?.toLowerCase();
  if (given !== undefined && given !== 'asc' && given !== 'desc')
    wrong.push({ name: 'order', reason: 'must be ASC or DESC' });
  const size = query.has('page_size') ? Number(query.get('page_size')) : usualSize;
  if (!Number.isInteger(size) || size < 1 || size > mostSize)
    wrong.push({ name: 'page_size', reason: `must be a whole number from 1 to ${mostSize}` });
  if (wrong.length > 0) return invalid(...wrong);
  const text = query.get('cursor');
  const cursor = text === null ? undefined : decoded(text);
  const order = given === 'asc' || given === 'desc' ? given : (cursor?.order ?? 'asc');
  if (text !== null && cursor?.order !== order) return badCursor();
  return { path, query, order, size, cursor };
}

/** The page that was asked for. Rows that come into being meanwhile move nothing: a cursor is a place, not a count. */
export async function pageOf<T, P extends Json>(asked: Asked, source: Source<T, P>): Promise<Page<T> | Reply> {
  const { order, size, cursor } = asked;
  const { load, placeOf, isPlace, start } = source;
  const opposite = order === 'asc' ? 'desc' : 'asc';
  const place = cursor ? cursor.place : (start ?? null);
  if (place !== null && !isPlace(place)) return badCursor();
  const after = place === null ? {} : { after: place };
  const back = cursor?.side === 'prev';
  const found = await load({ order: back ? opposite : order, limit: size + 1, ...after });
  const rows = found.slice(0, size);
  if (back) rows.reverse();
  const more = found.length > size;
  const [first, last] = [rows[0], rows.at(-1)];
  const earlier = back ? more : first !== undefined && place !== null && (await isAfter(placeOf(first)));
  const later = back || more;

  async function isAfter(placeOfFirst: P): Promise<boolean> {
    return (await load({ order: opposite, limit: 1, after: placeOfFirst })).length > 0;
  }
  const link = (side: Cursor['side'], row: T | undefined): JsonObject =>
    row === undefined ? {} : { [side]: { href: hrefOf(asked, { order, side, place: placeOf(row) }) } };
  return {
    rows,
    size,
    links: {
      first: { href: hrefOf(asked) },
      self: { href: hrefOf(asked, cursor) },
      ...(earlier ? link('prev', first) : {}),
      ...(later ? link('next', last) : {}),
    },
  };
}

/** The answer with a page in it. */
export function pageReply(name: string, { size, links }: Page<unknown>, rows: readonly JsonObject[]): Reply {
  return { status: 200, body: { page_size: size, _embedded: { [name]: rows }, _links: links } };
}

function badCursor(): Reply {
  return problem(400, 'paginator-builder:error:invalid-cursor', 'The cursor is not one of this list.');
}

/** The existing client takes what stands after `cursor=` as it is, so it must need no decoding. */
function hrefOf({ path, query, order, size }: Asked, cursor?: Cursor): string {
  const params = new URLSearchParams(query);
  params.delete('cursor');
  params.set('order', order.toUpperCase());
  params.set('page_size', String(size));
  if (cursor) params.set('cursor', Buffer.from(JSON.stringify(cursor)).toString('base64url'));
  return `${path}?${params.toString()}`;
}

function decoded(text: string): Cursor | undefined {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Cursor> | null;
    const { order, side, place } = value ?? {};
    if ((order !== 'asc' && order !== 'desc') || (side !== 'next' && side !== 'prev') || place === undefined)
      return undefined;
    return { order, side, place };
  } catch {
    return undefined;
  }
}
