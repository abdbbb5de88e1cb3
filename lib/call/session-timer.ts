import type { InputOf } from './state.js';
import { isLeft, isRight } from '../core/either.js';
import type { After, CancelAfter, Moment } from '../core/transition.js';
import { changeAnswered, enqueued, negotiate } from './offer-answer.js';
import {
  finish,
  stopTimer,
  startTimer,
  callTransition,
  type CallState,
  type CallTimer,
  type CallTransition,
} from './state.js';

type Timer = After<CallTimer> | CancelAfter;

/**
 * Session timers, RFC 4028. The refresher sends a re-INVITE at half the interval; the other side ends the call when no
 * refresh arrives 32 s (or a third of the interval) before it expires (§10).
 *
 *     negotiated  t-------t-------t       t  interval of 90 s, we refresh
 *     orders      ----r-------r-------r   r  refresh
 */
export function sessionTimerNegotiated(
  record: CallState,
  { interval, refresher }: InputOf<'session-timer'>,
): CallTransition {
  const state: CallState = { ...record, timer: { interval, refresher } };
  return callTransition(state, { orders: startSessionTimer(state) });
}

export function sessionTimerDeclined({ timer: _, ...record }: CallState): CallTransition {
  return callTransition(record, { orders: suspendSessionTimer(record) });
}

/** Restarts both timers; called after each refresh by either side. */
export function startSessionTimer(record: CallState): readonly Timer[] {
  const { timer } = record;
  if (timer === undefined) return [];
  const seconds = timer.interval - Math.min(32, timer.interval / 3);
  return [
    timer.refresher === 'local' ? startTimer(record, 'refresh', timer.interval * 500) : stopTimer(record, 'refresh'),
    startTimer(record, 'session-expired', Math.round(seconds * 1_000)),
  ];
}

/** Session timers are suspended while the line is down: no refresh can be sent, so a missing one proves nothing. */
export function suspendSessionTimer(record: CallState): readonly Timer[] {
  return [stopTimer(record, 'refresh'), stopTimer(record, 'session-expired')];
}

export function refresh(record: CallState, _: InputOf<'refresh'>): CallTransition {
  return record.queue.some(({ _tag }) => _tag === 'refresh')
    ? callTransition(record)
    : negotiate(enqueued(record, { _tag: 'refresh' }));
}

/** A refused refresh is retried after 10 s; the expiry timer keeps running. */
export function refreshAnswered(
  record: CallState,
  { result }: InputOf<'refresh-done'>,
  moment: Moment,
): CallTransition {
  const next = changeAnswered(record, { _tag: 'change-done', result }, moment);
  const isGivenUp = isLeft(result) && !next.state.queue.some(({ _tag }) => _tag === 'refresh');
  if (isRight(result) || !isGivenUp) return next;
  return { ...next, orders: [...next.orders, startTimer(record, 'refresh', 10_000)] };
}

/** Ends the call with `session_expired` and a BYE. */
export function sessionExpired(record: CallState, _: InputOf<'session-expired'>, { at }: Moment): CallTransition {
  return finish(record, { by: 'network', cause: 'session_expired' }, at, [
    { _tag: 'end', call: record.call.id, reason: 'Session expired' },
  ]);
}
