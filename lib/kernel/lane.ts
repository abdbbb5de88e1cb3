/** One queue for all that happens: what is added while something runs waits for its end. */
export interface Lane {
  run<A>(task: (input: A) => void, input: A): void;
}

type Waiting = { readonly task: (input: never) => void; readonly input: unknown };

/** Loops that share a lane never run within each other's turn. */
export const createLane = (): Lane => {
  const queue: Waiting[] = [];
  let running = false;
  return {
    run: (task, input) => {
      if (running) {
        queue.push({ task, input });
        return;
      }
      running = true;
      try {
        task(input);
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) next.task(next.input as never);
      } finally {
        running = false;
      }
    },
  };
};
