import { asyncScheduler } from 'rxjs';

/** A door that can be held shut until the present call has returned. */
export interface Hush<I> {
  /** Passes on at once, or, while the door is shut, in order as soon as it opens. */
  hear(input: I): void;
  /** Shuts the door until the present call stack has ended; the scheduler is the clock, so that virtual time knows it. */
  hush(): void;
}

/** Lets nobody be told anything in the middle of his own set-up. */
export const createHush = <I>(pass: (input: I) => void): Hush<I> => {
  let held: I[] | undefined;
  const open = (): void => {
    // What is heard meanwhile comes after what has waited longer.
    try {
      for (let next = held?.shift(); next !== undefined; next = held?.shift()) pass(next);
    } finally {
      held = undefined;
    }
  };
  return {
    hear: input => {
      if (held === undefined) pass(input);
      else held.push(input);
    },
    hush: () => {
      if (held !== undefined) return;
      held = [];
      asyncScheduler.schedule(open);
    },
  };
};
