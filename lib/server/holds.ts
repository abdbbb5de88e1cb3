/** Holds: a spec stops one message inside the server, does something else, and lets it go on. Races become an order. */
import { matches, type Match, type Passing } from './match.js';

/** One message that is to be stopped. */
export interface Hold {
  /** Resolves when the message has arrived at the server and is being held. */
  readonly seen: Promise<Passing>;
  /** Lets the message go on; before it has come, the hold is lifted. */
  readonly release: () => void;
  /** The message is never seen again; before it has come, the hold is lifted. */
  readonly drop: () => void;
}

/** All holds of one server. */
export interface Holds {
  readonly hold: (match: Match) => Hold;
  /** Calls `go` now, or when the hold that the message ran into is released. */
  readonly pass: (passing: Passing, go: () => void) => void;
}

interface Waiting {
  readonly match: Match;
  readonly caught: (passing: Passing, go: () => void) => void;
}

/** Each hold catches one message, the first that matches; of two that match, the older hold has it. Other messages overtake. */
export function createHolds(): Holds {
  const waiting = new Set<Waiting>();

  function hold(match: Match): Hold {
    let go: (() => void) | undefined;
    let tell: (passing: Passing) => void = () => undefined;
    const seen = new Promise<Passing>(resolve => {
      tell = resolve;
    });
    const entry: Waiting = {
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

  function pass(passing: Passing, go: () => void): void {
    for (const entry of waiting) {
      if (!matches(entry.match, passing)) continue;
      entry.caught(passing, go);
      return;
    }
    go();
  }

  return { hold, pass };
}
