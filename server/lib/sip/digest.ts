/** Digest authentication: two challenges, the strong one first. RFC 3261 §22, RFC 7616, RFC 8760. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parseDigestParams, type Params } from './address.js';
import { headerLines, type Header, type SipRequest } from './message.js';
import type { User, Users } from '../users.js';

/** Result of a check of credentials. */
type Verdict =
  { readonly kind: 'known'; readonly user: User } | { readonly kind: 'challenge'; readonly headers: readonly Header[] };

/** Nonces and checks of credentials. */
export interface Digest {
  /** The authenticated user, or the challenge: WWW-Authenticate for REGISTER, else Proxy-Authenticate. */
  readonly verify: (request: SipRequest) => Verdict;
  /** Makes every nonce given out so far stale. */
  readonly expire: () => void;
}

const algorithms: Readonly<Record<string, string>> = { 'SHA-256': 'sha256', MD5: 'md5' };

/** @param lifetime - how long a nonce is good for, in ms */
export function createDigest(realm: string, users: Users, lifetime: number): Digest {
  const key = randomBytes(32);
  let epoch = 0;

  const seal = (text: string): string => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22);
  const mint = (): string => {
    const stamp = `${Date.now().toString(36)}.${epoch}`;
    return `${stamp}.${seal(stamp)}`;
  };

  function age(nonce: string): 'fresh' | 'stale' | 'foreign' {
    const [issued = '', generation = '', mac = ''] = nonce.split('.');
    if (!sameText(mac, seal(`${issued}.${generation}`))) return 'foreign';
    return Number(generation) === epoch && Date.now() - parseInt(issued, 36) < lifetime ? 'fresh' : 'stale';
  }

  function challenge(method: string, stale: boolean): Verdict {
    const name = method === 'REGISTER' ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    const nonce = mint();
    const tail = `qop="auth"${stale ? ', stale=true' : ''}`;
    const headers = Object.keys(algorithms).map(algorithm => ({
      name,
      value: `Digest realm="${realm}", nonce="${nonce}", algorithm=${algorithm}, ${tail}`,
    }));
    return { kind: 'challenge', headers };
  }

  function verify(request: SipRequest): Verdict {
    const name = request.method === 'REGISTER' ? 'Authorization' : 'Proxy-Authorization';
    const given = headerLines(request, name)
      .filter(line => /^digest\s/i.test(line))
      .map(line => parseDigestParams(line.slice(7)))
      .find(params => params.get('realm') === realm);
    const user = users.find(given?.get('username') ?? '');
    if (!given || !user || !rightAnswer(given, request.method, user, realm)) return challenge(request.method, false);
    const nonceAge = age(given.get('nonce') ?? '');
    if (nonceAge !== 'fresh') return challenge(request.method, nonceAge === 'stale');
    return { kind: 'known', user };
  }

  return {
    verify,
    expire: () => {
      epoch += 1;
    },
  };
}

function rightAnswer(given: Params, method: string, user: User, realm: string): boolean {
  const algorithm = algorithms[(given.get('algorithm') ?? 'MD5').toUpperCase()];
  if (algorithm === undefined) return false;
  const hash = (text: string): string => createHash(algorithm).update(text).digest('hex');
  const of = (name: string): string => given.get(name) ?? '';
  // The user name is hashed as it was written: it may be the extension, or in capitals.
  const a1 = hash(`${of('username')}:${realm}:${user.password}`);
  const a2 = hash(`${method}:${of('uri')}`);
  const qop = given.get('qop');
  if (qop !== undefined && qop !== 'auth') return false;
  const middle = qop === undefined ? of('nonce') : [of('nonce'), of('nc'), of('cnonce'), qop].join(':');
  return sameText(of('response').toLowerCase(), hash(`${a1}:${middle}:${a2}`));
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
