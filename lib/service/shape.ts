import * as G from '#io-ts/Guard';
import { left, right, type Either } from '../core/either.js';

/**
 * A codec of what comes from the service: a guard of io-ts, which is the fast way to a yes, and the way to a no that says
 * where. Only what is required stands in a shape; whatever else is there is read leniently, or not at all.
 */
export type Shape<A> = G.Guard<unknown, A> & { readonly wrong: (value: unknown) => string };

/** A JSON object before anything is known about it. */
export type Words = { readonly [key: string]: unknown };

const leaf = <A>({ is }: G.Guard<unknown, A>): Shape<A> => ({ is, wrong: () => '' });

export const isWords: (value: unknown) => value is Words = G.UnknownRecord.is;
export const text: Shape<string> = /*#__PURE__*/ leaf(G.string);
export const list: Shape<unknown[]> = /*#__PURE__*/ leaf(G.UnknownArray);
/** It must be there; what it is does not matter. */
export const anything: Shape<unknown> = /*#__PURE__*/ leaf({ is: (_): _ is unknown => true });

export const struct = <A>(fields: { readonly [Key in keyof A]: Shape<A[Key]> }): Shape<{
  readonly [Key in keyof A]: A[Key];
}> => ({
  is: (value): value is A => {
    if (!isWords(value)) return false;
    for (const key in fields) if (!(key in value && fields[key].is(value[key]))) return false;
    return true;
  },
  wrong: value => {
    if (!isWords(value)) return '';
    const [key, field] = Object.entries<Shape<unknown>>(fields).find(
      ([name, { is }]) => !Object.hasOwn(value, name) || !is(value[name]),
    ) ?? ['', anything];
    return key === '' ? '' : `.${key}${field.wrong(value[key])}`;
  },
});

/** The value as what it is taken for, or the path at which it is not. */
export const decode = <A>(shape: Shape<A>, value: unknown): Either<string, A> =>
  shape.is(value) ? right(value) : left(shape.wrong(value).slice(1));

/** Whether a URL can carry it: half of a surrogate pair has no bytes. */
export const isCarried = (value: string): boolean => !/\p{Surrogate}/u.test(value);
/** A name by which something is asked for again. */
export const name: Shape<string> = /*#__PURE__*/ leaf({
  is: (value): value is string => G.string.is(value) && isCarried(value),
});

/** A name that stands in a path: dots alone would climb out of it. */
export const key: Shape<string> = /*#__PURE__*/ leaf({
  is: (value): value is string => name.is(value) && /^(?!\.{1,2}$)./s.test(value),
});

/** What may be absent, and is when it is null or of another type. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Ids of events are whole numbers, not negative; some servers write them as text. */
export const idOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
};
export const eventId: Shape<unknown> = /*#__PURE__*/ leaf({ is: (id): id is unknown => idOf(id) !== undefined });
