/** What a test call waits for. Nothing comes any more once it is over. */

/** What a caller can do that a number waits for. */
type Cue = 'ack' | 'key' | 'change';

/** The cues of one call. */
export interface Cues {
  /** Resolves when it happens next, or at once when it has happened and nobody was waiting. */
  readonly next: (cue: Cue) => Promise<void>;
  readonly happened: (cue: Cue) => void;
  readonly pause: (seconds: number) => Promise<void>;
  /** The call is over. */
  readonly end: () => void;
}

/** Nobody waits yet. */
export function createCues(): Cues {
  const waiting = new Map<() => void, Cue>();
  const unheard: Record<Cue, number> = { ack: 0, key: 0, change: 0 };
  const timers = new Set<NodeJS.Timeout>();
  return {
    next: cue =>
      new Promise(resolve => {
        if (unheard[cue] === 0) waiting.set(resolve, cue);
        else {
          unheard[cue] -= 1;
          resolve();
        }
      }),
    happened: cue => {
      const heard = [...waiting].filter(([, wanted]) => wanted === cue);
      if (heard.length === 0) unheard[cue] += 1;
      for (const [resolve] of heard) {
        waiting.delete(resolve);
        resolve();
      }
    },
    pause: seconds =>
      new Promise(resolve => {
        timers.add(setTimeout(resolve, seconds * 1000).unref());
      }),
    end: () => {
      waiting.clear();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
