import { isRight } from '../kernel/either.js';
import type { Moment } from '../kernel/turn.js';
import type { Millis } from '../kernel/units.js';
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

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** Until the line is asked again for a call that it could not say anything about. */
const pause: Millis = 5_000;

/** The line is away. The sound goes on. */
export const adrift = (record: CallRecord): CallTurn =>
  turnTo(showing(record, { signalling: 'recovering' }), { orders: [noTick(record, 'look')] });

/** The line is back: is the call still there? */
export const ashore = (record: CallRecord): CallTurn => {
  if (record.call.signalling !== 'recovering') return turnTo(record);
  // Nothing has been placed yet, so there is nothing to look for.
  if (record.phase === 'gathering') return turnTo(showing(record, { signalling: 'up' }));
  const { ref, next } = mint(record, 'recover');
  return turnTo(next, { orders: [{ _tag: 'recover', ref, call: record.call.id }] });
};

/** What the line has found out. */
export const found = (record: CallRecord, { result }: Is<'found'>, { at }: Moment): CallTurn => {
  if (isRight(result)) return turnTo(showing(record, { signalling: 'up' }));
  return result.left.fault.code === 'call-ended'
    ? finish(record, { by: 'network', cause: 'line_lost' }, at, [{ _tag: 'forget', call: record.call.id }])
    : turnTo(record, { orders: [tick(record, 'look', pause)] });
};
