/** What a spec waits for: a list that grows, from which each entry is taken once. */

export interface Growing<T> {
  readonly all: readonly T[];
  readonly push: (entry: T) => void;
  /** The first entry not yet taken that fits. Rejects after 5 s. */
  readonly next: (fits?: (entry: T) => boolean) => Promise<T>;
}

/** @param show - an entry in a word or two, for the message of a wait that is in vain */
export function growing<T>(show: (entry: T) => string): Growing<T> {
  const all: T[] = [];
  const taken = new Set<number>();
  const arrivals = new Set<() => void>();
  return {
    all,
    push: entry => {
      all.push(entry);
      for (const arrival of [...arrivals]) arrival();
    },
    next: (fits = () => true) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          arrivals.delete(look);
          reject(new Error(`waited in vain, there are: ${all.map(show).join(' | ')}`));
        }, 100_000);
        const look = (): void => {
          for (const [at, entry] of all.entries()) {
            if (taken.has(at) || !fits(entry)) continue;
            taken.add(at);
            arrivals.delete(look);
            clearTimeout(late);
            resolve(entry);
            return;
          }
        };
        arrivals.add(look);
        look();
      }),
  };
}
