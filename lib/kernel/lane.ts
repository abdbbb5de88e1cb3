/** One queue for all that happens: a task that is added while another runs waits for its end. */
export interface Lane {
  run(task: () => void): void;
}

/** Loops that share a lane never run within each other's turn. */
export const createLane = (): Lane => {
  const queue: (() => void)[] = [];
  let running = false;
  return {
    run: task => {
      queue.push(task);
      if (running) return;
      running = true;
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
      } finally {
        running = false;
      }
    },
  };
};
