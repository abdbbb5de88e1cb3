import type { Body, IncomingRequestMessage, IncomingResponseMessage } from './sipjs.js';
import { causeOf, type Ending } from '../call/cause.js';
import type { CallEnd } from '../call/model.js';
import { compact } from '../core/compact.js';
import type { Account } from './account.js';
import { isLocal, read } from './failure.js';
import { ALLOW } from './gate.js';
import { type SipMessage, reasons, retryAfter, wordsOf } from './message.js';

/** Why we end a call: it goes into the Reason header. RFC 3326. */
export type EndReason = { readonly statusCode?: number; readonly reason?: string; readonly reasonCode?: string };

type Incoming = IncomingRequestMessage | IncomingResponseMessage;

/** The session description in a message. */
export function sdpOf(message: Incoming): string | undefined {
  return message.getHeader('content-type')?.toLowerCase() === 'application/sdp' && message.body !== ''
    ? message.body
    : undefined;
}

export function sdpBody(content: string): Body {
  return {
    contentDisposition: 'session',
    contentType: 'application/sdp',
    content,
  };
}

/** Headers of every INVITE of ours and of each 200 to one. RFC 3261 §13.2.1. */
export function dialogHeaders(account: Account): string[] {
  return [`Contact: ${account.contact.toString()}`, `Allow: ${ALLOW}`];
}

function quoted(text: string): string {
  return `"${text.replace(/\p{Cc}/gu, '').replace(/[\\"]/g, '\\$&')}"`;
}

/** The value of a Reason header, or `undefined` where there is nothing to tell. RFC 3326 §2. */
export function reasonValue({ statusCode, reason, reasonCode }: EndReason): string | undefined {
  const numeric = reasonCode !== undefined && /^[1-6]\d\d$/.test(reasonCode) ? Number(reasonCode) : undefined;
  const cause = statusCode ?? numeric;
  const words = [numeric === undefined ? reasonCode : undefined, reason].filter(
    word => word !== undefined && word !== '',
  );
  if (cause === undefined && words.length === 0) return undefined;
  return [
    'SIP',
    ...(cause === undefined ? [] : [`cause=${cause}`]),
    ...(words.length === 0 ? [] : [`text=${quoted(words.join(' '))}`]),
  ].join(';');
}

export function reasonHeaders(why: EndReason): string[] {
  const value = reasonValue(why);
  return value === undefined ? [] : [`Reason: ${value}`];
}

function ending(message: SipMessage, how: Omit<Ending, 'reason'>, phrase?: string): CallEnd {
  const said = reasons(message);
  const wait = retryAfter(message);
  const { statusCode } = how;
  return compact({
    by: 'remote' as const,
    cause: causeOf({ ...how, reason: said }),
    statusCode,
    reason: (wordsOf(message) ?? phrase) || undefined,
    retryAfter: statusCode === undefined || wait === undefined ? undefined : wait * 1000,
  });
}

/** How a call ends by a BYE or a CANCEL. */
export function endByRequest(method: 'BYE' | 'CANCEL', message: IncomingRequestMessage): CallEnd {
  return ending(read(message), { method });
}

/** Maps a final response to the end of a call; responses that sip.js has generated are `by: 'network'`. */
export function endByResponse(response: IncomingResponseMessage): CallEnd {
  const { statusCode = 500, reasonPhrase } = response;
  if (isLocal(response)) return { by: 'network', cause: statusCode === 408 ? 'request_timeout' : 'line_lost' };
  return ending(read(response), { statusCode }, reasonPhrase);
}

const hints: readonly (readonly [name: string, hint: RegExp])[] = [
  ['call-info', /(?:^|[;\s])answer-after\s*=\s*"?0+"?\s*(?:[;,]|$)/i],
  ['alert-info', /(?:^|[;\s])answer-after\s*=\s*"?0+"?\s*(?:[;,]|$)|(?:auto|ring)[-\s]?answer|\bintercom\b/i],
  ['answer-mode', /^\s*auto\b/i],
  ['priv-answer-mode', /^\s*auto\b/i],
  ['p-auto-answer', /^\s*(?:normal|true|yes|1)\b/i],
];

/** True when the caller requests an automatic answer: the common forms of Call-Info and Alert-Info, and RFC 5373 §3. */
export function asksForAutoAnswer(message: SipMessage): boolean {
  // Whole header lines: a split at commas could separate the two parts.
  return hints.some(([name, hint]) => message.headers.some(one => one.name === name && hint.test(one.value)));
}
