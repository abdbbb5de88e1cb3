/** How long anything may take that the peers are asked for (milliseconds). */
const patience = 10_000;

/** The same promise; rejects when it is not kept in time, and says what was waited for. */
export const within = async <A>(promise: Promise<A>, what: () => string): Promise<A> => {
  let clock: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    clock = setTimeout(() => {
      reject(new Error(`${what()}: not in time`));
    }, patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(clock);
  }
};
