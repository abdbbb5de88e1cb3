/** How many inputs a spec tries: its share of 2 000, or of as many as the environment asks for. */
export const runs = (share: number): { readonly numRuns: number } => ({
  numRuns: Math.ceil(share * Number(process.env['CALLSTREAM_RUNS'] ?? 2_000)),
});
