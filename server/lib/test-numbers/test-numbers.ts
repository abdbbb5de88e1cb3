/** The numbers that the server answers by itself. Each shows one way in which a call can go. */

/** What a test number does. */
export type TestNumber =
  /** `codeNNN`: answers NNN, 300 to 699. */
  | { readonly kind: 'code'; readonly status: number }
  /** `ringNN`: 180, the answer after NN seconds. */
  | { readonly kind: 'ring'; readonly seconds: number }
  /** `move302`: 302, with `echo` as where to go. */
  | { readonly kind: 'move302' }
  /** `busy503`: 503 with `Retry-After: 7`. */
  | { readonly kind: 'busy503' }
  /** `busy`: 486. */
  | { readonly kind: 'busy' }
  /** `blackhole`: 100 and nothing more, until it is cancelled. */
  | { readonly kind: 'blackhole' }
  /** `early`: 183 with a tone, the answer after 2 s. */
  | { readonly kind: 'early' }
  /** `early486`: 183 with a tone, 486 after 1 s. */
  | { readonly kind: 'early486' }
  /** `echo`: answers and sends your own voice back. */
  | { readonly kind: 'echo' }
  /** `fork`: 183 with a tone from one phone; after 1 s another answers (with another To-tag), an echo. */
  | { readonly kind: 'fork' }
  /** `reinvite`: an echo that offers anew as soon as it is answered. */
  | { readonly kind: 'reinvite' }
  /** `hold`: an echo that holds its caller as soon as it is answered; each key takes that back, or holds again. */
  | { readonly kind: 'hold' }
  /** `refer`: answers with a tone and sends its caller to `echo` (REFER); hangs up once they are there. */
  | { readonly kind: 'refer' }
  /** `replace`: answers with a tone; at the first key `echo` takes over (an INVITE with Replaces). */
  | { readonly kind: 'replace' }
  /** `timerNN`: an echo with a session timer of NN seconds, to 9999: 422 for who asks for less. RFC 4028. */
  | { readonly kind: 'timer'; readonly seconds: number };

/** A number whose call is more than one answer. */
export type LongNumber = Exclude<TestNumber, { readonly kind: 'code' | 'busy' | 'busy503' | 'move302' }>;

const plain = [
  'move302',
  'busy503',
  'busy',
  'blackhole',
  'early',
  'early486',
  'echo',
  'fork',
  'reinvite',
  'hold',
  'refer',
  'replace',
] as const;

/** The test number of that name, if it is one. */
export function parseTestNumber(name: string): TestNumber | undefined {
  const word = name.toLowerCase();
  const kind = plain.find(one => one === word);
  if (kind !== undefined) return { kind };
  const code = /^code([3-6]\d\d)$/.exec(word)?.[1];
  if (code !== undefined) return { kind: 'code', status: Number(code) };
  const ring = /^ring(\d{1,2})$/.exec(word)?.[1];
  if (ring !== undefined) return { kind: 'ring', seconds: Number(ring) };
  const timer = /^timer(\d{2,4})$/.exec(word)?.[1];
  return timer === undefined ? undefined : { kind: 'timer', seconds: Number(timer) };
}

/** Whether a name is taken by a test number. */
export function isTestNumber(name: string): boolean {
  return parseTestNumber(name) !== undefined;
}
