import { causeOf } from './cause.js';
import { isLeft } from '../core/either.js';
import { compact } from '../core/compact.js';
import { andThen, type Moment } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import type { Call, CallEnd, Headers, Identity } from './model.js';
import {
  turnTo,
  fail,
  finish,
  noTick,
  showing,
  succeed,
  tick,
  voice,
  type CallInput,
  type CallRecord,
  type CallTurn,
} from './record.js';

import { soundless } from './mending.js';
import { sampling } from './summary.js';
import { gone } from './transferring.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** The INVITE is out. */
export const placed = (record: CallRecord, { ref }: Is<'placed'>): CallTurn => turnTo(showing(record, { ref }));

/** The digits of a telephone number without its visual separators; `undefined` for a name. RFC 3966 §5.1.1. */
const numberOf = (text: string): string | undefined => /^\+?[\d*#]+$/.exec(text.replace(/[\s().-]/g, ''))?.[0];

/** True for two different telephone numbers. A name and a number may denote the same party. */
const areOthers = (one: string, other: string): boolean => {
  const [a, b] = [numberOf(one), numberOf(other)];
  return a !== undefined && b !== undefined && a !== b;
};

/**
 * Applies an asserted identity: number and display name come from the same source. The first assertion in an outgoing call
 * keeps the number as it was dialled, unless it asserts another telephone number.
 */
const named = (record: CallRecord, identity: Identity | undefined): CallRecord => {
  if (identity === undefined) return record;
  const { displayName: _, ...call } = record.call;
  const isDialled =
    record.began === 'here' &&
    record.place?.rejoin === undefined &&
    !record.identified &&
    !areOthers(call.phoneNumber, identity.phoneNumber);
  const phoneNumber = isDialled ? call.phoneNumber : identity.phoneNumber;
  return { ...record, identified: true, call: { ...call, ...identity, phoneNumber } };
};

/** A provisional response. It rings with a 180 or 183 and not before. */
export const progress = (record: CallRecord, report: Is<'progress'>): CallTurn => {
  const { call, statusCode, reasonPhrase, body, early, identity, headers } = report;
  const rings = statusCode === 180 || statusCode === 183 || record.phase === 'alerting';
  const state = showing(named(record, identity), {
    ...shown(record, headers),
    status: rings ? 'ringing' : record.call.status,
    earlyMedia: record.call.earlyMedia || early,
  });
  return turnTo(
    { ...state, phase: rings ? 'alerting' : record.phase },
    { events: [{ _tag: 'call', event: { _tag: 'progress', call, statusCode, reasonPhrase, body } }] },
  );
};

const shown = ({ call }: CallRecord, headers: Headers | undefined): Partial<Call> =>
  headers === undefined ? {} : { headers: { ...call.headers, ...headers } };

/** How long the connection may take to reach whoever has answered, before something is done about it. */
const patience: Readonly<Record<'rescue' | 'stuck', Millis>> = { rescue: 1_000, stuck: 1_500 };

/** What a call that has been answered still has to see to. */
const afterAnswer = (record: CallRecord, forked: boolean): CallTurn['orders'] => [
  noTick(record, 'no-answer'),
  ...(record.lateCandidate && !forked ? [tick(record, 'rescue', patience.rescue)] : []),
  ...(forked ? [tick(record, 'stuck', patience.stuck)] : []),
  ...sampling(record),
];

/** The far side has answered. */
export const accepted = (
  record: CallRecord,
  { identity, headers, forked = false }: Is<'accepted'>,
  { at }: Moment,
): CallTurn => {
  const state = showing(named(record, identity), {
    ...shown(record, headers),
    status: 'active',
    earlyMedia: false,
    answeredAt: at,
  });
  return andThen(turnTo({ ...state, phase: 'active' }, { orders: afterAnswer(record, forked) }), soundless);
};

/** Our 200 has left, or could not. */
export const answered = (record: CallRecord, { result }: Is<'answered'>, { at }: Moment): CallTurn => {
  // It ended while the answer was on its way, and `ended` says why.
  if (isLeft(result) && result.left.fault.code === 'call-ended') return turnTo(record);
  const { beginning, ...rest } = record;
  if (isLeft(result)) {
    const cause = result.left.fault.code === 'line-lost' ? 'line_lost' : 'media_failed';
    const over = finish(rest, { by: 'network', cause }, at, [{ _tag: 'end', call: record.call.id }]);
    return fail(over, beginning, result.left.fault);
  }
  const agreed = record.call.hold.local;
  const state: CallRecord = {
    ...showing(rest, { status: agreed ? 'on_hold' : 'active', answeredAt: at }),
    phase: 'active',
    agreed,
  };
  return andThen(turnTo(state, { orders: afterAnswer(record, false), outcomes: succeed(state, beginning) }), soundless);
};

/**
 * It is over. A far side that goes because we have sent it elsewhere, or it us, has been transferred; a call that is being
 * taken over goes on until it is known whether that succeeds.
 */
export const ended = (record: CallRecord, { _tag: _, call: __, ...end }: Is<'ended'>, moment: Moment): CallTurn => {
  if (record.successor !== undefined) return turnTo({ ...record, bereft: end });
  const hasGone = end.cause === 'hung_up' && (record.handing?.taken === true || record.consented);
  return hasGone ? gone(record, { ...end, cause: 'transferred' }, moment) : finish(record, end, moment.at);
};

/** An INVITE that is out is taken back, as soon as there is a way to say so. */
export const lost = (record: CallRecord, _: Is<'lost'>, { at }: Moment): CallTurn => {
  const isOwed = record.how.traits.outlivesLine && (record.phase === 'inviting' || record.phase === 'alerting');
  const end = { _tag: isOwed ? 'end' : 'forget', call: record.call.id } as const;
  return finish(record, { by: 'network', cause: 'line_lost' }, at, [end], 'line-lost');
};

/** The far side is somebody else now. */
export const identified = (record: CallRecord, { identity }: Is<'identified'>): CallTurn =>
  turnTo(named(record, identity));

/** An unanswered incoming call is refused. */
export const reject = (record: CallRecord, { command, statusCode }: Is<'reject'>, { at }: Moment): CallTurn =>
  over(record, command, { by: 'local', cause: causeOf({ statusCode }), statusCode }, at, [
    { _tag: 'refuse', call: record.call.id, statusCode },
  ]);

/** The call has ended as soon as this is said; what it takes on the wire follows. */
export const hangup = (record: CallRecord, { command, reason, reasonCode }: Is<'hangup'>, { at }: Moment): CallTurn => {
  const because = compact({ reason, reasonCode });
  const cause = record.phase === 'active' || record.phase === 'answering' ? 'hung_up' : 'cancelled';
  return over(record, command, { by: 'local', cause, ...compact({ reason }) }, at, [
    { _tag: 'end', call: record.call.id, ...because },
  ]);
};

/** Hanging up on a call that has not been answered refuses it, on this device. */
export const hangupOffered = (record: CallRecord, { command }: Is<'hangup'>, moment: Moment): CallTurn => {
  const refused = { by: 'local', cause: 'busy', statusCode: 486 } as const;
  return over(record, command, refused, moment.at, [{ _tag: 'refuse', call: record.call.id, statusCode: 486 }]);
};

const over = (
  record: CallRecord,
  command: string | undefined,
  end: CallEnd,
  at: number,
  orders: Parameters<typeof finish>[3],
): CallTurn => {
  const done = finish(record, end, at, orders);
  return { ...done, outcomes: [...done.outcomes, ...succeed(done.state, command)] };
};

/** No answer in time. Outgoing: cancels. Incoming: refuses with 480, or with 487 when the INVITE has expired. RFC 3261 §13.3.1. */
export const noAnswer = (record: CallRecord, _: Is<'no-answer'>, { at }: Moment): CallTurn => {
  const call = record.call.id;
  if (record.call.direction === 'outgoing')
    return finish(record, { by: 'local', cause: 'no_answer' }, at, [{ _tag: 'end', call }]);
  const statusCode = record.expires ? 487 : 480;
  return finish(record, { by: 'local', cause: 'no_answer', statusCode }, at, [{ _tag: 'refuse', call, statusCode }]);
};

/** Somebody has written within the call. */
export const message = (record: CallRecord, report: Is<'message'>): CallTurn =>
  turnTo(record, { events: [{ _tag: 'call', event: report }] });

export const mute = (record: CallRecord, { command, on }: Is<'mute'>): CallTurn => {
  const state = on === record.call.muted ? record : showing(record, { muted: on });
  return turnTo(state, { orders: state === record ? [] : [voice(state)], outcomes: succeed(state, command) });
};
