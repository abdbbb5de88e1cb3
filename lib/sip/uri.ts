import { isLeft, left, right, type Either } from '../core/either.js';
import { fullName } from './message.js';

const control = /\p{Cc}/u;
const phone = /^\+?[\d*#\s().-]+$/;
const separators = /[\s().-]/g;
const host =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;
const parameter = /^[\w\-.!~*'()[\]/:&+$%]+(?:=[\w\-.!~*'()[\]/:&+$%]+)?$/;
const scheme = /^([a-z][a-z0-9+.-]*):/i;
/** Characters that a user part never contains, not even escaped: brackets and quotes would end the surrounding address. */
const foreign = /[<>"\\]/;

function isHost(text: string): boolean {
  const match = host.exec(text);
  return match !== null && (match[1] === undefined || (Number(match[1]) > 0 && Number(match[1]) <= 65535));
}

/** `unreserved` and `user-unreserved` of RFC 3261 §25.1 stay, the rest is escaped as UTF-8. */
function escapeUser(user: string): string {
  return encodeURIComponent(user).replace(/%(?:26|3D|2B|24|2C|3B|3F|2F)/g, decodeURIComponent);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A user part has a letter, digit, `*` or `#`, and no control character, quote, lone surrogate or `%`. */
function isUser(user: string): boolean {
  return /[\p{L}\p{N}*#]/u.test(user) && !control.test(user) && !foreign.test(user) && !/%|\p{Cs}/u.test(user);
}

function dialled(user: string): string | undefined {
  const number = phone.test(user) ? user.replace(separators, '') : user;
  return isUser(number) ? escapeUser(number) : undefined;
}

/** `host;params`; a `method` has no place in a Request-URI (RFC 3261 §19.1.5). */
function isPlace(text: string): boolean {
  const [first = '', ...parameters] = text.split(';');
  return (
    isHost(first) &&
    parameters.every(
      item => parameter.test(item) && !/^method(?:=|$)/i.test(item) && !control.test(decoded(item) ?? '\0'),
    )
  );
}

/** The part of a SIP URI after its scheme; a password is refused, it would stand in clear in every log on the way. */
function address(rest: string): string | undefined {
  const at = rest.lastIndexOf('@');
  if (!isPlace(rest.slice(at + 1))) return undefined;
  if (at === -1) return rest;
  const user = decoded(rest.slice(0, at));
  if (user === undefined || /[@:\s]/.test(rest.slice(0, at)) || !isUser(user)) return undefined;
  return `${escapeUser(user)}@${rest.slice(at + 1)}`;
}

/** A URI, and the header fields that it asks for. A user may have a question mark. RFC 3261 §19.1.1. */
export function splitHeaders(uri: string): readonly [uri: string, headers: string] {
  const mark = uri.indexOf('?', uri.lastIndexOf('@') + 1);
  return mark === -1 ? [uri, ''] : [uri.slice(0, mark), uri.slice(mark + 1)];
}

function withScheme(name: 'sip' | 'sips', place: string | undefined): string | undefined {
  return place === undefined ? undefined : `${name}:${place}`;
}
function atRealm(user: string | undefined, realm: string): string | undefined {
  return user === undefined ? undefined : `sip:${user}@${realm}`;
}
function subscriber(rest: string): string | undefined {
  const number = decoded(rest.split(/[;?]/)[0] ?? '');
  return number !== undefined && phone.test(number) ? dialled(number) : undefined;
}

/** The URI without its header fields, which the caller does not have to honour. RFC 3261 §19.1.5. */
function bare(rest: string): string | undefined {
  return address(splitHeaders(rest)[0]);
}

/** How the rest of a target becomes a Request-URI, by its scheme; whatever has another scheme is refused. */
const schemes = new Map<string, (rest: string, realm: string) => string | undefined>([
  ['sip', rest => withScheme('sip', bare(rest))],
  ['sips', rest => withScheme('sips', bare(rest))],
  ['tel', (rest, realm) => atRealm(subscriber(rest), realm)],
]);

function build(target: string, realm: string): string | undefined {
  const [prefix = '', name] = scheme.exec(target) ?? [];
  if (name !== undefined) return schemes.get(name.toLowerCase())?.(target.slice(prefix.length), realm);
  return target.includes('@') ? withScheme('sip', address(target)) : atRealm(dialled(target), realm);
}

/** An address has at most this many characters: a server quotes it in its response. */
const longest = 1024;

/**
 * The Request-URI for what a person asked to call: a number, a name, `user@host`, a `sip:`, `sips:` or `tel:` URI.
 *
 * A number loses its spaces, dashes, dots and parentheses; a number or name becomes `sip:…@realm`, escaped by
 * RFC 3261 §19.1.2 (`#` is `%23`, `*` and `+` stay). The header fields of a URI are left out (see `uriHeaders`).
 * `Left('invalid-target')`: no text, an empty or a blank one, control characters (CR and LF among them), another scheme, a
 * malformed URI, one of over 1024 characters, or one with a password or a `method`.
 */
export function toRequestUri(target: unknown, realm: string): Either<'invalid-target', string> {
  const isSound = typeof target === 'string' && !control.test(target) && isHost(realm);
  const uri = isSound ? build(target.trim(), realm) : undefined;
  return uri === undefined || uri.length > longest ? left('invalid-target') : right(uri);
}

/** The header fields of a URI that are on the list, each with its text as it is to be sent. RFC 3261 §19.1.1. */
export function headersIn(
  uri: string,
  allowed: readonly string[],
): readonly (readonly [name: string, value: string])[] {
  return splitHeaders(uri)[1]
    .split('&')
    .flatMap(field => {
      const [name = '', ...value] = field.split('=');
      const [key, text] = [decoded(name), decoded(value.join('='))];
      const wanted = allowed.find(one => fullName(one) === fullName(key ?? ''));
      return wanted === undefined || key === '' ? [] : [[wanted, text ?? ''] as const];
    });
}

/** A URI of another party as a target, with the allowed header fields; `undefined` when it cannot be called. */
export function asTarget(uri: string, realm: string, allowed: readonly string[]): string | undefined {
  const target = /^(?:sips?|tel):/i.test(uri) ? toRequestUri(uri, realm) : left('invalid-target');
  if (isLeft(target)) return undefined;
  const fields = headersIn(uri, allowed).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return fields.length === 0 ? target.right : `${target.right}?${fields.join('&')}`;
}

const token = /^[a-z0-9\-.!%*_+`'~]+$/i;
const ours = new Set([
  'via',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'route',
  'record-route',
  'max-forwards',
  'mime-version',
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
  'allow',
  'supported',
  'require',
  'proxy-require',
  'unsupported',
  'session-expires',
  'min-se',
  'replaces',
  'expires',
]);

/**
 * The value of a header that an application adds to a request, trimmed.
 *
 * `Left('invalid-header')`: a name that is no token, a value that is no text or has CR, LF or another control character,
 * or a header that this side writes itself (routing, dialog, authentication, body, session timer), under its long or its
 * compact name.
 */
export function safeHeaderValue(name: string, value: unknown): Either<'invalid-header', string> {
  const full = fullName(name);
  const isFree = token.test(name) && !ours.has(full) && !full.startsWith('content-');
  return isFree && typeof value === 'string' && !control.test(value) ? right(value.trim()) : left('invalid-header');
}
