import { randomUUID } from 'node:crypto';

/** What an id is of, by how it begins. */
export type IdKind = 'USR' | 'CON' | 'MEM' | 'SES' | 'NAM' | 'LEG' | 'KNK' | 'SAY';

/** A new id, for example `CON-6f1c…`. `NAM` is the name of a conversation that was given none. */
export function newId(kind: IdKind): string {
  return `${kind}-${randomUUID()}`;
}
