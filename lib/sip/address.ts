import { hexOf } from './digest.js';

/** The address of a From, To, Contact, Record-Route or P-Asserted-Identity; `uri` may have any scheme. */
export type Address = {
  /** Without quotes and escapes; control characters are taken out. */
  readonly displayName?: string;
  readonly uri: string;
  /** Header parameters: the text after the URI, empty or from a semicolon on, as received. */
  readonly parameters: string;
};

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}
function unquoted(text: string): string {
  return printable(/^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text).trim();
}

const bracketed = /^((?:"(?:[^"\\]|\\.)*"|[^"<])*)<([^<>]*)>\s*((?:;.*)?)$/s;

/**
 * A `name-addr` or a bare `addr-spec` with its parameters; `undefined` when it is neither. Total.
 *
 * Without brackets everything from the first semicolon on belongs to the header, not to the URI. RFC 3261 §20.10.
 */
export function parseAddress(value: string): Address | undefined {
  const [, name, inside, after] = bracketed.exec(value.trim()) ?? [];
  if (inside !== undefined) {
    const uri = inside.trim();
    const displayName = unquoted((name ?? '').trim());
    if (!/^[a-z][a-z0-9+.-]*:[^\s"]+$/i.test(uri)) return undefined;
    return { uri, parameters: after ?? '', ...(displayName === '' ? {} : { displayName }) };
  }
  const [, uri, rest] = /^([a-z][a-z0-9+.-]*:[^\s;<>",?]+)\s*((?:;.*)?)$/is.exec(value.trim()) ?? [];
  return uri === undefined || rest === undefined ? undefined : { uri, parameters: rest };
}

const label = /[a-z0-9](?:[a-z0-9-]*[a-z0-9])?/.source;
const name = new RegExp(`^(?:${label}\\.)*(?=[a-z])${label}$`, 'i');
const octet = /(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)/.source;
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

function isIpv6(text: string): boolean {
  const [before = '', after, more] = text.split('::');
  const groups = `${before}:${after ?? ''}`.split(':').filter(group => group !== '');
  const last = ipv4.test(groups.at(-1) ?? '') ? 1 : 0;
  const size = groups.length + last;
  const whole = ![before, after ?? ''].some(side => /^:|:$|::/.test(side));
  return (
    more === undefined &&
    whole &&
    groups.slice(0, groups.length - last).every(group => /^[0-9a-f]{1,4}$/i.test(group)) &&
    (after === undefined ? size === 8 : size > 0 && size < 8)
  );
}

function isName(text: string): boolean {
  return text.length < 256 && (name.test(text) || ipv4.test(text));
}

/** A host name, an IPv4 address, or an IPv6 address in brackets, by RFC 3261 §25.1: no underscore, no final dot. */
export function isHost(text: string): boolean {
  return text.startsWith('[') ? text.endsWith(']') && isIpv6(text.slice(1, -1)) : isName(text);
}

const parameterList = /^(?:;(?:[\w\-.!~*'()+$[\]/:&]|%[\da-f]{2})+(?:=(?:[\w\-.!~*'()+$[\]/:&]|%[\da-f]{2})+)?)*$/i;
/**
 * sip.js takes `maddr` for the host, drops `ttl`, and misparses a transport or user parameter that begins with a known
 * value.
 */
const meddled =
  /;(?:(?:maddr|ttl|method)(?=[=;]|$)|lr(?=[^;])|transport=(?!(?:udp|tcp|sctp|tls|wss?)(?:;|$))|user=(?!(?:phone|ip)(?:;|$)))/i;
function isSafe(parameters: string): boolean {
  const names: readonly string[] = parameters.toLowerCase().match(/;[^;=]+/g) ?? [];
  return (
    parameterList.test(parameters) &&
    !meddled.test(parameters) &&
    !names.includes(';__proto__') &&
    new Set(names).size === names.length
  );
}
const invented = /@(?:tel|uri)\.invalid$/i;

/**
 * Escapes a user as sip.js writes it; `undefined` when it would throw, as it decodes what it has decoded already, or
 * when it would take a part of it for a password.
 */
function rewritten(user: string): string | undefined {
  try {
    const once = decodeURIComponent(user);
    if (/[%:]/.test(once)) return undefined;
    return encodeURIComponent(once).replace(/%(?:2B|3F|2F)/g, decodeURIComponent);
  } catch {
    return undefined;
  }
}

type Parts = { readonly scheme: string; readonly core: string; readonly parameters: string };

function partsOf(uri: string): Parts | undefined {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):(.+)$/is.exec(uri) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const at = rest.lastIndexOf('@');
  const semicolon = rest.indexOf(';', at + 1);
  const end = semicolon === -1 ? rest.length : semicolon;
  return end === 0
    ? undefined
    : { scheme: scheme.toLowerCase(), core: rest.slice(0, end), parameters: rest.slice(end) };
}

function survives({ scheme, core, parameters }: Parts): boolean {
  const at = core.lastIndexOf('@');
  const user = core.slice(0, Math.max(at, 0));
  return (
    (scheme === 'sip' || scheme === 'sips') &&
    isName(core.slice(at + 1).replace(/:\d{1,5}$/, '')) &&
    (at === -1 || (user !== '' && rewritten(user)?.toLowerCase() === user.toLowerCase())) &&
    isSafe(parameters) &&
    !invented.test(core)
  );
}

function unhex(digits: string): string {
  return new TextDecoder().decode(Uint8Array.from(digits.match(/../g) ?? [], pair => parseInt(pair, 16)));
}

/** Limit of a URI, in UTF-16 units: the grammar of sip.js is slow. */
const LONGEST = 2048;
const subscriber = /^\+?[\d\-.()*#]+$/;

/**
 * A URI that sip.js's grammar takes and gives back unchanged, for one that it may not: `tel:` becomes
 * `sip:NUMBER@tel.invalid;user=phone`, any other (a host with an underscore, an escape that is no UTF-8, another scheme)
 * `sip:HEX@uri.invalid`. `originalUri` is the inverse. `undefined` for what is no URI.
 */
export function parsableUri(uri: string): string | undefined {
  const parts = uri.length > LONGEST || /[\s<>"\p{Cc}]/u.test(uri) ? undefined : partsOf(uri);
  if (parts === undefined) return undefined;
  if (survives(parts)) return uri;
  const whole = `sip:${hexOf(uri)}@uri.invalid`;
  if (!isSafe(parts.parameters)) return whole;
  const isNumber = parts.scheme === 'tel' && !parts.core.includes('%') && !/;user=/i.test(parts.parameters);
  const number = isNumber ? rewritten(parts.core.replaceAll('#', '%23')) : undefined;
  if (number !== undefined && subscriber.test(number.replaceAll('%23', '#')))
    return `sip:${number}@tel.invalid;user=phone${parts.parameters}`;
  return `sip:${hexOf(`${parts.scheme}:${parts.core}`)}@uri.invalid${parts.parameters}`;
}

const standIn = /sip:([^\s<>"@:]+)@(?:tel\.invalid;user=phone|uri\.invalid)/gi;

function restored(match: string, user: string): string {
  // A number has no escapes, and a local one may have a # (RFC 3966 §3).
  if (match.endsWith('phone')) return `tel:${user.replaceAll('%23', '#')}`;
  const original = /^(?:[0-9a-f]{2})+$/.test(user) ? unhex(user) : '';
  return /^[a-z][a-z0-9+.-]*:[^\s<>"\p{Cc}]+$/iu.test(original) ? original : match;
}

/** Inverse of `parsableUri`; any other URI is returned unchanged. */
export function originalUri(uri: string): string {
  return uri.replace(standIn, restored);
}

/**
 * An outgoing message with every URI from `parsableUri` as the far side wrote it, in the start line and the headers.
 *
 * Without this a BYE would go to a `.invalid` host that no proxy can route. The body is not touched.
 */
export function restoreUris(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  const head = end === -1 ? text : text.slice(0, end);
  return head.includes('.invalid') ? originalUri(head) + text.slice(head.length) : text;
}
