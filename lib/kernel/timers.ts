import { timer, type Subscription } from 'rxjs';
import type { After, CancelAfter } from './turn.js';
import type { Millis } from './units.js';

/** The timers of one loop, by key. */
export interface Timers<I> {
  /** Carries the order out, if it is one about time; says whether it was. */
  take(order: { readonly _tag: string }): order is After<I> | CancelAfter;
  /** Cancels all. */
  readonly clear: () => void;
}

/** Timers whose inputs come back through `dispatch`. */
export const createTimers = <I>(dispatch: (input: I) => void): Timers<I> => {
  const timers = new Map<string, Subscription>();

  const cancel = (key: string): void => {
    timers.get(key)?.unsubscribe();
    timers.delete(key);
  };

  const start = ({ key, ms, input }: After<I>): void => {
    cancel(key);
    // A timer is an order, so the loop is its one subscriber.
    const clock = timer(Math.min(ms, longest)).subscribe(() => {
      timers.delete(key);
      dispatch(input);
    });
    timers.set(key, clock);
  };

  return {
    take: (order): order is After<I> | CancelAfter => {
      if (order._tag === 'after') start(order as After<I>);
      else if (order._tag === 'cancel-after') cancel((order as CancelAfter).key);
      else return false;
      return true;
    },
    clear: () => {
      [...timers.keys()].forEach(cancel);
    },
  };
};

/** A longer wait would overflow the platform's timer and be over at once: what a server says of times is not trusted. */
const longest: Millis = 2 ** 31 - 1;
