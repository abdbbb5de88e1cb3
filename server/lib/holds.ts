/** Holds: a spec stops one message inside the server, does something else, and lets it go on. Races become an order. */
import type { Passing } from './sip/message-match.js';

/** One message that is to be stopped. */
export interface Hold<P = Passing> {
  /** Resolves when the message has arrived at the server and is being held. */
  readonly seen: Promise<P>;
  /** Lets the message go on; before it has come, the hold is lifted. */
  readonly release: () => void;
  /** The message is never seen again; before it has come, the hold is lifted. */
  readonly drop: () => void;
}

/** All holds of one server. */
export interface Holds<M, P> {
  readonly hold: (match: M) => Hold<P>;
  /** Calls `go` now, or when the hold that the message ran into is released. */
  readonly pass: (passing: P, go: () => void) => void;
}

interface Waiting<M, P> {
  readonly match: M;
  readonly caught: (passing: P, go: () => void) => void;
}

/** Each hold catches one message, the first that matches; of two that match, the older hold has it. Other messages overtake. */
export function createHolds<M, P>(matches: (match: M, passing: P) => boolean): Holds<M, P> {
  const waiting = new Set<Waiting<M, P>>();

  function hold(match: M): Hold<P> {
    let go: (() => void) | undefined;
    let tell: (passing: P) => void = () => undefined;
    const seen = new Promise<P>(resolve => {
      tell = resolve;
    });
    const entry: Waiting<M, P> = {
      match,
      caught: (passing, then) => {
        waiting.delete(entry);
        go = then;
        tell(passing);
      },
    };
    waiting.add(entry);
    const end = (then: (() => void) | undefined): void => {
      waiting.delete(entry);
      go = undefined;
      then?.();
    };
    return {
      seen,
      release: () => {
        end(go);
      },
      drop: () => {
        end(undefined);
      },
    };
  }

  function pass(passing: P, go: () => void): void {
    for (const entry of waiting) {
      if (!matches(entry.match, passing)) continue;
      entry.caught(passing, go);
      return;
    }
    go();
  }

  return { hold, pass };
}
