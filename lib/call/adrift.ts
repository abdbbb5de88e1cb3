import { isRight } from '../core/either.js';
import type { Failure } from '../core/port.js';
import { andThen, type Moment } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import { lost } from './course.js';
import { glarePause, isPassing, negotiate } from './negotiation.js';
import {
  finish,
  mint,
  noTick,
  showing,
  tick,
  turnTo,
  type CallInput,
  type CallRecord,
  type CallTurn,
} from './record.js';
import { unasked } from './referral.js';
import { resting, running } from './timer.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** Until the line is asked again for a call that it could not say anything about. */
const pause: Millis = 5_000;
/** All calls of a line are looked for within this time, not at once. */
const spread: Millis = 1_000;

const travelsOnLine = ({ how }: CallRecord): boolean => how.traits.signalling === 'line';

/**
 * The line is away. The sound goes on, and what is wished for waits.
 *
 *     line     x------r----------     x  gone   r  back and registered
 *     call     R------?--U-------     R  recovering   U  up again, held and muted as before
 *
 * Without its line a call that nobody has answered is over, and so is a question of the far side: who has asked has given up.
 */
export const adrift = (record: CallRecord, _: Is<'adrift'>, moment: Moment): CallTurn => {
  if (travelsOnLine(record))
    return record.phase === 'active' ? andThen(unasked(record), waiting) : lost(record, { _tag: 'lost' }, moment);
  return record.phase === 'preparing'
    ? turnTo(record)
    : turnTo(showing(record, { signalling: 'recovering' }), { orders: [noTick(record, 'look')] });
};

const waiting = ({ recovering: _, ...record }: CallRecord): CallTurn =>
  turnTo(showing({ ...record, lock: 'free', backingOff: false }, { signalling: 'recovering' }), {
    orders: [
      ...(['look', 'negotiate'] as const).map(name => noTick(record, name)),
      ...resting(record),
      tick(record, 'overdue', record.how.recovery),
    ],
  });

/** The line is back. */
export const ashore = (record: CallRecord, _: Is<'ashore'>, { random }: Moment): CallTurn => {
  if (record.call.signalling === 'up') return turnTo(record);
  // Nothing has been placed yet, so there is nothing to look for.
  if (record.phase === 'gathering') return turnTo(showing(record, { signalling: 'up' }));
  return travelsOnLine(record)
    ? turnTo(record, { orders: [tick(record, 'look', Math.floor(random * spread))] })
    : look(record);
};

/** Is the call still there? Its media are made anew where they do not flow. */
export const look = (record: CallRecord): CallTurn =>
  record.call.signalling === 'up' || record.recovering !== undefined
    ? turnTo(record)
    : ask(record, record.call.media !== 'flowing');

const ask = (record: CallRecord, restart: boolean): CallTurn => {
  const { ref, next } = mint(record, 'recover');
  const recovering = { hold: record.call.hold.local, restart };
  return turnTo({ ...next, recovering }, { orders: [{ _tag: 'recover', ref, call: record.call.id, ...recovering }] });
};

/** What the line has found out. */
export const found = (record: CallRecord, { result }: Is<'found'>, moment: Moment): CallTurn => {
  const { recovering, ...rest } = record;
  if (recovering === undefined) return turnTo(record);
  if (isRight(result)) return recovered(rest, recovering.hold);
  if (result.left.fault.code === 'call-ended')
    return finish(rest, { by: 'network', cause: 'line_lost' }, moment.at, [{ _tag: 'forget', call: record.call.id }]);
  if (result.left.fault.statusCode === 488 && recovering.restart) return ask(rest, false);
  const wait = pauseFor(rest, result.left, moment.random);
  return wait === undefined ? unreachable(rest, moment) : turnTo(rest, { orders: [tick(record, 'look', wait)] });
};

const pauseFor = (record: CallRecord, { fault, retryAfter }: Failure, random: number): Millis | undefined => {
  if (fault.statusCode === 491) return glarePause(record, random);
  if (retryAfter !== undefined) return retryAfter;
  return !travelsOnLine(record) || fault.statusCode === undefined || isPassing(fault) ? pause : undefined;
};

/** Both sides know of each other again, and of the hold that was offered. */
const recovered = (record: CallRecord, hold: boolean): CallTurn => {
  if (!travelsOnLine(record)) return turnTo(showing(record, { signalling: 'up' }));
  const state = showing({ ...record, agreed: hold }, { signalling: 'up', status: hold ? 'on_hold' : 'active' });
  return andThen(turnTo(state, { orders: [noTick(record, 'overdue'), ...running(state)] }), negotiate);
};

/** The far side can't be told anything any more. As long as there is sound, the call is not taken from its people. */
const unreachable = (record: CallRecord, { at }: Moment): CallTurn =>
  record.call.media === 'flowing'
    ? turnTo(showing(record, { signalling: 'lost' }), { orders: [noTick(record, 'look'), noTick(record, 'overdue')] })
    : finish(record, { by: 'network', cause: 'line_lost' }, at, [{ _tag: 'end', call: record.call.id }]);

/** It has taken too long. */
export const overdue = ({ recovering: _, ...record }: CallRecord, __: Is<'overdue'>, moment: Moment): CallTurn =>
  unreachable(record, moment);
