import { isRight, left } from '../kernel/either.js';
import { andThen, settle, type Moment } from '../kernel/turn.js';
import type { Millis, Ref } from '../kernel/units.js';
import {
  finish,
  mint,
  noTick,
  showing,
  succeed,
  tick,
  turnTo,
  type CallInput,
  type CallRecord,
  type CallTurn,
} from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** An interruption may heal by itself for so long. */
const healing: Millis = 2_000;
/** Between two attempts, and what an attempt may take to be heard. */
const pause: Millis = 5_000;
/** A call without sound is given up after this. */
const patience: Millis = 60_000;

/** What the connection says of its sound. Where that is to be made anew, an interruption starts the clock. */
export const media = (record: CallRecord, { media: now }: Is<'media'>): CallTurn => {
  if (now === record.call.media) return turnTo(record);
  const state = showing(record, { media: now });
  if (now === 'flowing') return turnTo(state, { orders: [noTick(record, 'mend'), noTick(record, 'unmended')] });
  const isMended = now === 'interrupted' && record.traits.mediaLost === 'restart' && record.phase === 'active';
  return turnTo(state, { orders: isMended ? [tick(record, 'mend', healing)] : [] });
};

/** The connection has failed for good. */
export const mediaFailed = (record: CallRecord, _: Is<'media-failed'>, moment: Moment): CallTurn => {
  if (record.traits.mediaLost === 'end') return unmended(record, { _tag: 'unmended' }, moment);
  const broken = turnTo(showing(record, { media: 'interrupted' }), { orders: [tick(record, 'unmended', patience)] });
  return record.traits.mediaLost === 'restart' ? andThen(broken, state => mend(state)) : broken;
};

/** Makes the media anew, unless that is under way. */
export const mend = (record: CallRecord): CallTurn =>
  record.mending === undefined ? restart(record, []) : turnTo(record);

/** Somebody asks for it. */
export const reconnect = (record: CallRecord, { command }: Is<'reconnect'>): CallTurn =>
  record.mending === undefined
    ? restart(record, [command])
    : turnTo({ ...record, mending: [...record.mending, command] });

const restart = (record: CallRecord, mending: readonly Ref[]): CallTurn => {
  const { ref, next } = mint(record, 'restart');
  return turnTo(
    { ...next, mending },
    { orders: [noTick(record, 'mend'), { _tag: 'restart', ref, call: record.call.id }] },
  );
};

/** The far side has taken the new media, or has not. */
export const mended = (record: CallRecord, { result }: Is<'mended'>): CallTurn => {
  const { mending = [], ...rest } = record;
  const isOwn = record.traits.mediaLost === 'restart' && record.call.media !== 'flowing';
  const orders = isOwn ? [tick(record, 'mend', pause)] : [];
  if (isRight(result)) return turnTo(rest, { orders, settled: mending.flatMap(command => succeed(rest, command)) });
  const { fault } = result.left;
  return turnTo(rest, {
    orders,
    events: [{ _tag: 'call', event: { _tag: 'media-failed', call: record.call.id, fault } }],
    settled: mending.map(command => settle(command, left(fault))),
  });
};

/** It has been silent for too long. */
export const unmended = (record: CallRecord, _: Is<'unmended'>, { at }: Moment): CallTurn =>
  finish(record, { by: 'network', cause: 'media_failed' }, at, [{ _tag: 'end', call: record.call.id }]);
