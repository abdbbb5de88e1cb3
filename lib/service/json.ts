import { left, right, type Either } from '../kernel/either.js';

/** More is not read, in characters. */
const longest = 10 * 1024 * 1024;
/** More is not read: whoever walks through it, be it `JSON.stringify`, would run out of stack. */
const deepest = 512;

/** Text from outside as a value, or why it is none. Its keys are own properties, `__proto__` as any other. */
export const parseJson = (text: string): Either<string, unknown> => {
  if (text.length > longest) return left('it is too long');
  // Only what is long enough can be too deep.
  if (text.length > 2 * deepest && isDeep(text)) return left('it is nested too deeply');
  try {
    return right(JSON.parse(text) as unknown);
  } catch {
    return left('it is no JSON');
  }
};

const isDeep = (text: string): boolean => {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      at = endOfText(text, at);
    } else if (character === 0x5b || character === 0x7b) {
      depth += 1;
      if (depth > deepest) return true;
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
