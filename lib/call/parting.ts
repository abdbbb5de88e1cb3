import { compact } from '../core/compact.js';
import type { Moment } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import { causeOfRelease, causeOfWithdrawal } from './cause.js';
import type { CallEnd } from './model.js';
import {
  finish,
  showing,
  tick,
  turnTo,
  type CallInput,
  type CallRecord,
  type CallTurn,
  type Parting,
} from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;
type Released = NonNullable<Parting['released']>;

/** How long one half of a parting waits for the other. */
const patience: Millis = 5_000;

/** What is told with the end, besides its cause. */
const details = ({ statusCode, reason, reasonCode, quality }: Partial<Released>): Omit<CallEnd, 'by' | 'cause'> =>
  compact({ statusCode, reason: reason || undefined, serverCode: reasonCode || undefined, quality });

/** While it rings here the caller's going is told in two halves; both are needed to know why. */
export const withdrawn = (record: CallRecord, half: Is<'left'> | Is<'released'>, moment: Moment): CallTurn => {
  const parting: Parting = { ...record.parting, ...(half._tag === 'left' ? { left: half } : { released: half }) };
  const heard = { ...record, parting };
  return parting.left !== undefined && parting.released !== undefined
    ? parted(heard, { _tag: 'parted' }, moment)
    : turnTo(heard, { orders: [tick(record, 'parted', patience)] });
};

/** Our membership is over before our leg is: that is about to be told. */
export const left = (record: CallRecord, half: Is<'left'>): CallTurn =>
  turnTo({ ...record, parting: { left: half } }, { orders: [tick(record, 'parted', patience)] });

/** Our leg has been hung up. */
export const released = (record: CallRecord, half: Is<'released'>, { at }: Moment): CallTurn => {
  const word = half.reasonCode ?? record.parting.left?.reasonCode;
  const cause = causeOfRelease(half.statusCode, word);
  return finish(record, { by: cause === 'media_failed' ? 'network' : 'remote', cause, ...details(half) }, at);
};

/** Both halves are there, or the other one does not come. */
export const parted = (record: CallRecord, _: Is<'parted'>, { at }: Moment): CallTurn => {
  const { left: gone, released: hungUp } = record.parting;
  const rings = record.phase === 'offered' || record.phase === 'accepting';
  const word = gone?.reasonCode ?? hungUp?.reasonCode;
  const cause = rings ? causeOfWithdrawal(hungUp?.statusCode, word) : causeOfRelease(undefined, word);
  return finish(record, { by: 'remote', cause, ...details(hungUp ?? {}) }, at, [
    { _tag: 'forget', call: record.call.id },
  ]);
};

/** Another session of ours has answered. */
export const elsewhere = (record: CallRecord, _: Is<'elsewhere'>, { at }: Moment): CallTurn =>
  finish(record, { by: 'remote', cause: 'answered_elsewhere' }, at);

/** It has ended here already: what the far system measured comes after. */
export const measured = (record: CallRecord, { quality }: Is<'released'>): CallTurn => {
  const { end } = record.call;
  return quality === undefined || end === undefined || end.quality !== undefined
    ? turnTo(record)
    : turnTo(showing(record, { end: { ...end, quality } }));
};
