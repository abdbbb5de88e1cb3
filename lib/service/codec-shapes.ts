import * as G from '#io-ts/Guard';
import { left, right, type Either } from '../core/either.js';

/** More is not read, in characters. */
const longest = 10 * 1024 * 1024;
/** Nesting limit: recursion over deeper values, as in `JSON.stringify`, overflows the stack. */
const deepest = 512;
/** More is not sent: around it are the event, and the page on which that comes back. */
export const deepestSent: number = deepest - 12;
/** A page of a hundred events, each as large as an event may be; also a login, with all that was missed. */
const longestAnswer = 256 * 1024 * 1024;

/** Parses JSON, or returns the error. Keys are own properties, also `__proto__`. */
export function parseJson(text: string, depth = deepest): Either<string, unknown> {
  if (text.length > longest) return left('it is too long');
  return isDeep(text, depth) ? left(tooDeep) : parsed(text);
}

/**
 * Parses a response or login. The depth of its parts is checked where they are decoded, so that one does not reject the
 * others.
 */
export function parseAnswer(text: string): Either<string, unknown> {
  return text.length > longestAnswer ? left('it is too long') : parsed(text);
}

export const tooDeep = 'it is nested too deeply';

function parsed(text: string): Either<string, unknown> {
  try {
    return right(JSON.parse(text) as unknown);
  } catch {
    return left('it is no JSON');
  }
}

/** True when a value is nested deeper than the limit. */
export function isTooDeep(value: unknown, depth = deepest): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (depth === 0 || Object.values(value).some(inner => isTooDeep(inner, depth - 1)))
  );
}

/** The same of the text of one. */
export function isDeep(text: string, most: number): boolean {
  // Only what is long enough can be too deep.
  if (text.length <= 2 * most) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      at = endOfText(text, at);
    } else if (character === 0x5b || character === 0x7b) {
      depth += 1;
      if (depth > most) return true;
    } else if (character === 0x5d || character === 0x7d) {
      depth -= 1;
    }
  }
  return false;
}

const QUOTE = 0x22;

/** Where the quotes close that open at `from`; the end of everything, where they do not. */
function endOfText(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

/**
 * A codec of what comes from the service: a guard of io-ts, which is the fast way to a yes, and the way to a no that says
 * where. Only what is required stands in a shape; whatever else is there is read leniently, or not at all.
 */
export type Shape<A> = G.Guard<unknown, A> & { readonly wrong: (value: unknown) => string };

/** A JSON object before anything is known about it. */
export type Fields = { readonly [key: string]: unknown };

function leaf<A>({ is }: G.Guard<unknown, A>): Shape<A> {
  return { is, wrong: () => '' };
}

export const isFields: (value: unknown) => value is Fields = G.UnknownRecord.is;
export const text: Shape<string> = /*#__PURE__*/ leaf(G.string);
export const list: Shape<unknown[]> = /*#__PURE__*/ leaf(G.UnknownArray);
/** It must be there; what it is does not matter. */
export const anything: Shape<unknown> = /*#__PURE__*/ leaf({ is: (_): _ is unknown => true });

export function struct<A>(fields: { readonly [Key in keyof A]: Shape<A[Key]> }): Shape<{
  readonly [Key in keyof A]: A[Key];
}> {
  return {
    is: (value): value is A => {
      if (!isFields(value)) return false;
      for (const key in fields) if (!(key in value && fields[key].is(value[key]))) return false;
      return true;
    },
    wrong: value => {
      if (!isFields(value)) return '';
      const [key, field] = Object.entries<Shape<unknown>>(fields).find(
        ([name, { is }]) => !Object.hasOwn(value, name) || !is(value[name]),
      ) ?? ['', anything];
      return key === '' ? '' : `.${key}${field.wrong(value[key])}`;
    },
  };
}

/** The value as what it is taken for, or the path at which it is not. */
export function decode<A>(shape: Shape<A>, value: unknown): Either<string, A> {
  return shape.is(value) ? right(value) : left(shape.wrong(value).slice(1));
}

/** True when a URL can carry the text: a lone surrogate has no UTF-8 encoding. */
export function isCarried(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}
/** A name by which something is asked for again. */
export const name: Shape<string> = /*#__PURE__*/ leaf({
  is: (value): value is string => G.string.is(value) && isCarried(value),
});

/** A name that stands in a path: dots alone would climb out of it. */
export const key: Shape<string> = /*#__PURE__*/ leaf({
  is: (value): value is string => name.is(value) && /^(?!\.{1,2}$)./s.test(value),
});

/** An optional property; null and values of another type count as absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Ids of events are whole numbers, not negative; some servers write them as text. */
export function idOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
export const eventId: Shape<unknown> = /*#__PURE__*/ leaf({ is: (id): id is unknown => idOf(id) !== undefined });
