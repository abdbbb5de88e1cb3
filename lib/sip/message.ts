import type { Reason } from '../call/cause.js';
import { redact } from '../core/fault.js';

/** A header line: its full name in lower case and its value, unfolded and trimmed. */
export type Header = { readonly name: string; readonly value: string };

/**
 * A SIP message seen by its structure alone: nothing in it has been checked.
 *
 * `complete` is false when the empty line that ends the headers is missing; then all lines are taken for headers and
 * `body` is empty. A line without a colon is a header with an empty name.
 */
export type SipMessage = {
  readonly startLine: string;
  readonly headers: readonly Header[];
  readonly body: string;
  readonly complete: boolean;
};

const compact: Readonly<Partial<Record<string, string>>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

/** Headers whose grammar is a list, so that a comma outside quotes and angle brackets separates values. */
const lists: ReadonlySet<string> = new Set([
  'accept',
  'accept-contact',
  'alert-info',
  'allow',
  'allow-events',
  'call-info',
  'contact',
  'content-encoding',
  'diversion',
  'history-info',
  'in-reply-to',
  'p-asserted-identity',
  'p-preferred-identity',
  'path',
  'proxy-require',
  'reason',
  'record-route',
  'remote-party-id',
  'reject-contact',
  'request-disposition',
  'require',
  'route',
  'service-route',
  'supported',
  'unsupported',
  'via',
  'warning',
]);

/** The full name of a header in lower case; a compact name is expanded. RFC 3261 §7.3.3, IANA SIP parameters. */
export function fullName(name: string): string {
  const lower = name.trim().toLowerCase();
  return (Object.hasOwn(compact, lower) ? compact[lower] : undefined) ?? lower;
}

function header(line: string): Header {
  const colon = line.indexOf(':');
  return colon === -1
    ? { name: '', value: line.trim() }
    : { name: fullName(line.slice(0, colon)), value: line.slice(colon + 1).trim() };
}

/** A message by its parts. Total: any string has a start line, perhaps an empty one. RFC 3261 §7. */
export function parseMessage(text: string): SipMessage {
  const end = text.indexOf('\r\n\r\n');
  const head = end === -1 ? text : text.slice(0, end);
  const [startLine = '', ...lines] = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return {
    startLine,
    headers: lines.filter(line => line !== '').map(header),
    body: end === -1 ? '' : text.slice(end + 4),
    complete: end !== -1,
  };
}

/** The text of a message. */
export function serialize({ startLine, headers, body }: SipMessage): string {
  return [startLine, ...headers.map(({ name, value }) => `${name}: ${value}`), '', body].join('\r\n');
}

/**
 * Splits at a separator that stands outside of quoted strings and angle brackets; parts are trimmed, empty ones left
 * out. An unclosed quote or bracket reaches to the end.
 */
export function splitOutside(value: string, separator: ',' | ';'): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  let angled = false;
  for (let at = 0; at < value.length; at++) {
    const char = value[at];
    if (quoted && char === '\\') at++;
    else if (char === '"' && !angled) quoted = !quoted;
    else if (quoted) continue;
    else if (char === '<') angled = true;
    else if (char === '>') angled = false;
    else if (char === separator && !angled) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, value.slice(start)].map(part => part.trim()).filter(part => part !== '');
}

/** All values of a header in the order they came, lists split into their items. The name may be long or compact. */
export function headerValues(message: SipMessage, name: string): readonly string[] {
  const full = fullName(name);
  const values = message.headers.filter(item => item.name === full).map(item => item.value);
  return lists.has(full) ? values.flatMap(value => splitOutside(value, ',')) : values;
}

/** The first value of a header, or `undefined`. */
export function headerValue(message: SipMessage, name: string): string | undefined {
  return headerValues(message, name)[0];
}

/** The value of a header without its parameters; empty where the header is missing. */
export function wordOf(message: SipMessage, name: string): string {
  return splitOutside(headerValue(message, name) ?? '', ';')[0] ?? '';
}

/** The value of a parameter of a header, without its quotes. `value` is what stands in the header, or its parameters. */
export function parameter(value: string, name: string): string | undefined {
  const found = splitOutside(value, ';')
    .slice(1)
    .map(part => /^([^\s=]+)\s*=\s*(?:"([^"]*)"|(\S*))$/.exec(part))
    .find(part => part?.[1]?.toLowerCase() === name);
  return found?.[2] ?? found?.[3];
}

const protocols: ReadonlyMap<string, Reason['protocol']> = new Map([
  ['sip', 'SIP'],
  ['q.850', 'Q.850'],
]);

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}
/** Text of a Reason or Warning, without quotes, control characters and secrets. */
function unquoted(text: string): string {
  return redact(printable(/^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text));
}

function parameters(parts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    parts.flatMap((part): readonly (readonly [string, string])[] => {
      const [, name, value] = /^([^\s=]+)\s*=\s*(.*)$/s.exec(part) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );
}

function reason(value: string): readonly Reason[] {
  const [name = '', ...rest] = splitOutside(value, ';');
  const protocol = protocols.get(name.toLowerCase());
  const found = parameters(rest);
  const cause = found.get('cause') ?? '';
  const text = found.get('text');
  if (protocol === undefined || !/^\d{1,3}$/.test(cause)) return [];
  return [{ protocol, cause: Number(cause), ...(text === undefined ? {} : { text: unquoted(text) }) }];
}

/**
 * Why a CANCEL, BYE or response was sent, every value in order.
 *
 * Protocols other than SIP and Q.850 and values without a cause of one to three digits are left out. RFC 3326, RFC 6432.
 */
export function reasons(message: SipMessage): readonly Reason[] {
  return headerValues(message, 'reason').flatMap(reason);
}

/**
 * The first words for a person: those of a Reason, whether or not it names a cause, as RFC 3326 §2 asks for none; else
 * those of a Warning. RFC 3261 §20.43.
 */
export function wordsOf(message: SipMessage): string | undefined {
  return [
    ...headerValues(message, 'reason').map(value => parameters(splitOutside(value, ';').slice(1)).get('text')),
    ...headerValues(message, 'warning').map(value => /^\d{3}\s+\S+\s+(".*")$/s.exec(value)?.[1]),
  ]
    .map((text = '') => unquoted(text))
    .find(text => text !== '');
}

/**
 * After how many seconds to try again, or `undefined` when the message does not say. A comment and parameters may
 * follow the number and are not read. RFC 3261 §20.33.
 */
export function retryAfter(message: SipMessage): number | undefined {
  const [, seconds] = /^(\d{1,10})\s*(?:[(;].*)?$/s.exec(headerValue(message, 'retry-after') ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
