/** Why a leg is over, in the words of `rtc:hangup`. */
import { reasonOf } from '../sip/response.js';
import type { LegStatus, Why } from './legs.js';

/** Somebody has hung up; their words go on to the other side. */
export const hungUp = (text = '', code = ''): Why => ({ code, text, sip: 200, status: 'cancelled' });

/** Nobody waits for its answer any more. */
export const cancelled: Why = hungUp();

/** Another device of the same user has it. */
export const elsewhere: Why = hungUp('answered elsewhere');

/** It has rung for too long. */
export const rungOut: Why = { code: '', text: '', sip: 487, status: 'timeout' };

/** Somebody does not want the call. */
export const rejected = (text: string, code: string): Why => ({
  code: code || 'REMOTE_REJECT',
  text,
  sip: 486,
  status: 'rejected',
});

/** Nothing was heard for a minute. */
export const mediaLost: Why = { code: 'MEDIA_TIMEOUT', text: 'media timeout', sip: 408, status: 'failed' };

const lastBy: ReadonlyMap<number, LegStatus> = new Map([
  [408, 'timeout'],
  [486, 'busy'],
  [487, 'cancelled'],
  [600, 'busy'],
  [603, 'rejected'],
]);

/** A SIP status, 300 to 699. */
export const refused = (sip: number, text = reasonOf(sip)): Why => ({
  code: '',
  text,
  sip,
  status: lastBy.get(sip) ?? 'failed',
});

/** Of two refusals the one that says more: "nobody there" says less than anything else. */
export function tellingMost(one: Why | undefined, other: Why): Why {
  return one && absent.has(other.sip) ? one : other;
}

const absent = new Set([404, 480]);
