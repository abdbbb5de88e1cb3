/** Headers and bodies of calls: Reason (RFC 3326), caller identity (RFC 3325), SDP. */
import { parseAddress, parseUri, quote } from '../sip/address.js';
import { completedElsewhere } from '../sip/forking.js';
import { header, headerList, type Header, type SipMessage, type SipRequest } from '../sip/message.js';
import type { Users } from '../users.js';
import type { Ringing } from '../voice/model.js';

/** Cause of the end of a call. */
export interface EndCause {
  /** True when another device has answered. */
  readonly elsewhere?: boolean;
  /** Text for a person. */
  readonly reason?: string;
  /** A SIP status; without one the call is cleared normally. */
  readonly status?: number;
}

/** The Reason values of a CANCEL or BYE. */
export function reasonsOf({ elsewhere = false, reason = '', status }: EndCause): readonly string[] {
  if (elsewhere) return [completedElsewhere];
  if (status !== undefined) return [`SIP;cause=${status};text=${quote(reason)}`];
  return reason === '' ? [] : [`Q.850;cause=16;text=${quote(reason)}`];
}

/** The cause that the Reason headers of a message give. */
export function reasonOf(message: SipMessage): EndCause {
  const values = headerList(message, 'Reason');
  const elsewhere = values.some(value => /^\s*SIP\s*;.*\bcause\s*=\s*200\b/i.test(value));
  const text = values.map(value => /;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(value)?.[1]).find(found => found);
  return {
    ...(elsewhere ? { elsewhere } : {}),
    ...(text === undefined ? {} : { reason: text.replace(/\\(.)/g, '$1') }),
  };
}

/**
 * The caller as the proxy asserts it: a user's name, else the asserted number or name, such as a hotline's; `anonymous` when the
 * caller asked for privacy.
 */
export function callerOf(request: SipRequest, users: Users): Ringing['from'] {
  const asserted = parseAddress(headerList(request, 'P-Asserted-Identity')[0] ?? '');
  const shown = asserted ?? parseAddress(header(request, 'From') ?? '');
  const name = parseUri(shown?.uri ?? '')?.user ?? 'anonymous';
  return {
    // A From without an assertion is not authenticated.
    user: asserted ? (users.find(name)?.name ?? name) : 'anonymous',
    ...(shown?.display === undefined ? {} : { displayName: shown.display }),
  };
}

/** The user that a message asserts; `undefined` for anybody else. */
export function namedIn(message: SipMessage, users: Users): string | undefined {
  const asserted = parseAddress(headerList(message, 'P-Asserted-Identity')[0] ?? '');
  return users.find(parseUri(asserted?.uri ?? '')?.user ?? '')?.name;
}

/** The Request-URI of a call to a name, a number or a SIP URI; `undefined` when it cannot be a URI. */
export function uriOf(to: string, realm: string): string | undefined {
  if (/^sips?:/i.test(to)) return parseUri(to) && !/[\s<>"]/.test(to) ? to : undefined;
  return addressOf(to, realm);
}

/** The SIP URI of a name at a host; `undefined` when the name has a lone surrogate. */
export function addressOf(name: string, host: string): string | undefined {
  try {
    return `sip:${encodeURIComponent(name)}@${host}`;
  } catch {
    return undefined;
  }
}

/** A reason phrase without control characters. */
export function phraseOf(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** Content-Type of an SDP body; none for an empty body. */
export function sdpHeaders(body: string): readonly Header[] {
  return body === '' ? [] : [{ name: 'Content-Type', value: 'application/sdp' }];
}

/** The media type of a body, in lower case; `''` when there is none. */
export function contentType(message: SipMessage): string {
  return (header(message, 'Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** True when the body is empty or may be SDP. */
export function mayBeSdp(message: SipMessage): boolean {
  return message.body === '' || ['', 'application/sdp'].includes(contentType(message));
}

/** Methods of the user agent's calls. */
export const methods = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY';

/** Allow header of every INVITE, 2xx and 405. */
export const allow: Header = { name: 'Allow', value: methods };
