import type { InputOf } from './state.js';
import { causeOf } from './cause.js';
import { isLeft } from '../core/either.js';
import { compact } from '../core/compact.js';
import { andThen, type Moment } from '../core/transition.js';
import type { Call, CallEnd, Headers, Identity } from './model.js';
import {
  callTransition,
  failCommand,
  finish,
  stopTimer,
  patchCall,
  callOutcome,
  startTimer,
  transmitOrder,
  type CallState,
  type CallTransition,
} from './state.js';

import { watchMedia } from './ice-restart.js';
import { transferred } from './transfer.js';
import { startSampling } from './stats-sampling.js';

/** The INVITE was sent; `ref` is its Call-ID. */
export function placed(record: CallState, { ref }: InputOf<'placed'>): CallTransition {
  return callTransition(patchCall(record, { ref }));
}

/** The digits of a telephone number without its visual separators; `undefined` for a name. RFC 3966 §5.1.1. */
function numberOf(text: string): string | undefined {
  return /^\+?[\d*#]+$/.exec(text.replace(/[\s().-]/g, ''))?.[0];
}

/** True for two different telephone numbers. A name and a number may denote the same party. */
function areOthers(one: string, other: string): boolean {
  const [a, b] = [numberOf(one), numberOf(other)];
  return a !== undefined && b !== undefined && a !== b;
}

/**
 * Applies an asserted identity: number and display name come from the same source. The first assertion in an outgoing call
 * keeps the number as it was dialled, unless it asserts another telephone number.
 */
function named(record: CallState, identity: Identity | undefined): CallState {
  if (identity === undefined) return record;
  const { displayName: _, ...call } = record.call;
  const isDialled =
    record.began === 'here' &&
    record.place?.rejoin === undefined &&
    !record.identified &&
    !areOthers(call.phoneNumber, identity.phoneNumber);
  const phoneNumber = isDialled ? call.phoneNumber : identity.phoneNumber;
  return { ...record, identified: true, call: { ...call, ...identity, phoneNumber } };
}

/** A provisional response other than 100; 180 and 183 make the call `ringing`. */
export function progress(record: CallState, report: InputOf<'progress'>): CallTransition {
  const { call, statusCode, reasonPhrase, body, early, identity, headers } = report;
  const rings = statusCode === 180 || statusCode === 183 || record.phase === 'alerting';
  const state = patchCall(named(record, identity), {
    ...shown(record, headers),
    status: rings ? 'ringing' : record.call.status,
    earlyMedia: record.call.earlyMedia || early,
  });
  return callTransition(
    { ...state, phase: rings ? 'alerting' : record.phase },
    { events: [{ _tag: 'call', event: { _tag: 'progress', call, statusCode, reasonPhrase, body } }] },
  );
}

function shown({ call }: CallState, headers: Headers | undefined): Partial<Call> {
  return headers === undefined ? {} : { headers: { ...call.headers, ...headers } };
}

/** Longest time from the answer to flowing media before an ICE restart. */
const connectTimeoutMs = { 'offer-late-candidates': 1_000, 'connect-timeout': 1_500 } as const;

/** Timers and orders after the answer. */
function afterAnswer(record: CallState, forked: boolean): CallTransition['orders'] {
  return [
    stopTimer(record, 'no-answer'),
    ...(record.lateCandidate && !forked
      ? [startTimer(record, 'offer-late-candidates', connectTimeoutMs['offer-late-candidates'])]
      : []),
    ...(forked ? [startTimer(record, 'connect-timeout', connectTimeoutMs['connect-timeout'])] : []),
    ...startSampling(record),
  ];
}

/** The far side has answered. */
export function accepted(
  record: CallState,
  { identity, headers, forked = false }: InputOf<'accepted'>,
  { at }: Moment,
): CallTransition {
  const state = patchCall(named(record, identity), {
    ...shown(record, headers),
    status: 'active',
    earlyMedia: false,
    answeredAt: at,
  });
  return andThen(callTransition({ ...state, phase: 'active' }, { orders: afterAnswer(record, forked) }), watchMedia);
}

/** Our 200 has left, or could not. */
export function answered(record: CallState, { result }: InputOf<'answer-done'>, { at }: Moment): CallTransition {
  // The call ended while the answer was pending; `ended` reports it.
  if (isLeft(result) && result.left.fault.code === 'call-ended') return callTransition(record);
  const { setupCommand, ...rest } = record;
  if (isLeft(result)) {
    const cause = result.left.fault.code === 'line-lost' ? 'line_lost' : 'media_failed';
    const over = finish(rest, { by: 'network', cause }, at, [{ _tag: 'end', call: record.call.id }]);
    return failCommand(over, setupCommand, result.left.fault);
  }
  const holdAgreed = record.call.hold.local;
  const state: CallState = {
    ...patchCall(rest, { status: holdAgreed ? 'on_hold' : 'active', answeredAt: at }),
    phase: 'active',
    holdAgreed,
  };
  return andThen(
    callTransition(state, { orders: afterAnswer(record, false), outcomes: callOutcome(state, setupCommand) }),
    watchMedia,
  );
}

/**
 * It is over. A far side that goes because we have sent it elsewhere, or it us, has been transferred; a call that is being
 * taken over goes on until it is known whether that succeeds.
 */
export function ended(
  record: CallState,
  { _tag: _, call: __, ...end }: InputOf<'ended'>,
  moment: Moment,
): CallTransition {
  if (record.successor !== undefined) return callTransition({ ...record, pendingEnd: end });
  const hasGone = end.cause === 'hung_up' && (record.transferring?.taken === true || record.consented);
  return hasGone ? transferred(record, { ...end, cause: 'transferred' }, moment) : finish(record, end, moment.at);
}

/** The line has closed for good: the call ends as `line_lost`. An unanswered INVITE is cancelled later. RFC 3261 §9.1. */
export function lineLost(record: CallState, _: InputOf<'line-lost'>, { at }: Moment): CallTransition {
  const isOwed = record.policy.traits.outlivesLine && (record.phase === 'inviting' || record.phase === 'alerting');
  const end = { _tag: isOwed ? 'end' : 'forget', call: record.call.id } as const;
  return finish(record, { by: 'network', cause: 'line_lost' }, at, [end], 'line-lost');
}

/** The remote identity has changed within the dialog. */
export function identified(record: CallState, { identity }: InputOf<'identified'>): CallTransition {
  return callTransition(named(record, identity));
}

/** An unanswered incoming call is refused. */
export function reject(record: CallState, { command, statusCode }: InputOf<'reject'>, { at }: Moment): CallTransition {
  return over(record, command, { by: 'local', cause: causeOf({ statusCode }), statusCode }, at, [
    { _tag: 'refuse', call: record.call.id, statusCode },
  ]);
}

/** Ends the call in the state at once; its signalling follows. */
export function hangup(
  record: CallState,
  { command, reason, reasonCode }: InputOf<'hangup'>,
  { at }: Moment,
): CallTransition {
  const because = compact({ reason, reasonCode });
  const cause = record.phase === 'active' || record.phase === 'answering' ? 'hung_up' : 'cancelled';
  return over(record, command, { by: 'local', cause, ...compact({ reason }) }, at, [
    { _tag: 'end', call: record.call.id, ...because },
  ]);
}

/** Hanging up on a call that has not been answered refuses it, on this device. */
export function hangupOffered(record: CallState, { command }: InputOf<'hangup'>, moment: Moment): CallTransition {
  const refused = { by: 'local', cause: 'busy', statusCode: 486 } as const;
  return over(record, command, refused, moment.at, [{ _tag: 'refuse', call: record.call.id, statusCode: 486 }]);
}

function over(
  record: CallState,
  command: string | undefined,
  end: CallEnd,
  at: number,
  orders: Parameters<typeof finish>[3],
): CallTransition {
  const done = finish(record, end, at, orders);
  return { ...done, outcomes: [...done.outcomes, ...callOutcome(done.state, command)] };
}

/** No answer in time. Outgoing: cancels. Incoming: refuses with 480, or with 487 when the INVITE has expired. RFC 3261 §13.3.1. */
export function noAnswer(record: CallState, _: InputOf<'no-answer'>, { at }: Moment): CallTransition {
  const call = record.call.id;
  if (record.call.direction === 'outgoing')
    return finish(record, { by: 'local', cause: 'no_answer' }, at, [{ _tag: 'end', call }]);
  const statusCode = record.expires ? 487 : 480;
  return finish(record, { by: 'local', cause: 'no_answer', statusCode }, at, [{ _tag: 'refuse', call, statusCode }]);
}

/** A MESSAGE within the dialog. */
export function message(record: CallState, report: InputOf<'message'>): CallTransition {
  return callTransition(record, { events: [{ _tag: 'call', event: report }] });
}

export function mute(record: CallState, { command, on }: InputOf<'mute'>): CallTransition {
  const state = on === record.call.muted ? record : patchCall(record, { muted: on });
  return callTransition(state, {
    orders: state === record ? [] : [transmitOrder(state)],
    outcomes: callOutcome(state, command),
  });
}
