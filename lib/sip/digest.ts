import { headerValues, splitOutside, type SipMessage } from './message.js';
import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** A random token for `cnonce`, not cryptographically secure. */
export function random(): string {
  return Math.random().toString(36).slice(2);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes of a text, two digits each, in lower case. */
export function hexOf(text: string): string {
  return hex(utf8(text));
}
export function md5Of(text: string): string {
  return hex(md5(utf8(text)));
}
function sha256Of(text: string): string {
  return hex(sha256(utf8(text)));
}

/** The digests that can be answered, best first. RFC 8760 §2.1. */
const algorithms = ['SHA-256', 'SHA-256-sess', 'MD5', 'MD5-sess'] as const;
type Algorithm = (typeof algorithms)[number];

/**
 * One digest challenge of a 401 (`www`) or a 407 (`proxy`).
 *
 * `realm`, `nonce` and `opaque` are the characters between the quotes as they came, escapes included: so they are
 * hashed and so they are sent back. `qop` is empty for a server of before RFC 2617; `stale` means that the password was
 * right and only the nonce too old.
 */
export type Challenge = {
  readonly kind: 'www' | 'proxy';
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: Algorithm;
  readonly qop: readonly ('auth' | 'auth-int')[];
  readonly opaque?: string;
  readonly stale: boolean;
};

const parameter = /^([\w\-.!%*+`'~]+)\s*=\s*(?:"((?:[^"\\\p{Cc}]|\\[^\p{Cc}])*)"|([^\s"\p{Cc}]+))$/u;

/** A challenge: scheme and parameters. One header may contain several; a scheme name begins the next. */
type Offer = { readonly scheme: string; readonly parameters: ReadonlyMap<string, string> };

function offers(line: string): readonly Offer[] {
  const all: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const item of splitOutside(line, ',')) {
    const [, scheme, rest] = /^([\w-]+)(?:\s+([^=\s].*))?$/.exec(item) ?? [];
    if (scheme !== undefined) all.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    const [, name, quoted, plain] = parameter.exec(scheme === undefined ? item : (rest ?? '')) ?? [];
    const value = quoted ?? plain;
    if (name !== undefined && value !== undefined) all.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return all;
}

function isQop(word: string): word is 'auth' | 'auth-int' {
  return word === 'auth' || word === 'auth-int';
}
function words(list: string): readonly string[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(word => word !== '');
}

function challenge(kind: Challenge['kind']) {
  return ({ scheme, parameters }: Offer): readonly Challenge[] => {
    const realm = parameters.get('realm');
    const nonce = parameters.get('nonce');
    const wanted = (parameters.get('algorithm') ?? 'MD5').toLowerCase();
    const algorithm = algorithms.find(name => name.toLowerCase() === wanted);
    const offered = words(parameters.get('qop') ?? '');
    const qop = offered.filter(isQop);
    const opaque = parameters.get('opaque');
    if (scheme !== 'digest' || realm === undefined || nonce === undefined || algorithm === undefined) return [];
    if (offered.length > 0 && qop.length === 0) return [];
    const stale = parameters.get('stale')?.toLowerCase() === 'true';
    return [{ kind, realm, nonce, algorithm, qop, stale, ...(opaque === undefined ? {} : { opaque }) }];
  };
}

/**
 * Every digest challenge of a message that can be answered, in order: each header and each of several in one line.
 *
 * Other schemes, unknown algorithms and qops, and challenges without realm or nonce are left out. An absent algorithm is
 * MD5 (RFC 7616 §3.3). Total.
 */
export function challengesOf(message: SipMessage): readonly Challenge[] {
  return [
    ...headerValues(message, 'www-authenticate').flatMap(offers).flatMap(challenge('www')),
    ...headerValues(message, 'proxy-authenticate').flatMap(offers).flatMap(challenge('proxy')),
  ];
}

/** The challenge with the best algorithm for each realm; realms keep the order in which they came. RFC 8760 §2.4. */
export function choose(challenges: readonly Challenge[]): readonly Challenge[] {
  const best = new Map<string, Challenge>();
  for (const next of challenges) {
    const key = `${next.kind} ${next.realm}`;
    const held = best.get(key);
    if (held === undefined || algorithms.indexOf(next.algorithm) < algorithms.indexOf(held.algorithm))
      best.set(key, next);
  }
  return [...best.values()];
}

/** Input of a digest response: `nc` counts the requests with this nonce from 1, `cnonce` is ours and fresh. */
export type Question = {
  readonly challenge: Challenge;
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly body?: string;
  readonly cnonce: string;
  readonly nc: number;
};

const hashes: Readonly<Record<Algorithm, (text: string) => string>> = {
  'SHA-256': sha256Of,
  'SHA-256-sess': sha256Of,
  MD5: md5Of,
  'MD5-sess': md5Of,
};

/** Control characters are taken out, not escaped: no quoting keeps CR and LF from ending the header. */
function quote(text: string): string {
  return `"${text.replace(/\p{Cc}/gu, '').replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * The value of the Authorization (`www`) or Proxy-Authorization (`proxy`) header. RFC 7616 §3.4, RFC 8760.
 *
 * Uses qop `auth` when it is offered, `auth-int` when it is the only one, and the form of RFC 2069 without any.
 */
export function answer({ challenge: asked, username, password, method, uri, body, cnonce, nc }: Question): string {
  const { realm, nonce, algorithm, opaque } = asked;
  const hash = hashes[algorithm];
  const qop = asked.qop.includes('auth') ? 'auth' : asked.qop[0];
  const count = nc.toString(16).padStart(8, '0');
  const secret = hash(`${username}:${realm}:${password}`);
  const ha1 = algorithm.endsWith('-sess') ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const ha2 = hash(qop === 'auth-int' ? `${method}:${uri}:${hash(body ?? '')}` : `${method}:${uri}`);
  const response = hash([ha1, nonce, ...(qop === undefined ? [] : [count, cnonce, qop]), ha2].join(':'));
  const needsCnonce = qop !== undefined || algorithm.endsWith('-sess');
  return [
    `Digest username=${quote(username)}`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(needsCnonce ? [`cnonce=${quote(cnonce)}`] : []),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${count}`]),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ].join(', ');
}
