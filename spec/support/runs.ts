/**
 * How many cases a property is tried with: its share of 200, or of as many as the environment asks for. Few are the same
 * ones in every run; many are others each time.
 */
export const runs = (share: number): { readonly numRuns: number } => ({
  numRuns: Math.max(5, Math.ceil(share * Number(process.env['CALLSTREAM_RUNS'] ?? 200))),
});
