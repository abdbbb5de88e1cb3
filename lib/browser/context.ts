/** The one AudioContext of a page, for all that need one. */
export type SharedContext = {
  /** Made when the first one enters, closed when the last one has left. */
  readonly enter: () => AudioContext;
  readonly leave: () => void;
  /** Lets it run where the platform has kept it still: to be called within a gesture. */
  readonly resume: () => void;
};

export function sharedContext(makeContext: () => AudioContext): SharedContext {
  let context: AudioContext | undefined;
  let users = 0;

  const resume = (): void => {
    if (context?.state === 'suspended') context.resume().catch(() => undefined);
  };

  return {
    enter: () => {
      context ??= makeContext();
      users += 1;
      // Made outside a gesture it may be suspended; a page that captures may resume it.
      resume();
      return context;
    },
    leave: () => {
      users -= 1;
      if (users > 0) return;
      context?.close().catch(() => undefined);
      context = undefined;
    },
    resume,
  };
}
