import { isHost, parsableUri } from './address.js';
import { headerValue, headerValues, type SipMessage } from './message.js';
import { contentOf } from './multipart.js';
import { NULL_TAG } from './rfc2543.js';
import type { Refusal } from './reply.js';
import { isViaParameters, mediaType, octets, plainAddress, tags } from './rewrite.js';

/** The methods that work, as the value of every Allow header. */
export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE';

/** The body types that are read, as the value of an Accept header. */
export const ACCEPT = [
  'application/sdp',
  'application/dtmf-relay',
  'application/dtmf',
  'message/sipfrag',
  'application/dialog-info+xml',
  'application/simple-message-summary',
  'text/*',
].join(', ');

export type GateOptions = {
  /** True when the dialog exists; `localTag` is the To tag of an incoming request. */
  readonly hasDialog: (callId: string, localTag: string, remoteTag: string) => boolean;
  /** The host of our own Via; a response with another is dropped (RFC 3261 §18.1.2). Not checked when absent. */
  readonly viaHost?: string;
  /** Option tags that a request may require; none by default. */
  readonly supported?: readonly string[];
  /** The longest frame in octets, 65536 by default. */
  readonly maxSize?: number;
};

const sentBy =
  /^SIP\s*\/\s*2\.0\s*\/\s*(?:UDP|TCP|TLS|SCTP|WSS?)\s+([^\s;:[\]]+|\[[^\s;[\]]+\])\s*(?::\s*\d{1,5}\s*)?((?:;.*)?)$/i;
const word = /[\w\-.!%*+`'~()<>:\\"/[\]?{}]+/.source;
const callId = new RegExp(`^${word}(?:@${word})?$`);
const cseq = /^(\d{1,10})\s+([\w\-.!%*+`'~]+)$/;

function one(message: SipMessage, name: string): string | undefined {
  const found = message.headers.filter(item => item.name === name);
  return found.length === 1 && !/\p{Cc}/u.test(found[0]?.value ?? '') ? found[0]?.value : undefined;
}

function optional(message: SipMessage, name: string, legal: RegExp): boolean {
  return message.headers.every(item => item.name !== name) || legal.test(one(message, name) ?? '');
}

function isParty(value: string | undefined, tagCount: readonly number[]): boolean {
  return value !== undefined && plainAddress(value) !== undefined && tagCount.includes(tags(value).length);
}

/** The host of a Via's sent-by in lower case. */
export function viaHost(value: string): string | undefined {
  return sentBy.exec(value)?.[1]?.toLowerCase();
}

function isVia(value: string): boolean {
  const [, host = '', after = ''] = sentBy.exec(value) ?? [];
  const isListed = !/;\s*(?:;|$)/.test(after);
  return value.length <= 4096 && isListed && isHost(host) && isViaParameters(after) && !/\p{Cc}/u.test(value);
}

/** Method of CSeq; `undefined` unless the topmost Via and CSeq are valid and the number is below 2^31. */
function methodOf(message: SipMessage): string | undefined {
  const [, number, counted] = cseq.exec(one(message, 'cseq') ?? '') ?? [];
  return isVia(headerValues(message, 'via')[0] ?? '') && Number(number) < 2 ** 31 ? counted : undefined;
}

/**
 * True when Via and CSeq identify the client transaction of a response. Such a response is not dropped for other faults,
 * because its sender does not repeat it and the transaction would wait for ever. RFC 3261 §17.1.3.
 */
export function isResponse(message: SipMessage): boolean {
  return methodOf(message) !== undefined;
}

/**
 * True when a request has the headers without which sip.js throws or drops it: RFC 3261 §8.1.1, §18.3. The From tag may be
 * missing: callers of RFC 2543 send none (§12.1.1).
 */
function isWellFormed(message: SipMessage, method: string): boolean {
  const counted = methodOf(message);
  const routes = headerValues(message, 'record-route');
  return (
    method === counted &&
    isParty(one(message, 'from'), [0, 1]) &&
    isParty(one(message, 'to'), [0, 1]) &&
    callId.test(one(message, 'call-id') ?? '') &&
    optional(message, 'max-forwards', /^0*(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])$/) &&
    optional(message, 'content-length', /^\d{1,9}$/) &&
    Number(headerValue(message, 'content-length') ?? 0) <= octets(message.body) &&
    (counted !== 'INVITE' || routes.every(route => plainAddress(route) !== undefined))
  );
}

/** A request taken apart, its body cut to Content-Length. */
export type Request = {
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
/** Requests whose body, and that of whose answers, describes a session. An ACK is never refused. RFC 3261 §13.2.1, RFC 3311 §5. */
export const describing: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'ACK']);

const checkVersion: Check = ({ version }) => (version.toUpperCase() === 'SIP/2.0' ? undefined : { statusCode: 505 });
const checkForm: Check = ({ message, method }) => (isWellFormed(message, method) ? undefined : bad);
/** The dialog that a request belongs to: its Call-ID, our tag and the far side's. */
export function dialogOf(message: SipMessage): readonly (string | undefined)[] {
  return [headerValue(message, 'call-id'), ...['to', 'from'].map(name => tags(headerValue(message, name) ?? '')[0])];
}
const checkDialog: Check = ({ message, method }, { hasDialog }) => {
  const [callId = '', local, remote = NULL_TAG] = dialogOf(message);
  // OPTIONS asks outside of a dialog too; inside, it asks whether the dialog is alive (RFC 3261 §11.2).
  if (!onlyInDialog.has(method) && (method !== 'OPTIONS' || local === undefined)) return undefined;
  const exists = local !== undefined && hasDialog(callId, local, remote);
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
/** Escaped text of a Refer-To goes unescaped into a header of ours (RFC 3891 §3): control characters are refused. */
const checkRefer: Check = ({ message, method }) =>
  method === 'REFER' &&
  headerValues(message, 'refer-to').some(value => /%(?:[01][\da-f]|7f|c2%[89][\da-f])/i.test(value))
    ? bad
    : undefined;
const checkRequire: Check = ({ message, method }, { supported = [] }) => {
  const unknown = headerValues(message, 'require').filter(tag => !supported.includes(tag.toLowerCase()));
  // RFC 3261 §8.2.2.3: not in a CANCEL or an ACK.
  if (unknown.length === 0 || method === 'CANCEL' || method === 'ACK') return undefined;
  return { statusCode: 420, headers: [`Unsupported: ${unknown.join(', ').replace(/\p{Cc}/gu, '')}`] };
};
const checkBody: Check = ({ message, method, body }) => {
  if (method === 'MESSAGE' && body !== '' && mediaType(message) === undefined)
    return { statusCode: 415, headers: ['Accept: text/plain, text/*'] };
  if (body === '' || method === 'ACK' || !describing.has(method)) return undefined;
  if (!/^(?:identity)?$/i.test(headerValue(message, 'content-encoding') ?? ''))
    return { statusCode: 415, headers: ['Accept-Encoding: identity'] };
  if (mediaType(message) === undefined) return bad;
  const { isUnknown } = contentOf({ ...message, body });
  return isUnknown ? { statusCode: 415, headers: ['Accept: application/sdp, multipart/mixed'] } : undefined;
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
  checkRefer,
  checkRequire,
  checkBody,
  checkOptions,
];

/**
 * Response to a request that fails a check, sent without a transaction; `undefined` when it passes. OPTIONS gets a 200.
 */
export function refusalOf(request: Request, options: GateOptions): Refusal | undefined {
  return checks.reduce<Refusal | undefined>((found, check) => found ?? check(request, options), undefined);
}
