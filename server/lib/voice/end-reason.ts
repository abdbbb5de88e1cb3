/** End reasons of a leg, with the codes of `rtc:hangup`. */
import { reasonOf } from '../sip/response.js';
import type { LegStatus, EndReason } from './legs.js';

/** A party has hung up; code and text go to the other side. */
export const hungUp = (text = '', code = ''): EndReason => ({ code, text, sip: 200, status: 'cancelled' });

/** The caller has given up. */
export const cancelled: EndReason = hungUp();

/** Another device of the same user has it. */
export const elsewhere: EndReason = hungUp('answered elsewhere');

/** It has rung for too long. */
export const ringTimeout: EndReason = { code: '', text: '', sip: 487, status: 'timeout' };

/** The callee has rejected the call. */
export const rejected = (text: string, code: string): EndReason => ({
  code: code || 'REMOTE_REJECT',
  text,
  sip: 486,
  status: 'rejected',
});

/** The connection has been down for a minute. */
export const mediaLost: EndReason = { code: 'MEDIA_TIMEOUT', text: 'media timeout', sip: 408, status: 'failed' };

const lastBy: ReadonlyMap<number, LegStatus> = new Map([
  [408, 'timeout'],
  [486, 'busy'],
  [487, 'cancelled'],
  [600, 'busy'],
  [603, 'rejected'],
]);

/** A SIP status, 300 to 699. */
export const refused = (sip: number, text = reasonOf(sip)): EndReason => ({
  code: '',
  text,
  sip,
  status: lastBy.get(sip) ?? 'failed',
});

/** The more specific of two refusals; "unavailable" is the least specific. */
export function moreSpecific(one: EndReason | undefined, other: EndReason): EndReason {
  return one && absent.has(other.sip) ? one : other;
}

const absent = new Set([404, 480]);
