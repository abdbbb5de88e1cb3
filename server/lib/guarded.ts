/** Runs what an input from outside causes: one that makes it fail must not end the process. */
export function guarded(what: string, log: (line: string) => void, run: () => void): void {
  try {
    run();
  } catch {
    // The error may quote the input.
    log(`${what} made the server fail, and was dropped`);
  }
}
