/** Reads the fields of a JSON object, and collects what is wrong with them. */
import { invalid, type Invalid, type Reply } from './reply.js';
import type { Json } from './model.js';
import type { JsonObject } from './json.js';

/** A reader; each of its functions gives `undefined` for what is absent or wrong. */
export interface Check {
  /** A text that is not empty. */
  readonly name: (field: string) => string | undefined;
  /** The same where it has to be there; `''` if it is not. */
  readonly must: (field: string) => string;
  readonly text: (field: string) => string | undefined;
  readonly number: (field: string) => number | undefined;
  readonly object: (field: string) => JsonObject | undefined;
  /** The fields of an object within; an absent one is empty. */
  readonly within: (field: string) => Check;
  /** `null` stands for itself: it clears what is stored. */
  readonly orNull: <T>(field: string, read: (field: string) => T | undefined) => T | null | undefined;
  /** Whatever it is. */
  readonly value: (field: string) => Json | undefined;
  readonly refuse: (field: string, reason: string) => void;
  /** The refusal, if something was wrong. */
  readonly failed: () => Reply | undefined;
}

/** True for a JSON object. */
export function isWords(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON number. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** A reader of `value`, which is wrong as a whole if it is not an object. */
export function createCheck(value: unknown, path = '', found: Invalid[] = []): Check {
  const words = isWords(value) ? value : {};
  if (!isWords(value)) found.push({ name: path || 'body', reason: 'must be an object' });

  const nameOf = (field: string): string => (path ? `${path}.${field}` : field);
  const of = (field: string): Json | undefined => (Object.hasOwn(words, field) ? words[field] : undefined);

  function refuse(field: string, reason: string): void {
    found.push({ name: nameOf(field), reason });
  }

  function read<T extends Json>(field: string, right: (value: Json) => value is T, what: string): T | undefined {
    const given = of(field);
    if (given === undefined || right(given)) return given;
    refuse(field, `must be ${what}`);
    return undefined;
  }

  return {
    must: field => {
      if (of(field) === undefined) refuse(field, 'is missing');
      return read(field, isName, 'a string that is not empty') ?? '';
    },
    name: field => read(field, isName, 'a string that is not empty'),
    text: field => read(field, isText, 'a string'),
    number: field => read(field, isNumber, 'a number'),
    object: field => read(field, isWords, 'an object'),
    within: field => createCheck(of(field) ?? {}, nameOf(field), found),
    orNull: (field, read) => (of(field) === null ? null : read(field)),
    value: of,
    refuse,
    failed: () => (found.length > 0 ? invalid(...found) : undefined),
  };
}

const isText = (value: Json): value is string => typeof value === 'string';
const isName = (value: Json): value is string => isText(value) && value.trim() !== '';
