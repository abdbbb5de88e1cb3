/** What SIP headers and bodies say about a call, and how to say it. RFC 3326, RFC 3325. */
import { parseAddress, parseUri, quote } from '../address.js';
import { completedElsewhere } from '../forking.js';
import { header, headerList, type Header, type SipMessage, type SipRequest } from '../message.js';
import type { Users } from '../users.js';
import type { Ringing } from './model.js';

/** Why a call ends. */
export interface Why {
  /** Because somebody else has answered. */
  readonly elsewhere?: boolean;
  readonly reason?: string;
}

/** The Reason values of a CANCEL or BYE. */
export function reasonsOf({ elsewhere = false, reason = '' }: Why): readonly string[] {
  if (elsewhere) return [completedElsewhere];
  // Normal call clearing, in words that are for a person.
  return reason === '' ? [] : [`Q.850;cause=16;text=${quote(reason)}`];
}

/** What the Reason headers of a message say. */
export function whyOf(message: SipMessage): Why {
  const values = headerList(message, 'Reason');
  const elsewhere = values.some(value => /^\s*SIP\s*;.*\bcause\s*=\s*200\b/i.test(value));
  const text = values.map(value => /;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(value)?.[1]).find(found => found);
  return {
    ...(elsewhere ? { elsewhere } : {}),
    ...(text === undefined ? {} : { reason: text.replace(/\\(.)/g, '$1') }),
  };
}

/**
 * Who calls, in the server's own word: the user's name where it is one of ours, else the number or name that is shown, as a hotline's;
 * `anonymous` for who asked to be private.
 */
export function callerOf(request: SipRequest, users: Users): Ringing['from'] {
  const asserted = parseAddress(headerList(request, 'P-Asserted-Identity')[0] ?? '');
  const shown = asserted ?? parseAddress(header(request, 'From') ?? '');
  const name = parseUri(shown?.uri ?? '')?.user ?? 'anonymous';
  return {
    // Without the server's word a name proves nothing.
    user: asserted ? (users.find(name)?.name ?? name) : 'anonymous',
    ...(shown?.display === undefined ? {} : { displayName: shown.display }),
  };
}

/** The user whom a response names, if it is one of ours. */
export function namedIn(message: SipMessage, users: Users): string | undefined {
  const asserted = parseAddress(headerList(message, 'P-Asserted-Identity')[0] ?? '');
  return users.find(parseUri(asserted?.uri ?? '')?.user ?? '')?.name;
}

/** The Request-URI of a call to a name, a number or a whole SIP URI; `undefined` for what can't be written as one. */
export function uriOf(to: string, realm: string): string | undefined {
  if (/^sips?:/i.test(to)) return parseUri(to) && !/[\s<>"]/.test(to) ? to : undefined;
  return addressOf(to, realm);
}

/** A name at a host; `undefined` when it isn't Unicode text. */
export function addressOf(name: string, host: string): string | undefined {
  try {
    return `sip:${encodeURIComponent(name)}@${host}`;
  } catch {
    return undefined;
  }
}

/** A text that may stand as the reason phrase of a response. */
export function phraseOf(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** A description as the body of a message: its header, or none for an empty one. */
export function sdpHeaders(body: string): readonly Header[] {
  return body === '' ? [] : [{ name: 'Content-Type', value: 'application/sdp' }];
}

/** The media type of a body, in lower case; `''` when there is none. */
export function contentType(message: SipMessage): string {
  return (header(message, 'Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Whether the body, if there is one, can be a description. */
export function mayBeSdp(message: SipMessage): boolean {
  return message.body === '' || ['', 'application/sdp'].includes(contentType(message));
}

/** What we understand, in every INVITE, every 2xx and every 405. */
export const allow: Header = { name: 'Allow', value: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE' };
