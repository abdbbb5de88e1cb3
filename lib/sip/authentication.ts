import type { DigestAuthentication, IncomingResponseMessage, OutgoingRequestMessage } from './sipjs.js';
import { answer, challengesOf, choose, type Challenge, random } from './digest.js';
import { read } from './failure.js';
import { catchError, defer, from, map, of, type Observable } from 'rxjs';
import { left, right, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import type { Credentials, SipOptions } from './options.js';

/** Replaces sip.js's parsed challenge in a 401 or 407, which holds one challenge only. */
type Challenges = { readonly kind: Challenge['kind']; readonly all: readonly Challenge[] };

const headers: readonly {
  readonly challenge: string;
  readonly credentials: string;
  readonly kind: Challenge['kind'];
}[] = [
  { challenge: 'WWW-Authenticate', credentials: 'Authorization', kind: 'www' },
  { challenge: 'Proxy-Authenticate', credentials: 'Proxy-Authorization', kind: 'proxy' },
];

/** All challenges of a 401 or 407 in one object: sip.js keeps the last one only. */
export function withChallenges(response: IncomingResponseMessage): void {
  const all = challengesOf(read(response));
  for (const { challenge, kind } of headers) {
    const parsed: Challenges = { kind, all };
    if (all.length > 0) response.headers[challenge] = [{ raw: '', parsed }];
  }
}

/** The credentials of a request as header lines: the ACK to its 2xx carries the same. RFC 3261 §13.2.2.4, §22.1. */
export function credentialLines(request: OutgoingRequestMessage): string[] {
  return headers.flatMap(({ credentials }) => request.getHeaders(credentials).map(value => `${credentials}: ${value}`));
}

export type AuthenticationOptions = {
  readonly keyring: Keyring;
  /** True for a request of an ended call: its challenge is not answered. */
  readonly isWithdrawn: (request: OutgoingRequestMessage) => boolean;
};

/** Answers the challenges of one account. */
export type Authenticator = {
  /** sip.js's `authenticationFactory`. */
  readonly create: () => DigestAuthentication;
  /** Adds credentials for the registrar's latest challenge: a page that is closing cannot answer a 401. RFC 7616 §3.6. */
  readonly sign: (request: OutgoingRequestMessage) => void;
};

/** The latest challenge of each realm that has challenged one request, by `keyOf`. */
type Realms = ReadonlyMap<string, Challenge>;

/** A proxy and a server may name their realm alike, and each wants credentials of its own. RFC 3261 §22.2, §22.3. */
function keyOf({ kind, realm }: Challenge): string {
  return `${kind} ${realm}`;
}

/** The limit of realms that may challenge one request. */
const maxRealms = 8;

/**
 * The realms whose credentials the next try of a request carries; `undefined` when a realm has refused its credentials.
 * A stale nonce is replaced once for each realm.
 */
function challengedBy(known: Realms, asked: readonly Challenge[]): Realms | undefined {
  const isRefused = asked.some(challenge => {
    const before = known.get(keyOf(challenge));
    return before !== undefined && (before.stale || !challenge.stale);
  });
  const realms = new Map([...known, ...asked.map(challenge => [keyOf(challenge), challenge] as const)]);
  return asked.length === 0 || isRefused || realms.size > maxRealms ? undefined : realms;
}

export function createAuthenticator({ keyring, isWithdrawn }: AuthenticationOptions): Authenticator {
  const count = nonceCounter();
  const realmsOf = new WeakMap<OutgoingRequestMessage, Realms>();
  let registrar: Realms = new Map();

  const answers = (request: OutgoingRequestMessage, realms: Realms, kind: Challenge['kind']): string[] => {
    const { current } = keyring;
    if (current === undefined) return [];
    return [...realms.values()]
      .filter(challenge => challenge.kind === kind)
      .map(challenge =>
        answer({
          challenge,
          ...current,
          method: request.method,
          uri: request.ruri.toRaw(),
          ...(request.body === undefined ? {} : { body: request.body.body }),
          cnonce: random() + random(),
          nc: count(challenge.nonce),
        }),
      );
  };

  const signed = (request: OutgoingRequestMessage, realms: Realms): void => {
    for (const { credentials, kind } of headers) {
      const values = answers(request, realms, kind);
      if (values.length > 0) request.setHeader(credentials, values);
    }
  };

  const isAnswered = (request: OutgoingRequestMessage, { all }: Challenges): boolean => {
    const realms = challengedBy(realmsOf.get(request) ?? new Map(), choose(all));
    if (realms === undefined || keyring.current === undefined || isWithdrawn(request)) return false;
    realmsOf.set(request, realms);
    if (request.method === 'REGISTER') registrar = realms;
    signed(request, realms);
    return true;
  };

  return {
    create: () => digestAnswer(isAnswered),
    sign: request => {
      signed(request, registrar);
    },
  };
}

/**
 * Answers a challenge where sip.js asks for it: it sends the request again when `authenticate` says that it can be
 * answered, and hands what `toString` gives to `setHeader`, which takes several values as well. RFC 3261 §22, RFC 8760.
 */
function digestAnswer(
  isAnswered: (request: OutgoingRequestMessage, challenges: Challenges) => boolean,
): DigestAuthentication {
  let values: readonly string[] = [];
  const answering = {
    authenticate: (request: OutgoingRequestMessage, challenges: Challenges): boolean => {
      const isSigned = isAnswered(request, challenges);
      const own = headers.find(({ kind }) => kind === challenges.kind);
      values = own === undefined ? [] : request.getHeaders(own.credentials);
      return isSigned;
    },
    toString: () => values,
  };
  // A plain object: sip.js calls these two methods only.
  return answering as unknown as DigestAuthentication;
}

/** The limit of nonces that are counted: a registrar and its proxies use a few at a time. */
const known = 16;

/** Counts the requests made with a nonce, from 1. RFC 7616 §3.4. */
function nonceCounter(): (nonce: string) => number {
  const counts = new Map<string, number>();
  return nonce => {
    const count = (counts.get(nonce) ?? 0) + 1;
    counts.delete(nonce);
    counts.set(nonce, count);
    for (const oldest of counts.keys()) if (counts.size > known) counts.delete(oldest);
    return count;
  };
}

/** The latest credentials. sip.js needs the answer to a challenge synchronously. */
export type Keyring = {
  readonly current: Credentials | undefined;
  /** Calls the credentials option again. Emits once; an exception becomes `server-error`. */
  renew(): Observable<Either<Failure, undefined>>;
};

function ask(given: SipOptions['credentials']): Observable<Credentials | undefined> {
  const answer = typeof given === 'function' ? given() : given;
  return answer instanceof Promise ? from(answer) : of(answer);
}

export function createKeyring(given: SipOptions['credentials']): Keyring {
  let current = typeof given === 'function' ? undefined : given;
  return {
    get current() {
      return current;
    },
    renew: () =>
      defer(() => ask(given)).pipe(
        map((told): Either<Failure, undefined> => {
          current = told;
          return right(undefined);
        }),
        catchError((cause: unknown) =>
          of(left({ fault: fault('server-error', { message: 'The credentials function failed.', cause }) })),
        ),
      ),
  };
}
