/** Runs the handling of an external input: an exception in it does not end the process. */
export function guarded(what: string, log: (line: string) => void, run: () => void): void {
  try {
    run();
  } catch {
    // The error may quote the input.
    log(`${what} made the server fail, and was dropped`);
  }
}
