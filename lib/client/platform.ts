import { asyncScheduler } from 'rxjs';
import type { Millis } from '../core/port.js';

/** Clock, random numbers and ids of a client. */
export type Platform = { readonly now: () => Millis; readonly random: () => number; readonly newId: () => string };

/** Default clock: rxjs's scheduler, so that virtual time applies. */
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

/** 96 random bits, in hex. */
function name(random: () => number): string {
  return [0, 1, 2]
    .map(() =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
}
