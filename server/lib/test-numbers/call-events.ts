/** Events that the script of a test call awaits. Nothing resolves after the end. */

/** An action of the caller. */
type CallEvent = 'ack' | 'key' | 'change';

/** Events of one call. */
export interface CallEvents {
  /** Resolves at the next event; at once when one has happened unawaited. */
  readonly next: (event: CallEvent) => Promise<void>;
  readonly happened: (event: CallEvent) => void;
  readonly pause: (seconds: number) => Promise<void>;
  /** Drops all waiting promises and timers. */
  readonly end: () => void;
}

/** Events without listeners. */
export function createCallEvents(): CallEvents {
  const waiting = new Map<() => void, CallEvent>();
  const unread: Record<CallEvent, number> = { ack: 0, key: 0, change: 0 };
  const timers = new Set<NodeJS.Timeout>();
  return {
    next: event =>
      new Promise(resolve => {
        if (unread[event] === 0) waiting.set(resolve, event);
        else {
          unread[event] -= 1;
          resolve();
        }
      }),
    happened: event => {
      const ready = [...waiting].filter(([, wanted]) => wanted === event);
      if (ready.length === 0) unread[event] += 1;
      for (const [resolve] of ready) {
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
