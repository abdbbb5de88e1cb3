import { randomUUID } from 'node:crypto';

/** Prefix of an id, by its kind. */
export type IdKind = 'USR' | 'CON' | 'MEM' | 'SES' | 'NAM' | 'LEG' | 'KNK' | 'SAY';

/** A new id, for example `CON-6f1c…`. `NAM` is the name of a conversation that was given none. */
export function newId(kind: IdKind): string {
  return `${kind}-${randomUUID()}`;
}
