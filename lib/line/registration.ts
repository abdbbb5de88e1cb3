import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import { isLeft, type Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import { cancelAfter, type Moment } from '../core/transition.js';
import type { Registered } from './port.js';
import { mint, stay, tick, timerOf, type LineRecord, type LineTurn } from './record.js';
import { signedIn, silenced, stopped, to, under } from './transition.js';

/** Asks to be let in, or to stay. */
export const register = (record: LineRecord, moment: Moment): LineTurn => {
  const { ref, next } = mint(record, 'register');
  const refreshing = record.phase === 'up';
  return to(next, moment, {
    phase: refreshing ? 'up' : 'registering',
    line: refreshing ? {} : { connection: under(record), registration: { state: 'registering' } },
    record: { orders: next.orders },
    orders: [...stopped(record, ['stall', 'retry']), { _tag: 'register', ref, expires: record.expires }],
  });
};

/** What the registrar says. */
export const registered = (record: LineRecord, result: Either<Failure, Registered>, moment: Moment): LineTurn => {
  if (isLeft(result)) return unregistered(record, result.left, moment);
  const expires = Math.max(result.right.expires, leastLifetime);
  return to(record, moment, {
    phase: 'up',
    line: {
      connection: 'connected',
      registration:
        record.line.registration.state === 'registered' ? record.line.registration : { state: 'registered' },
      verdict: 'online',
      ...signedIn(result.right),
    },
    record: { hasBeenUp: true, raised: false, heardAt: moment.at, probes: 0 },
    orders: [
      tick(record, 'refresh', Math.round(expires * 1000 * (0.8 + 0.15 * moment.random)), moment),
      tick(record, 'stable', defaultBackoff.stableAfter, moment),
      tick(record, 'check', record.quiet, moment),
      cancelAfter(timerOf(record, 'silence')),
    ],
  });
};

/** A registrar that grants less would have us register all the time (seconds). */
const leastLifetime = 10;

const unregistered = (record: LineRecord, failure: Failure, moment: Moment): LineTurn => {
  // The socket went under it, and `closed` says so: one loss is one failed attempt.
  if (failure.fault.code === 'line-lost') return stay(record);
  if (failure.minExpires !== undefined && !record.raised) {
    return register({ ...record, expires: failure.minExpires, raised: true }, moment);
  }
  return failure.fault.retryable ? retryLater(record, failure, moment) : refuse(record, failure.fault, moment);
};

const retryLater = (record: LineRecord, { fault: reason, retryAfter = 0 }: Failure, moment: Moment): LineTurn => {
  const ms = Math.max(retryAfter, backoffDelay(defaultBackoff, record.line.attempt, moment.random));
  return to(record, moment, {
    phase: 'retrying',
    line: {
      connection: under(record),
      registration: { state: 'none', fault: reason },
      attempt: record.line.attempt + 1,
      retryAt: moment.at + ms,
      fault: reason,
    },
    // The socket stays, with the calls on it: whether it lives is still asked.
    orders: [...stopped(record, ['refresh', 'stable']), tick(record, 'retry', ms, moment)],
    faults: [reason],
  });
};

const refuse = (record: LineRecord, reason: Fault, moment: Moment): LineTurn =>
  to(record, moment, {
    phase: 'refused',
    line: { connection: 'disconnected', registration: { state: 'refused', fault: reason }, fault: reason },
    record: { closes: record.closes + 1 },
    orders: [...silenced(record), { _tag: 'close' }],
    faults: [reason],
  });
