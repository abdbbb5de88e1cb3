/** The numbers that the server answers by itself. Each shows one way in which a call can go. */

/** What a test number does. */
export type TestNumber =
  /** `codeNNN`: answers NNN, 300 to 699. */
  | { readonly kind: 'code'; readonly status: number }
  /** `ringNN`: 180, the answer after NN seconds. */
  | { readonly kind: 'ring'; readonly seconds: number }
  /** `busy`: 486. */
  | { readonly kind: 'busy' }
  /** `blackhole`: 100 and nothing more, until it is cancelled. */
  | { readonly kind: 'blackhole' }
  /** `early`: 183 with a tone, the answer after 2 s. */
  | { readonly kind: 'early' }
  /** `early486`: 183 with a tone, 486 after 1 s. */
  | { readonly kind: 'early486' }
  /** `echo`: answers and sends your own voice back. */
  | { readonly kind: 'echo' };

const plain = ['busy', 'blackhole', 'early', 'early486', 'echo'] as const;

/** The test number of that name, if it is one. */
export function parseTestNumber(name: string): TestNumber | undefined {
  const word = name.toLowerCase();
  const kind = plain.find(one => one === word);
  if (kind !== undefined) return { kind };
  const code = /^code([3-6]\d\d)$/.exec(word)?.[1];
  if (code !== undefined) return { kind: 'code', status: Number(code) };
  const ring = /^ring(\d{1,2})$/.exec(word)?.[1];
  return ring === undefined ? undefined : { kind: 'ring', seconds: Number(ring) };
}

/** Whether a name is taken by a test number. */
export function isTestNumber(name: string): boolean {
  return parseTestNumber(name) !== undefined;
}
