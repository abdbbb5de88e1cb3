import { parsableUri } from './address.js';
import { headerValue, headerValues, parseMessage, type SipMessage } from './message.js';
import { reply, type Refusal } from './reply.js';
import { mediaType, octets, plainAddress, rewrite, tags } from './rewrite.js';

/** The methods that work, as the value of every Allow header. */
export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE';

/** The body types that are read, as the value of an Accept header. */
export const ACCEPT = 'application/sdp, application/dtmf-relay, application/dtmf';

export type GateOptions = {
  /** Whether the dialog exists; `localTag` is the To tag of an incoming request. */
  readonly hasDialog: (callId: string, localTag: string, remoteTag: string) => boolean;
  /** The host of our own Via; a response with another is dropped (RFC 3261 §18.1.2). Not checked when absent. */
  readonly viaHost?: string;
  /** Option tags that a request may require; none by default. */
  readonly supported?: readonly string[];
  /** The longest frame in octets, 65536 by default. */
  readonly maxSize?: number;
};

/** Why a frame was dropped. It never quotes the frame. */
export type DropReason =
  | 'too-large'
  | 'not-utf8'
  | 'not-sip'
  | 'no-end-of-headers'
  | 'unsupported-version'
  | 'malformed-response'
  | 'malformed-ack'
  | 'via-not-ours';

/**
 * What to do with a frame.
 *
 * `pass` gives the message to sip.js, `reply` sends the text back (a response, or the CRLF of a keep-alive) and forgets the
 * frame, `drop` is a fault, and `keep-alive` is nothing at all but a sign of life.
 */
export type Gated =
  | { readonly _tag: 'pass'; readonly text: string }
  | { readonly _tag: 'reply'; readonly text: string }
  | { readonly _tag: 'drop'; readonly reason: DropReason }
  | { readonly _tag: 'keep-alive' };

const drop = (reason: DropReason): Gated => ({ _tag: 'drop', reason });

const host =
  /(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]/.source;
const via = new RegExp(`^SIP\\s*/\\s*2\\.0\\s*/\\s*[A-Z]+\\s+(${host})\\s*(?::\\s*\\d{1,5}\\s*)?((?:;.*)?)$`, 'i');
const branch = /;\s*branch\s*=\s*[\w\-.!%*+`'~]+\s*(?:;|$)/i;
const word = /[\w\-.!%*+`'~()<>:\\"/[\]?{}]+/.source;
const callId = new RegExp(`^${word}(?:@${word})?$`);
const cseq = /^(\d{1,10})\s+([\w\-.!%*+`'~]+)$/;

const one = (message: SipMessage, name: string): string | undefined => {
  const found = message.headers.filter(item => item.name === name);
  return found.length === 1 && !/\p{Cc}/u.test(found[0]?.value ?? '') ? found[0]?.value : undefined;
};

const optional = (message: SipMessage, name: string, legal: RegExp): boolean =>
  message.headers.every(item => item.name !== name) || legal.test(one(message, name) ?? '');

const isParty = (value: string | undefined, tagCount: readonly number[]): boolean =>
  value !== undefined && plainAddress(value) !== undefined && tagCount.includes(tags(value).length);

const isVia = (value: string): boolean => via.test(value) && branch.test(value) && !/\p{Cc}/u.test(value);

/** What sip.js needs of every message, or it throws or drops it: RFC 3261 §8.1.1, §18.3. */
const isWellFormed = (message: SipMessage, method: string | undefined): boolean => {
  const [, number, counted] = cseq.exec(one(message, 'cseq') ?? '') ?? [];
  const routes = headerValues(message, 'record-route');
  return (
    isVia(headerValues(message, 'via')[0] ?? '') &&
    counted !== undefined &&
    Number(number) < 2 ** 31 &&
    (method === undefined || method === counted) &&
    isParty(one(message, 'from'), [1]) &&
    isParty(one(message, 'to'), [0, 1]) &&
    callId.test(one(message, 'call-id') ?? '') &&
    optional(message, 'max-forwards', /^(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/) &&
    optional(message, 'content-length', /^\d{1,9}$/) &&
    Number(headerValue(message, 'content-length') ?? 0) <= octets(message.body) &&
    (counted !== 'INVITE' || routes.every(route => plainAddress(route) !== undefined))
  );
};

/** The body that Content-Length leaves of it, counted in octets. */
const cut = (message: SipMessage): string => {
  const length = headerValue(message, 'content-length');
  if (length === undefined || Number(length) >= octets(message.body)) return message.body;
  return new TextDecoder().decode(new TextEncoder().encode(message.body).slice(0, Number(length)));
};

type Request = {
  readonly message: SipMessage;
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  readonly body: string;
};
type Check = (request: Request, options: GateOptions) => Refusal | undefined;

const bad: Refusal = { statusCode: 400 };
const methods: ReadonlySet<string> = new Set(ALLOW.split(', '));
const onlyInDialog: ReadonlySet<string> = new Set(['PRACK', 'UPDATE', 'INFO']);
const describing: ReadonlySet<string> = new Set(['INVITE', 'UPDATE']);

const checkVersion: Check = ({ version }) => (version.toUpperCase() === 'SIP/2.0' ? undefined : { statusCode: 505 });
const checkForm: Check = ({ message, method }) => (isWellFormed(message, method) ? undefined : bad);
const checkDialog: Check = ({ message, method }, { hasDialog }) => {
  const [local] = tags(headerValue(message, 'to') ?? '');
  const [remote] = tags(headerValue(message, 'from') ?? '');
  // OPTIONS asks outside of a dialog too; inside, it asks whether the dialog is alive (RFC 3261 §11.2).
  if (!onlyInDialog.has(method) && (method !== 'OPTIONS' || local === undefined)) return undefined;
  const exists = local !== undefined && hasDialog(headerValue(message, 'call-id') ?? '', local, remote ?? '');
  return exists ? undefined : { statusCode: 481 };
};
const checkMethod: Check = ({ method }) =>
  methods.has(method) ? undefined : { statusCode: 405, headers: [`Allow: ${ALLOW}`] };
const checkUri: Check = ({ uri }) => {
  if (!/^sips?:/i.test(uri)) return /^[a-z][a-z0-9+.-]*:/i.test(uri) ? { statusCode: 416 } : bad;
  return parsableUri(uri) === undefined ? bad : undefined;
};
const checkContact: Check = ({ message, method }) =>
  method !== 'INVITE' || headerValues(message, 'contact').some(value => plainAddress(value) !== undefined)
    ? undefined
    : bad;
const checkRequire: Check = ({ message, method }, { supported = [] }) => {
  const unknown = headerValues(message, 'require').filter(tag => !supported.includes(tag.toLowerCase()));
  // RFC 3261 §8.2.2.3: not in a CANCEL or an ACK.
  if (unknown.length === 0 || method === 'CANCEL' || method === 'ACK') return undefined;
  return { statusCode: 420, headers: [`Unsupported: ${unknown.join(', ').replace(/\p{Cc}/gu, '')}`] };
};
const checkBody: Check = ({ message, method, body }) => {
  if (body === '' || !describing.has(method)) return undefined;
  if (!/^(?:identity)?$/i.test(headerValue(message, 'content-encoding') ?? ''))
    return { statusCode: 415, headers: ['Accept-Encoding: identity'] };
  const type = mediaType(message);
  if (type === undefined) return bad;
  return type === 'application/sdp' ? undefined : { statusCode: 415, headers: ['Accept: application/sdp'] };
};
/** sip.js would answer by itself and name methods that do not work. */
const checkOptions: Check = ({ method }) =>
  method === 'OPTIONS' ? { statusCode: 200, headers: [`Allow: ${ALLOW}`, `Accept: ${ACCEPT}`] } : undefined;

const checks: readonly Check[] = [
  checkVersion,
  checkForm,
  checkDialog,
  checkMethod,
  checkUri,
  checkContact,
  checkRequire,
  checkBody,
  checkOptions,
];

const gateRequest = (request: Request, options: GateOptions): Gated => {
  const refusal = checks.reduce<Refusal | undefined>((found, check) => found ?? check(request, options), undefined);
  // An ACK is never answered (RFC 3261 §17).
  if (refusal !== undefined && request.method === 'ACK') return drop('malformed-ack');
  if (refusal !== undefined) return { _tag: 'reply', text: reply(request.message, refusal) };
  const { message, method, uri, body } = request;
  // sip.js refuses `sips:` here, and throws on a body without a type.
  const target = (parsableUri(uri) ?? uri).replace(/^sips:/i, 'sip:');
  return { _tag: 'pass', text: rewrite(message, `${method} ${target} SIP/2.0`, mediaType(message) ? body : '') };
};

const gateResponse = (message: SipMessage, status: number, phrase: string, { viaHost }: GateOptions): Gated => {
  const vias = headerValues(message, 'via');
  if (status < 100 || status > 699 || vias.length !== 1 || !isWellFormed(message, undefined))
    return drop('malformed-response');
  if (viaHost !== undefined && via.exec(vias[0] ?? '')?.[1]?.toLowerCase() !== viaHost.toLowerCase())
    return drop('via-not-ours');
  // Its grammar has no place for quotes, brackets or a bare percent sign in a reason phrase.
  const words = phrase.replace(/[^\w\-.!~*'();/?:@&=+$, \u00a0-\uffff]/g, ' ').trim();
  return { _tag: 'pass', text: rewrite(message, `SIP/2.0 ${status} ${words}`, mediaType(message) ? cut(message) : '') };
};

const gateText = (text: string, options: GateOptions): Gated => {
  const message = parseMessage(text);
  const [, version, status, phrase] = /^(SIP\/\d+\.\d+) (\d{3})(?: (.*))?$/is.exec(message.startLine) ?? [];
  const [, method, uri, wanted] = /^([\w\-.!%*+`'~]+)\s+(.*)\s+(SIP\/\d+\.\d+)\s*$/is.exec(message.startLine) ?? [];
  const known = version !== undefined || method !== undefined;
  if (!known) return drop('not-sip');
  if (!message.complete) return drop('no-end-of-headers');
  if (version !== undefined)
    return version.toUpperCase() === 'SIP/2.0'
      ? gateResponse(message, Number(status), phrase ?? '', options)
      : drop('unsupported-version');
  return gateRequest(
    { message, method: method ?? '', uri: uri ?? '', version: wanted ?? '', body: cut(message) },
    options,
  );
};

const decode = (frame: ArrayBuffer | Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(frame);
  } catch {
    return undefined;
  }
};

/**
 * Everything that has to be right about a frame before sip.js sees it, as one pure function.
 *
 * sip.js throws on some messages and drops others without an answer, so that a call never rings; what passes here it can
 * parse. A message that passes is rewritten for it, see `rewrite` and `parsableUri`: outgoing text has to go through
 * `restoreUris`. Total: any frame has a result. RFC 3261 §8.2, §16.3, §18, RFC 5626 §4.4.1, RFC 7118.
 */
export const gate = (frame: string | ArrayBuffer | Uint8Array, options: GateOptions): Gated => {
  const { maxSize = 65536 } = options;
  if ((typeof frame === 'string' ? frame.length : frame.byteLength) > maxSize) return drop('too-large');
  const text = typeof frame === 'string' ? frame : decode(frame);
  if (text === undefined) return drop('not-utf8');
  if (octets(text) > maxSize) return drop('too-large');
  if (/^(?:\r\n)*$/.test(text)) return text.length > 2 ? { _tag: 'reply', text: '\r\n' } : { _tag: 'keep-alive' };
  return gateText(text.replace(/^(?:\r\n)+/, ''), options);
};
