import { asyncScheduler } from 'rxjs';
import type { Millis } from '../kernel/units.js';

/** What a client is given of the world where nobody gives it anything else. */
export type Platform = { readonly now: () => Millis; readonly random: () => number; readonly newId: () => string };

/** The clock is the default scheduler's, so that virtual time is our time too. */
export const platform = ({
  now,
  random,
  newId,
}: { readonly [Key in keyof Platform]?: Platform[Key] | undefined }): Platform => {
  const dice = random ?? Math.random;
  return { now: now ?? (() => asyncScheduler.now()), random: dice, newId: newId ?? (() => name(dice)) };
};

/** 96 random bits: unique among the calls of one client, which is all that is asked of it. */
const name = (dice: () => number): string =>
  [0, 1, 2]
    .map(() =>
      Math.floor(dice() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
