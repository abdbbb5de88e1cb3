import { isLeft, isRight } from '../core/either.js';
import type { After, CancelAfter, Moment } from '../core/transition.js';
import { changed, enqueued, negotiate } from './negotiation.js';
import {
  finish,
  noTick,
  tick,
  turnTo,
  type CallInput,
  type CallRecord,
  type CallTick,
  type CallTurn,
} from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;
type Timer = After<CallTick> | CancelAfter;

/**
 * Somebody says a word every so often, or the call is over: so nobody talks into a telephone that is no more.
 *
 *     agreed    t-------t-------t          t  90 s, we say it
 *     orders    ----r-------r-------r      r  a word at half time
 *
 * Whoever does not hear it hangs up, 32 s (or a third) before the time is out. RFC 4028 §7.2, §10.
 */
export const sessionTimer = (record: CallRecord, { interval, refresher }: Is<'session-timer'>): CallTurn => {
  const state: CallRecord = { ...record, timer: { interval, refresher } };
  return turnTo(state, { orders: running(state) });
};

export const noSessionTimer = ({ timer: _, ...record }: CallRecord): CallTurn =>
  turnTo(record, { orders: resting(record) });

/** The timers begin anew: a word has been said, by whomever. */
export const running = (record: CallRecord): readonly Timer[] => {
  const { timer } = record;
  if (timer === undefined) return [];
  const seconds = timer.interval - Math.min(32, timer.interval / 3);
  return [
    timer.refresher === 'local' ? tick(record, 'refresh', timer.interval * 500) : noTick(record, 'refresh'),
    tick(record, 'expired', Math.round(seconds * 1_000)),
  ];
};

/** While nothing can be said, nobody is missed. */
export const resting = (record: CallRecord): readonly Timer[] => [noTick(record, 'refresh'), noTick(record, 'expired')];

export const refresh = (record: CallRecord, _: Is<'refresh'>): CallTurn =>
  record.queue.some(({ _tag }) => _tag === 'refresh')
    ? turnTo(record)
    : negotiate(enqueued(record, { _tag: 'refresh' }));

/** A word that was not taken is said again; the time runs on. */
export const refreshed = (record: CallRecord, { result }: Is<'refreshed'>, moment: Moment): CallTurn => {
  const next = changed(record, { _tag: 'changed', result }, moment);
  const isGivenUp = isLeft(result) && !next.state.queue.some(({ _tag }) => _tag === 'refresh');
  if (isRight(result) || !isGivenUp) return next;
  return { ...next, orders: [...next.orders, tick(record, 'refresh', 10_000)] };
};

/** Nothing has been said for too long. */
export const expired = (record: CallRecord, _: Is<'expired'>, { at }: Moment): CallTurn =>
  finish(record, { by: 'network', cause: 'session_expired' }, at, [
    { _tag: 'end', call: record.call.id, reason: 'Session expired' },
  ]);
