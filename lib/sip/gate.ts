import { parsableUri } from './address.js';
import { describing, dialogOf, isResponse, refusalOf, viaHost, type GateOptions, type Request } from './checks.js';
import { headerValue, headerValues, parseMessage, type SipMessage } from './message.js';
import { contentOf, withSession } from './multipart.js';
import { reply } from './reply.js';
import { NULL_TAG, asRfc3261 } from './rfc2543.js';
import { mediaType, octets, plainAddress, rewrite } from './rewrite.js';
import { redact } from '../core/fault.js';

export { ACCEPT, ALLOW, type GateOptions } from './checks.js';

/** Why a frame was dropped. It never quotes the frame. */
type DropReason =
  | 'too-large'
  | 'not-utf8'
  | 'not-sip'
  | 'no-end-of-headers'
  | 'unsupported-version'
  | 'malformed-response'
  | 'malformed-ack'
  | 'via-not-ours';

/**
 * Decision about a received frame.
 *
 * `pass` gives the message to sip.js, `reply` sends the text back (a response, or the CRLF of a keep-alive) and discards the
 * frame, `drop` is a fault, and `keep-alive` only proves that the connection lives.
 */
export type Gated =
  | { readonly _tag: 'pass'; readonly message: SipMessage }
  | { readonly _tag: 'reply'; readonly text: string }
  | { readonly _tag: 'drop'; readonly reason: DropReason }
  | { readonly _tag: 'keep-alive' };

function drop(reason: DropReason): Gated {
  return { _tag: 'drop', reason };
}

/** The body, as long as Content-Length says; empty if fewer octets arrived. */
function cut(message: SipMessage): string {
  const length = Number(headerValue(message, 'content-length') ?? octets(message.body));
  if (!(length <= octets(message.body))) return '';
  if (length === octets(message.body)) return message.body;
  return new TextDecoder().decode(new TextEncoder().encode(message.body).slice(0, length));
}

/** The message for sip.js. Its body is the session description alone, and empty when it has no Content-Type. */
function handedOn(message: SipMessage, startLine: string, method: string, body: string): Gated {
  const whole = { ...message, body: mediaType(message) === undefined ? '' : body };
  const told = describing.has(method) ? withSession(whole, contentOf(whole)) : whole;
  return { _tag: 'pass', message: rewrite(told, startLine, told.body) };
}

function gateRequest(request: Request, options: GateOptions): Gated {
  const { method, uri, body } = request;
  const { hasDialog } = options;
  const [callId = '', local = '', remote = NULL_TAG] = dialogOf(request.message);
  const message = asRfc3261(request.message, method === 'ACK' && hasDialog(callId, local, remote));
  const refusal = refusalOf({ ...request, message }, options);
  // An ACK is never answered (RFC 3261 §17).
  if (refusal !== undefined && request.method === 'ACK') return drop('malformed-ack');
  if (refusal !== undefined) return { _tag: 'reply', text: reply(request.message, refusal) };
  // sip.js rejects a `sips:` Request-URI and parameters after the host.
  const plain = uri.replace(/^sips:/i, 'sip:').replace(/^([^@]*@[^;?]*).*$/, '$1');
  const target = parsableUri(plain) ?? plain;
  return handedOn(message, `${method} ${target} SIP/2.0`, method, body);
}

/** Replaces a missing or invalid To, and keeps its tag, which identifies the dialog. */
function withTo(message: SipMessage): SipMessage {
  const value = headerValue(message, 'to') ?? '';
  if (plainAddress(value) !== undefined) return message;
  const [tag = ''] = /;\s*tag\s*=\s*[\w\-.!%*+`'~]+/i.exec(value) ?? [];
  const to = { name: 'to', value: `<sip:nobody@uri.invalid>${tag}` };
  return { ...message, headers: [...message.headers.filter(({ name }) => name !== 'to'), to] };
}

function gateResponse(message: SipMessage, status: number, phrase: string, options: GateOptions): Gated {
  const vias = headerValues(message, 'via');
  if (status < 100 || status > 699 || vias.length !== 1 || !isResponse(message)) return drop('malformed-response');
  if (options.viaHost !== undefined && viaHost(vias[0] ?? '') !== options.viaHost.toLowerCase())
    return drop('via-not-ours');
  // A reason phrase may quote secrets of the request; characters that sip.js cannot parse become spaces.
  const words = redact(phrase)
    .replace(/[^\w\-.!~*'();/?:@&=+$, \u00a0-\uffff]/g, ' ')
    .trim();
  const [, method = ''] = (headerValue(message, 'cseq') ?? '').split(/\s+/);
  return handedOn(withTo(message), `SIP/2.0 ${status} ${words}`, method, cut(message));
}

type StartLine = { readonly method: string; readonly uri: string; readonly version: string };

/** Method and version stand first and last; what is between them is the Request-URI, well-formed or not. */
function requestLine(line: string): StartLine | undefined {
  const trimmed = line.trimEnd();
  const first = trimmed.search(/\s/);
  const last = Math.max(trimmed.lastIndexOf(' '), trimmed.lastIndexOf('\t'));
  const [method, version] = [trimmed.slice(0, Math.max(first, 0)), trimmed.slice(last + 1)];
  if (!/^[\w\-.!%*+`'~]+$/.test(method) || !/^SIP\/\d+\.\d+$/i.test(version)) return undefined;
  return { method, uri: trimmed.slice(first, last).trim(), version };
}

function gateText(text: string, options: GateOptions): Gated {
  const message = parseMessage(text);
  const [, version, status, phrase] = /^(SIP\/\d+\.\d+) (\d{3})(?: (.*))?$/is.exec(message.startLine) ?? [];
  const request = version === undefined ? requestLine(message.startLine) : undefined;
  if (version === undefined && request === undefined) return drop('not-sip');
  if (!message.complete) return drop('no-end-of-headers');
  if (request !== undefined) return gateRequest({ ...request, message, body: cut(message) }, options);
  return version?.toUpperCase() === 'SIP/2.0'
    ? gateResponse(message, Number(status), phrase ?? '', options)
    : drop('unsupported-version');
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Every byte that is not ASCII as a question mark: Content-Length still counts it as one. */
function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, byte => (byte < 0x80 ? String.fromCharCode(byte) : '?')).join('');
}

function endOfHeaders(bytes: Uint8Array): number {
  return bytes.findIndex(
    (byte, at) => byte === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10,
  );
}

/** Headers must be UTF-8. A body that is not gets `?` for its other octets, so that the request can be answered. */
function decode(frame: ArrayBuffer | Uint8Array): string | undefined {
  const bytes = new Uint8Array(frame);
  const whole = utf8(bytes);
  const end = endOfHeaders(bytes);
  if (whole !== undefined || end === -1) return whole;
  const head = utf8(bytes.subarray(0, end));
  return head === undefined ? undefined : head + ascii(bytes.subarray(end));
}

/**
 * Everything that has to be right about a frame before sip.js sees it, as one pure function.
 *
 * sip.js throws on some messages and drops others without an answer, so that a call never rings; what passes here it can
 * parse. A message that passes is rewritten for it, see `rewrite` and `parsableUri`: outgoing text has to go through
 * `restoreUris`. Total: any frame has a result. RFC 3261 §8.2, §16.3, §18, RFC 5626 §4.4.1, RFC 7118.
 */
export function gate(frame: string | ArrayBuffer | Uint8Array, options: GateOptions): Gated {
  const { maxSize = 65536 } = options;
  if ((typeof frame === 'string' ? frame.length : frame.byteLength) > maxSize) return drop('too-large');
  const text = typeof frame === 'string' ? frame : decode(frame);
  if (text === undefined) return drop('not-utf8');
  if (octets(text) > maxSize) return drop('too-large');
  if (/^(?:\r\n)*$/.test(text)) return text.length > 2 ? { _tag: 'reply', text: '\r\n' } : { _tag: 'keep-alive' };
  return gateText(text.replace(/^(?:\r\n)+/, ''), options);
}
