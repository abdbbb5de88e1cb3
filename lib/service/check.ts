import * as G from '#io-ts/Guard';
import { isRight } from '../core/either.js';
import type { Problem } from '../core/fault.js';
import { deepestSent, parseJson } from './json.js';
import { isCarried, isWords } from './shape.js';

/** What is wrong with one parameter, and with what is in it. Its name is told, and what it should be; never what it is. */
export type Check = (value: unknown, name: string) => readonly Problem[];

/** The codec of a parameter, and how to call what it accepts. */
const be =
  ({ is }: G.Guard<unknown, unknown>, reason: string): Check =>
  (value, name) =>
    is(value) ? [] : [{ name, reason }];

export const optional =
  (check: Check): Check =>
  (value, name) =>
    value === undefined ? [] : check(value, name);

/** `null` clears. */
export const clearable =
  (check: Check): Check =>
  (value, name) =>
    value === undefined || value === null ? [] : check(value, name);

export const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, name) =>
    isWords(value)
      ? Object.entries(checks).flatMap(([key, check]) => check(value[key], name === '' ? key : `${name}.${key}`))
      : [{ name, reason: 'an object' }];

/** One of several, told apart by a field. */
export const oneOf =
  (tag: string, cases: ReadonlyMap<unknown, Check>): Check =>
  (value, name) => {
    if (!isWords(value)) return [{ name, reason: 'an object' }];
    const check = cases.get(value[tag]);
    return check === undefined
      ? [{ name: name === '' ? tag : `${name}.${tag}`, reason: [...cases.keys()].join(', ') }]
      : check(value, name);
  };

const refined = <A>(guard: G.Guard<unknown, A>, is: (value: A) => boolean): G.Guard<unknown, A> => ({
  is: (value): value is A => guard.is(value) && is(value),
});

export const text = be(G.string, 'a string');
export const flag = be(G.boolean, 'true or false');
/** Dots alone would climb out of the path that it stands in, and half of a character has no place in it. */
export const id = be(
  refined(G.string, value => value.trim() !== '' && !/^\.{1,2}$/.test(value) && isCarried(value)),
  'a string that is not empty',
);
export const matching = (pattern: RegExp, reason: string): Check =>
  be(
    refined(G.string, value => pattern.test(value)),
    reason,
  );
export const whole = (least: number, most: number, reason: string): Check =>
  be(
    refined(G.number, value => Number.isInteger(value) && value >= least && value <= most),
    reason,
  );
export const number = whole(0, Number.MAX_SAFE_INTEGER, 'a whole number, not negative');
export const among = (...words: readonly string[]): Check =>
  be(
    refined(G.string, value => words.includes(value)),
    words.join(' or '),
  );

const strings: G.Guard<unknown, string[]> = {
  is: (value): value is string[] => G.UnknownArray.is(value) && value.every(G.string.is),
};
export const texts = be(strings, 'a list of strings');
export const types = be(
  refined(strings, list => list.length <= 5 && list.every(one => /^[^,]+$/.test(one) && isCarried(one))),
  'at most five types',
);

const safe = (base?: string): Check =>
  be(
    refined(G.string, value => {
      try {
        return /^https?:$/.test(new URL(value, base).protocol);
      } catch {
        return false;
      }
    }),
    'an http: or https: URL',
  );

/** `javascript:` and the like would run wherever it is shown. */
export const link = /*#__PURE__*/ safe();
/** May be relative to the page that shows it, as in the document's own example. */
export const picture = /*#__PURE__*/ safe('https://page.invalid');

/** The existing client takes the text of an object too. */
export const custom = be(
  {
    is: (value): value is unknown => {
      if (typeof value !== 'string') return isWords(value);
      const parsed = parseJson(value, deepestSent);
      return isRight(parsed) && isWords(parsed.right);
    },
  },
  'a JSON object, or the text of one',
);
