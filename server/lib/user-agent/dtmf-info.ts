/** Keys in the body of an INFO: `application/dtmf-relay` and `application/dtmf`. */
import type { SipMessage } from '../sip/message.js';
import { contentType } from './headers.js';

/** How long a key is said to have been held, in ms. */
const heldMs = 100;

/** Some gateways write the event numbers of RFC 4733 §3.2 for these. */
const events: Readonly<Record<string, string>> = { 10: '*', 11: '#', 12: 'A', 13: 'B', 14: 'C', 15: 'D' };

const readers = new Map<string, (body: string) => string | undefined>([
  ['application/dtmf-relay', relayed],
  ['application/dtmf', body => keyOf(body) ?? relayed(body)],
]);

/** Whether a body is said to be about keys. */
export function isDigit(message: SipMessage): boolean {
  return readers.has(contentType(message));
}

/** The key, one of `0-9A-D*#`; `undefined` when it is none. */
export function digitIn(message: SipMessage): string | undefined {
  return readers.get(contentType(message))?.(message.body);
}

/** The body of an INFO that carries this key; `undefined` when it is none. */
export function digitBody(digit: string): string | undefined {
  const key = keyOf(digit);
  return key === undefined ? undefined : `Signal=${key}\r\nDuration=${heldMs}\r\n`;
}

function relayed(body: string): string | undefined {
  return keyOf(/^\s*signal\s*=([^\r\n]*)/im.exec(body)?.[1] ?? '');
}

function keyOf(text: string): string | undefined {
  const key = text.trim().toUpperCase();
  return /^[0-9A-D*#]$/.test(key) ? key : Object.hasOwn(events, key) ? events[key] : undefined;
}
