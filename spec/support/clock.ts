/**
 * The clock of whatever waits by RxJS's timers, which are intervals: it passes as a spec says, and as it does otherwise.
 * Sockets, HTTP and promises have no part in it. For specs in which no sound is heard.
 */
export const virtualClock = (): void => {
  jest.useFakeTimers({
    advanceTimers: true,
    doNotFake: [
      'setTimeout',
      'clearTimeout',
      'setImmediate',
      'clearImmediate',
      'nextTick',
      'queueMicrotask',
      'hrtime',
      'performance',
    ],
  });
};

export const usualClock = (): void => {
  jest.useRealTimers();
};

/** So many ms go by. */
export const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
