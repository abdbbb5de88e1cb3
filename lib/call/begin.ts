import { isLeft } from '../core/either.js';
import { fault } from '../core/fault.js';
import { compact } from '../core/compact.js';
import type { Moment } from '../core/transition.js';
import type { Ref } from '../core/units.js';
import { departure, learn } from './ice.js';
import type { Call } from './model.js';
import type { CallOrder, CallReport, Place } from './port.js';
import {
  turnTo,
  fail,
  finish,
  mint,
  noTick,
  showing,
  succeed,
  tick,
  type CallInput,
  type CallRecord,
  type CallTurn,
  type Settings,
  type How,
} from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

type Beginning = Pick<Call, 'id' | 'line' | 'status' | 'direction' | 'phoneNumber' | 'startedAt'> & Settings;

const fresh = (call: Beginning, how: How): CallRecord => ({
  phase: 'preparing',
  began: call.direction === 'outgoing' ? 'here' : 'there',
  how,
  call: {
    anonymous: false,
    hold: { local: false, remote: false },
    muted: false,
    earmuffed: false,
    media: 'none',
    signalling: 'up',
    earlyMedia: false,
    autoAnswer: false,
    legs: [],
    ...call,
  },
  identified: false,
  orders: 0,
  prepared: false,
  agreed: false,
  lock: 'free',
  answersHold: false,
  queue: [],
  collisions: 0,
  backingOff: false,
  tones: [],
  adjusting: {},
  asked: {},
  parting: {},
  consented: false,
  tried: [],
  raised: false,
  connecting: false,
  expires: false,
  lateCandidate: false,
  own: [],
});

/** Opens the microphone and makes the local description. */
const prepare = (record: CallRecord, parallel: boolean): CallTurn => {
  const { ref, next } = mint(record, 'prepare');
  const { id, input, output, muted, earmuffed, hold } = record.call;
  return turnTo(next, {
    orders: [
      {
        _tag: 'prepare',
        ref,
        call: id,
        ...(record.place === undefined ? {} : { place: record.place }),
        input,
        output: { ...output, muted: earmuffed },
        live: !muted && !hold.local,
        hold: hold.local,
        parallel,
      },
    ],
  });
};

/** The user part of a SIP URI, unescaped; its host where it has no user; the text itself where it is no SIP URI. RFC 3261 §19.1.1. */
const userOf = (uri: string): string => {
  const [, user = '', host = ''] = /^sips?:(?:([^@;?]*)@)?([^;?]*)/i.exec(uri) ?? [];
  try {
    return decodeURIComponent(user) || host || uri;
  } catch {
    return user;
  }
};

/** A call that we make: not one yet, until the microphone is open. */
export const dial = (
  place: Place,
  call: Pick<Call, 'id' | 'line'> & Settings,
  { command, parallel, ...how }: How & { readonly command: Ref; readonly parallel: boolean },
  { at }: Moment,
): CallTurn => {
  const { target, referral } = place;
  const phoneNumber = referral === undefined ? target : userOf(target);
  const record = fresh({ ...call, status: 'trying', direction: 'outgoing', phoneNumber, startedAt: at }, how);
  return prepare({ ...record, place, beginning: command }, parallel);
};

/** A call that comes in. Its 180 is an order, so it leaves after everyone has heard of the call. */
export const ring = (
  report: Extract<CallReport, { readonly _tag: 'incoming' }>,
  call: Pick<Call, 'line'> & Settings,
  how: How,
  { at }: Moment,
): CallTurn => {
  const { call: id, ref, identity, autoAnswer, conversation, channel, headers, expires = Infinity } = report;
  const { phoneNumber } = identity;
  const record = fresh({ ...call, id, status: 'ringing', direction: 'incoming', phoneNumber, startedAt: at }, how);
  const state: CallRecord = {
    ...showing(record, {
      ...identity,
      ref,
      autoAnswer,
      ...compact({ conversation, channel, headers }),
    }),
    phase: 'offered',
    expires: expires < how.patience,
  };
  const wait = Math.min(expires, how.patience);
  return turnTo(state, { orders: [{ _tag: 'ring', call: id }, tick(state, 'no-answer', wait)] });
};

export const answer = (record: CallRecord, { command, parallel }: Is<'answer'>): CallTurn =>
  prepare({ ...record, phase: 'accepting', beginning: command }, parallel);

/** The microphone is open (or not): an outgoing call comes into being; either way the description may leave when ICE says so. */
export const prepared = (record: CallRecord, { result }: Is<'prepared'>, moment: Moment): CallTurn => {
  if (isLeft(result)) {
    if (record.phase !== 'accepting') return abandon(record, result.left, moment);
    // The offer has no answer, so the call is refused; a microphone may still be granted, so that call rings on.
    return result.left.fault.statusCode === notAcceptable
      ? abandon(record, result.left, moment, [{ _tag: 'refuse', call: record.call.id, statusCode: notAcceptable }])
      : keepRinging(record, result.left);
  }
  // An adapter that has said nothing about gathering by now is waited for as if it had begun.
  const {
    ice = learn(undefined, { _tag: 'gathering', call: record.call.id, servers: 'none', relayOnly: false }, moment.at),
  } = record;
  const ready: CallRecord = { ...showing(record, { media: 'connecting' }), prepared: true, ice };
  if (record.phase === 'accepting') return schedule(ready, moment);
  const { _tag, at } = departure(ice);
  if (_tag === 'never' && at <= moment.at) return abandon(ready, { fault: fault('no-relay') }, moment, [endOf(record)]);
  const { beginning, ...born } = ready;
  const scheduled = schedule({ ...born, phase: 'gathering' }, moment);
  return { ...scheduled, outcomes: succeed(ready, beginning) };
};

/** An offer that cannot be answered. RFC 3261 §21.4.26. */
const notAcceptable = 488;

type Failed = Extract<Is<'prepared'>['result'], { readonly _tag: 'Left' }>['left'];

const endOf = ({ call: { id } }: CallRecord): CallOrder => ({ _tag: 'end', call: id });

const abandon = (
  record: CallRecord,
  { fault: reason }: Failed,
  { at }: Moment,
  // Where the adapter has not failed but kept us waiting, it is still at it.
  orders: readonly CallOrder[] = reason.code === 'timeout' ? [endOf(record)] : [],
): CallTurn => {
  const { beginning, ...rest } = record;
  const { statusCode } = reason;
  const end = { by: 'local', cause: 'media_failed', ...compact({ statusCode }) } as const;
  return fail(finish(rest, end, at, orders), beginning, reason);
};

/** The microphone was refused while answering: the call rings on, and may be answered again. */
const keepRinging = (record: CallRecord, { fault: reason }: Failed): CallTurn => {
  const { beginning, ice: _, ...rest } = record;
  const ringing = turnTo(
    { ...showing(rest, { media: 'none' }), phase: 'offered', prepared: false },
    { orders: [noTick(record, 'depart')] },
  );
  return fail(ringing, beginning, reason);
};

export const gather = (record: CallRecord, { report }: Is<'ice'>, moment: Moment): CallTurn =>
  schedule({ ...record, ice: learn(record.ice, report, moment.at) }, moment);

/** What a server finds out after our description has left: it may be needed, now by another one or later. */
export const gatherLate = (record: CallRecord, { report }: Is<'ice'>, moment: Moment): CallTurn => {
  const late: CallRecord =
    report._tag === 'candidate' && report.kind !== 'host' && !record.lateCandidate
      ? { ...record, lateCandidate: true }
      : record;
  return isDescribing(late) ? schedule({ ...late, ice: learn(late.ice, report, moment.at) }, moment) : turnTo(late);
};

/** Whether an offer or answer within the call is being made, which may wait for candidates of its own. */
const isDescribing = ({ lock, recovering }: CallRecord): boolean => lock !== 'free' || recovering !== undefined;

/** Sets the timer by which the description leaves; every candidate may move it. */
const schedule = (record: CallRecord, moment: Moment): CallTurn => {
  if (!record.prepared || record.ice === undefined) return turnTo(record);
  const { at } = departure(record.ice);
  return at <= moment.at
    ? depart(record, { _tag: 'depart' }, moment)
    : turnTo(record, { orders: [tick(record, 'depart', at - moment.at)] });
};

/** A description within the call leaves. */
const describe = (record: CallRecord): CallTurn =>
  isDescribing(record)
    ? turnTo(record, { orders: [noTick(record, 'depart'), { _tag: 'describe', call: record.call.id }] })
    : turnTo(record);

/** The description leaves, with the candidates that are there. */
export const depart = (record: CallRecord, _: Is<'depart'>, moment: Moment): CallTurn => {
  if (record.phase === 'answering' || record.phase === 'active') return describe(record);
  if (record.ice !== undefined && departure(record.ice)._tag === 'never') return withoutRelay(record, moment);
  const { id } = record.call;
  if (record.phase === 'gathering') {
    return turnTo(
      { ...record, phase: 'inviting' },
      {
        orders: [noTick(record, 'depart'), { _tag: 'place', call: id }, tick(record, 'no-answer', record.how.patience)],
      },
    );
  }
  const { ref, next } = mint(record, 'answer');
  return turnTo(
    { ...next, phase: 'answering' },
    { orders: [noTick(record, 'depart'), { _tag: 'answer', ref, call: id }] },
  );
};

const withoutRelay = (record: CallRecord, { at }: Moment): CallTurn => {
  const reason = fault('no-relay');
  if (record.phase === 'accepting') return keepRinging(record, { fault: reason });
  const over = finish(record, { by: 'local', cause: 'media_failed' }, at, [endOf(record)]);
  return { ...over, events: [{ _tag: 'fault', fault: reason }] };
};
