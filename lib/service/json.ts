import { left, right, type Either } from '../core/either.js';

/** More is not read, in characters. */
const longest = 10 * 1024 * 1024;
/** More is not read: whoever walks through it, be it `JSON.stringify`, would run out of stack. */
const deepest = 512;
/** More is not sent: around it are the event, and the page on which that comes back. */
export const deepestSent: number = deepest - 12;
/** A page of a hundred events, each as large as an event may be; also a login, with all that was missed. */
const longestAnswer = 256 * 1024 * 1024;

/** Text from outside as a value, or why it is none. Its keys are own properties, `__proto__` as any other. */
export const parseJson = (text: string, depth = deepest): Either<string, unknown> => {
  if (text.length > longest) return left('it is too long');
  return isDeep(text, depth) ? left(tooDeep) : parsed(text);
};

/** An answer, or a login, as a value. How deep a part of it is, is for whoever takes it to see: one must not take others with it. */
export const parseAnswer = (text: string): Either<string, unknown> =>
  text.length > longestAnswer ? left('it is too long') : parsed(text);

export const tooDeep = 'it is nested too deeply';

const parsed = (text: string): Either<string, unknown> => {
  try {
    return right(JSON.parse(text) as unknown);
  } catch {
    return left('it is no JSON');
  }
};

/** Whether a value is nested more deeply than may be read. */
export const isTooDeep = (value: unknown, depth = deepest): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some(inner => isTooDeep(inner, depth - 1)));

/** The same of the text of one. */
export const isDeep = (text: string, most: number): boolean => {
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
};

const QUOTE = 0x22;

/** Where the quotes close that open at `from`; the end of everything, where they do not. */
const endOfText = (text: string, from: number): number => {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
};
