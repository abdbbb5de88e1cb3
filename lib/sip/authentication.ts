import {
  DigestAuthentication,
  type IncomingResponseMessage,
  type LoggerFactory,
  type OutgoingRequestMessage,
} from 'sip.js/lib/core/index.js';
import type { Keyring } from './credentials.js';
import { answer, choose, parseChallenges, type Challenge } from './digest.js';
import { random } from './random.js';

/** What stands in a 401 or 407 in place of sip.js's own reading of it, which keeps one challenge only. */
type Challenges = { readonly stale: boolean; readonly all: readonly Challenge[] };

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
  readonly keyring: Keyring;
  /** A request that was given up meanwhile is not sent again. */
  readonly isWithdrawn: (request: OutgoingRequestMessage) => boolean;
};

/** Answers the challenges of one account. */
export type Authenticator = {
  /** What sip.js asks when a request of its is challenged. */
  readonly create: (loggerFactory: LoggerFactory) => DigestAuthentication;
  /** Answers in advance what the registrar asked last: for a request after which there is nobody to be asked. RFC 7616 §3.6. */
  readonly sign: (request: OutgoingRequestMessage) => void;
};

export const createAuthenticator = ({ keyring, isWithdrawn }: AuthenticationOptions): Authenticator => {
  const count = nonceCounter();
  let registrar: Challenge | undefined;

  const headerOf = (request: OutgoingRequestMessage, challenge: Challenge): string | undefined =>
    keyring.current &&
    answer({
      challenge,
      ...keyring.current,
      method: request.method,
      uri: request.ruri.toRaw(),
      ...(request.body === undefined ? {} : { body: request.body.body }),
      cnonce: random() + random(),
      nc: count(challenge.nonce),
    });

  const reply = (request: OutgoingRequestMessage, { all }: Challenges): string | undefined => {
    const [challenge] = choose(all);
    if (challenge === undefined || isWithdrawn(request)) return undefined;
    if (request.method === 'REGISTER') registrar = challenge;
    return headerOf(request, challenge);
  };

  return {
    create: loggerFactory => new DigestAnswer(loggerFactory, reply),
    sign: request => {
      const header = registrar && headerOf(request, registrar);
      if (header !== undefined)
        request.setHeader(registrar?.kind === 'proxy' ? 'Proxy-Authorization' : 'Authorization', header);
    },
  };
};

/**
 * Answers a challenge where sip.js asks for it: it sends the request again when `authenticate` says that it can be
 * answered, once, and once more when only the nonce was stale. RFC 3261 §22, RFC 8760.
 */
class DigestAnswer extends DigestAuthentication {
  private header = '';

  constructor(
    loggerFactory: LoggerFactory,
    private readonly reply: (request: OutgoingRequestMessage, challenges: Challenges) => string | undefined,
  ) {
    super(loggerFactory, undefined, undefined, undefined);
  }

  override authenticate(request: OutgoingRequestMessage, challenges: Challenges): boolean {
    const header = this.reply(request, challenges);
    this.header = header ?? '';
    return header !== undefined;
  }

  override toString(): string {
    return this.header;
  }
}

/** So many nonces are known at a time: a registrar and its proxies have a few. */
const known = 16;

/** Counts the requests made with a nonce, from 1. RFC 7616 §3.4. */
const nonceCounter = (): ((nonce: string) => number) => {
  const counts = new Map<string, number>();
  return nonce => {
    const count = (counts.get(nonce) ?? 0) + 1;
    counts.delete(nonce);
    counts.set(nonce, count);
    for (const oldest of counts.keys()) if (counts.size > known) counts.delete(oldest);
    return count;
  };
};
