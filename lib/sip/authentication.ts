import {
  DigestAuthentication,
  type IncomingResponseMessage,
  type LoggerFactory,
  type OutgoingRequestMessage,
} from 'sip.js/lib/core/index.js';
import type { Keyring } from './credentials.js';
import { answer, choose, parseChallenges, type Challenge } from './digest.js';

/** What stands in a 401 or 407 in place of sip.js's own reading of it, which keeps one challenge only. */
export type Challenges = { readonly stale: boolean; readonly all: readonly Challenge[] };

const headers = [
  ['WWW-Authenticate', 'www'],
  ['Proxy-Authenticate', 'proxy'],
] as const;

/** Puts the challenges into a response as sip.js is to see them; `stale` if the server says so of any. */
export const withChallenges = (response: IncomingResponseMessage): void => {
  const found = parseChallenges(response.data);
  for (const [name, wanted] of headers) {
    const all = found.filter(({ kind }) => kind === wanted);
    const parsed: Challenges = { stale: all.some(({ stale }) => stale), all };
    if (all.length > 0) response.headers[name] = [{ raw: '', parsed }];
  }
};

export type AuthenticationOptions = {
  readonly loggerFactory: LoggerFactory;
  readonly keyring: Keyring;
  /** A request that was given up meanwhile is not sent again. */
  readonly isWithdrawn: (request: OutgoingRequestMessage) => boolean;
  readonly newNonce: () => string;
};

/**
 * Answers a challenge where sip.js asks for it: it sends the request again when `authenticate` says that it can be
 * answered, once, and once more when only the nonce was stale. RFC 3261 §22, RFC 8760.
 */
export class DigestAnswer extends DigestAuthentication {
  private header = '';

  constructor(
    private readonly options: AuthenticationOptions,
    private readonly count: (nonce: string) => number,
  ) {
    super(options.loggerFactory, undefined, undefined, undefined);
  }

  override authenticate(request: OutgoingRequestMessage, { all }: Challenges): boolean {
    const { keyring, isWithdrawn, newNonce } = this.options;
    const [challenge] = choose(all);
    if (challenge === undefined || keyring.current === undefined || isWithdrawn(request)) return false;
    this.header = answer({
      challenge,
      ...keyring.current,
      method: request.method,
      uri: request.ruri.toRaw(),
      ...(request.body === undefined ? {} : { body: request.body.body }),
      cnonce: newNonce(),
      nc: this.count(challenge.nonce),
    });
    return true;
  }

  override toString(): string {
    return this.header;
  }
}

/** Counts the requests made with a nonce, from 1. A server that repeats a nonce repeats its last one. RFC 7616 §3.4. */
export const nonceCounter = (): ((nonce: string) => number) => {
  let last = '';
  let count = 0;
  return nonce => {
    count = nonce === last ? count + 1 : 1;
    last = nonce;
    return count;
  };
};
