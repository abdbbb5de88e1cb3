import { createHook } from 'node:async_hooks';

export type TimerWatch = {
  /** Timers that sip.js or the adapter has started since, and that are still running. */
  readonly running: () => Promise<number>;
  readonly stop: () => void;
};

/** Counts the timers of the code under test; those of the server and of Jest are none of its business. */
export const watchTimers = (): TimerWatch => {
  const running = new Set<number>();
  const hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout' && /sipjs\.cjs|(?<!server)\/lib\/sip\//.test(new Error().stack ?? '')) running.add(id);
    },
    destroy: id => {
      running.delete(id);
    },
  }).enable();
  return {
    running: async () => {
      // Node tells of a timer that was cleared in the turn after.
      await new Promise(setImmediate);
      return running.size;
    },
    stop: () => {
      hook.disable();
    },
  };
};
