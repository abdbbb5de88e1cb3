import { asyncScheduler } from 'rxjs';
import type { Millis } from '../core/port.js';

/** Clock, random numbers and ids of a client. */
export type Platform = { readonly now: () => Millis; readonly random: () => number; readonly newId: () => string };

/** The clock is the default scheduler's, so that virtual time is our time too. */
export function platform({
  now,
  random = Math.random,
  newId,
}: { readonly [Key in keyof Platform]?: Platform[Key] | undefined }): Platform {
  return {
    now: now ?? (() => asyncScheduler.now()),
    random,
    newId: newId ?? (() => name(random)),
  };
}

/** 96 random bits: unique among the calls of one client, which is all that is asked of it. */
function name(random: () => number): string {
  return [0, 1, 2]
    .map(() =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
}
