import { parseAddress, parseVia } from './address.js';

/**
 * SIP messages as plain values: parse, read, rebuild, serialise. RFC 3261 §7.
 *
 * Structural only: header values stay text until somebody asks for them, because a proxy passes on what it does not understand.
 */

/** One header line. */
export interface Header {
  /** As it goes on the wire; compact names are expanded. */
  readonly name: string;
  readonly value: string;
}

/** A request, as it came or as it goes out. */
export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** A response, as it came or as it goes out. */
export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** Either. */
export type SipMessage = SipRequest | SipResponse;

/** Compact header names and what they stand for. RFC 3261 §7.3.3 and the IANA registry. */
const longNames: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
};

const requestLine = /^([A-Za-z0-9.!%*_+`'~-]+) (\S+) SIP\/2\.0$/;
const statusLine = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/;

/** One frame as a message; `undefined` when it is no SIP message at all. */
export function parseMessage(text: string): SipMessage | undefined {
  const { head, body } = splitFrame(text);
  const [first = '', ...lines] = unfold(head);
  const headers = parseHeaders(lines);
  if (headers === undefined) return undefined;
  const cut = cutBody(body, headers);
  const status = statusLine.exec(first);
  if (status) return { kind: 'response', status: Number(status[1]), reason: status[2] ?? '', headers, body: cut };
  const request = requestLine.exec(first);
  if (!request) return undefined;
  return { kind: 'request', method: request[1] ?? '', uri: request[2] ?? '', headers, body: cut };
}

function splitFrame(text: string): { head: string; body: string } {
  const start = text.replace(/^(?:\r\n)+/, '');
  const end = start.indexOf('\r\n\r\n');
  return end < 0 ? { head: start, body: '' } : { head: start.slice(0, end), body: start.slice(end + 4) };
}

function unfold(head: string): readonly string[] {
  return head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .filter(line => line !== '');
}

function parseHeaders(lines: readonly string[]): readonly Header[] | undefined {
  const headers: Header[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (name === '') return undefined;
    headers.push({ name: longNames[name.toLowerCase()] ?? name, value: line.slice(colon + 1).trim() });
  }
  return headers;
}

/** Over WebSocket the frame delimits the message; a shorter Content-Length still cuts the body. RFC 7118 §5. */
function cutBody(body: string, headers: readonly Header[]): string {
  const length = Number(valueIn(headers, 'Content-Length') ?? Number.NaN);
  const bytes = Buffer.from(body);
  return Number.isInteger(length) && length >= 0 && length < bytes.length ? bytes.subarray(0, length).toString() : body;
}

/** The message as text, with a Content-Length that is right. */
export function serialize(message: SipMessage): string {
  const first =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  const lines = message.headers.filter(h => !same(h.name, 'Content-Length')).map(h => `${h.name}: ${h.value}`);
  return [first, ...lines, `Content-Length: ${Buffer.byteLength(message.body)}`, '', message.body].join('\r\n');
}

/** The first value of a header, list or not. */
export function header(message: SipMessage, name: string): string | undefined {
  return valueIn(message.headers, name);
}

/** Every value of a header, with comma-separated lists taken apart. RFC 3261 §7.3.1. */
export function headerList(message: SipMessage, name: string): readonly string[] {
  return message.headers.filter(h => same(h.name, name)).flatMap(h => splitList(h.value));
}

/** Every line of a header as it stands: for those whose values hold commas of their own (digest). */
export function headerLines(message: SipMessage, name: string): readonly string[] {
  return message.headers.filter(h => same(h.name, name)).map(h => h.value);
}

/** The message with a header replaced by these values, where its first line stood; no values remove it. */
export function withHeader<M extends SipMessage>(message: M, name: string, values: readonly string[]): M {
  const at = message.headers.findIndex(h => same(h.name, name));
  const others = message.headers.filter(h => !same(h.name, name));
  const index = at < 0 ? others.length : message.headers.slice(0, at).filter(h => !same(h.name, name)).length;
  const lines = values.map(value => ({ name, value }));
  return { ...message, headers: [...others.slice(0, index), ...lines, ...others.slice(index)] };
}

/** The message with one more value in front of a header: how Via and Record-Route are pushed. */
export function pushHeader<M extends SipMessage>(message: M, name: string, value: string): M {
  return { ...message, headers: [{ name, value }, ...message.headers] };
}

/** CSeq in its two halves; `undefined` when it is unusable. RFC 3261 §20.16. */
export function cseq(message: SipMessage): { readonly number: number; readonly method: string } | undefined {
  const found = /^(\d{1,10})\s+(\S+)$/.exec(header(message, 'CSeq') ?? '');
  return found ? { number: Number(found[1]), method: found[2] ?? '' } : undefined;
}

/** Splits at the commas that stand outside quotes and angle brackets. */
export function splitList(value: string): readonly string[] {
  if (!value.includes(',')) return value === '' ? [] : [value];
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  let angle = 0;
  for (let i = 0; i < value.length; i += 1) {
    const char = value[i];
    if (char === '\\' && quoted) i += 1;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '<') angle += 1;
    else if (char === '>') angle -= 1;
    else if (char === ',' && angle <= 0) {
      parts.push(value.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, value.slice(start)].map(part => part.trim()).filter(part => part !== '');
}

function valueIn(headers: readonly Header[], name: string): string | undefined {
  return headers.find(h => same(h.name, name))?.value;
}

function same(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase();
}

/** True when a request has the mandatory headers. RFC 3261 §8.1.1. */
export function isUsable(request: SipRequest): boolean {
  return (
    parseVia(headerList(request, 'Via')[0] ?? '') !== undefined &&
    parseAddress(header(request, 'From') ?? '')?.params.has('tag') === true &&
    parseAddress(header(request, 'To') ?? '') !== undefined &&
    (header(request, 'Call-ID') ?? '') !== '' &&
    cseq(request)?.method === request.method
  );
}
