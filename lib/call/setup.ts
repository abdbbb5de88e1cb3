import type { InputOf } from './state.js';
import { isLeft } from '../core/either.js';
import { fault } from '../core/fault.js';
import { compact } from '../core/compact.js';
import type { Moment } from '../core/transition.js';
import { sendAt, observe } from './ice.js';
import type { Call } from './model.js';
import type { CallOrder, CallReport, Place } from './port.js';
import {
  callTransition,
  failCommand,
  finish,
  nextRequest,
  stopTimer,
  patchCall,
  callOutcome,
  startTimer,
  type CallState,
  type CallTransition,
  type Settings,
  type CallPolicy,
} from './state.js';
import type { Ref } from '../core/port.js';

type Beginning = Pick<Call, 'id' | 'line' | 'status' | 'direction' | 'phoneNumber' | 'startedAt'> & Settings;

function newCall(call: Beginning, policy: CallPolicy): CallState {
  return {
    phase: 'preparing',
    began: call.direction === 'outgoing' ? 'here' : 'there',
    policy,
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
    requestCount: 0,
    prepared: false,
    holdAgreed: false,
    lock: 'free',
    answersHold: false,
    queue: [],
    collisions: 0,
    backingOff: false,
    tones: [],
    adjusting: {},
    queries: {},
    serviceEnd: {},
    consented: false,
    tried: [],
    intervalRaised: false,
    connecting: false,
    expires: false,
    lateCandidate: false,
    ownSettings: [],
  };
}

/** Opens the microphone and makes the local description. */
function prepare(record: CallState, parallel: boolean): CallTransition {
  const { ref, next } = nextRequest(record, 'prepare');
  const { id, input, output, muted, earmuffed, hold } = record.call;
  return callTransition(next, {
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
}

/** The user part of a SIP URI, unescaped; its host where it has no user; the text itself where it is no SIP URI. RFC 3261 §19.1.1. */
function userOf(uri: string): string {
  const [, user = '', host = ''] = /^sips?:(?:([^@;?]*)@)?([^;?]*)/i.exec(uri) ?? [];
  try {
    return decodeURIComponent(user) || host || uri;
  } catch {
    return user;
  }
}

/** An outgoing call in `preparing`; it enters the session when the microphone is open. */
export function dial(
  place: Place,
  call: Pick<Call, 'id' | 'line'> & Settings,
  { command, parallel, ...how }: CallPolicy & { readonly command: Ref; readonly parallel: boolean },
  { at }: Moment,
): CallTransition {
  const { target, referral } = place;
  const phoneNumber = referral === undefined ? target : userOf(target);
  const record = newCall({ ...call, status: 'trying', direction: 'outgoing', phoneNumber, startedAt: at }, how);
  return prepare({ ...record, place, setupCommand: command }, parallel);
}

/** An incoming call. Its 180 is an order, so it leaves after the subscribers have run. */
export function ring(
  report: Extract<CallReport, { readonly _tag: 'incoming' }>,
  call: Pick<Call, 'line'> & Settings,
  how: CallPolicy,
  { at }: Moment,
): CallTransition {
  const { call: id, ref, identity, autoAnswer, conversation, channel, headers, expires = Infinity } = report;
  const { phoneNumber } = identity;
  const record = newCall({ ...call, id, status: 'ringing', direction: 'incoming', phoneNumber, startedAt: at }, how);
  const state: CallState = {
    ...patchCall(record, {
      ...identity,
      ref,
      autoAnswer,
      ...compact({ conversation, channel, headers }),
    }),
    phase: 'offered',
    expires: expires < how.patience,
  };
  const wait = Math.min(expires, how.patience);
  return callTransition(state, { orders: [{ _tag: 'ring', call: id }, startTimer(state, 'no-answer', wait)] });
}

export function answer(record: CallState, { command, parallel }: InputOf<'answer'>): CallTransition {
  return prepare({ ...record, phase: 'accepting', setupCommand: command }, parallel);
}

/** The microphone has opened or failed: an outgoing call enters the session; the description is sent when ICE allows. */
export function prepared(record: CallState, { result }: InputOf<'prepare-done'>, moment: Moment): CallTransition {
  if (isLeft(result)) {
    if (record.phase !== 'accepting') return abandon(record, result.left, moment);
    // 488: the offer is unacceptable, and the call is refused. Otherwise it rings again after a failed microphone.
    return result.left.fault.statusCode === notAcceptable
      ? abandon(record, result.left, moment, [{ _tag: 'refuse', call: record.call.id, statusCode: notAcceptable }])
      : keepRinging(record, result.left);
  }
  // Without a gathering report the wait starts here.
  const {
    ice = observe(undefined, { _tag: 'gathering', call: record.call.id, servers: 'none', relayOnly: false }, moment.at),
  } = record;
  const ready: CallState = { ...patchCall(record, { media: 'connecting' }), prepared: true, ice };
  if (record.phase === 'accepting') return scheduleDescription(ready, moment);
  const { _tag, at } = sendAt(ice);
  if (_tag === 'never' && at <= moment.at) return abandon(ready, { fault: fault('no-relay') }, moment, [endOf(record)]);
  const { setupCommand, ...born } = ready;
  const scheduled = scheduleDescription({ ...born, phase: 'gathering' }, moment);
  return { ...scheduled, outcomes: callOutcome(ready, setupCommand) };
}

/** An offer that cannot be answered. RFC 3261 §21.4.26. */
const notAcceptable = 488;

type Failed = Extract<InputOf<'prepare-done'>['result'], { readonly _tag: 'Left' }>['left'];

function endOf({ call: { id } }: CallState): CallOrder {
  return { _tag: 'end', call: id };
}

function abandon(
  record: CallState,
  { fault: reason }: Failed,
  { at }: Moment,
  orders: readonly CallOrder[] = reason.code === 'timeout' ? [endOf(record)] : [],
): CallTransition {
  const { setupCommand, ...rest } = record;
  const { statusCode } = reason;
  const end = { by: 'local', cause: 'media_failed', ...compact({ statusCode }) } as const;
  return failCommand(finish(rest, end, at, orders), setupCommand, reason);
}

/** The microphone was refused while answering: the call rings on, and may be answered again. */
function keepRinging(record: CallState, { fault: reason }: Failed): CallTransition {
  const { setupCommand, ice: _, ...rest } = record;
  const ringing = callTransition(
    { ...patchCall(rest, { media: 'none' }), phase: 'offered', prepared: false },
    { orders: [stopTimer(record, 'ice-deadline')] },
  );
  return failCommand(ringing, setupCommand, reason);
}

export function gather(record: CallState, { report }: InputOf<'ice'>, moment: Moment): CallTransition {
  return scheduleDescription({ ...record, ice: observe(record.ice, report, moment.at) }, moment);
}

/** A candidate after our description was sent: it may be needed now by a pending description, or later. */
export function gatherLate(record: CallState, { report }: InputOf<'ice'>, moment: Moment): CallTransition {
  const late: CallState =
    report._tag === 'candidate' && report.kind !== 'host' && !record.lateCandidate
      ? { ...record, lateCandidate: true }
      : record;
  return isDescribing(late)
    ? scheduleDescription({ ...late, ice: observe(late.ice, report, moment.at) }, moment)
    : callTransition(late);
}

/** True while an offer or answer within the call waits for candidates. */
function isDescribing({ lock, recovering }: CallState): boolean {
  return lock !== 'free' || recovering !== undefined;
}

/** Sets the timer by which the description leaves; every candidate may move it. */
function scheduleDescription(record: CallState, moment: Moment): CallTransition {
  if (!record.prepared || record.ice === undefined) return callTransition(record);
  const { at } = sendAt(record.ice);
  return at <= moment.at
    ? iceDeadline(record, { _tag: 'ice-deadline' }, moment)
    : callTransition(record, { orders: [startTimer(record, 'ice-deadline', at - moment.at)] });
}

/** Sends the pending description within the dialog. */
function describe(record: CallState): CallTransition {
  return isDescribing(record)
    ? callTransition(record, {
        orders: [stopTimer(record, 'ice-deadline'), { _tag: 'describe', call: record.call.id }],
      })
    : callTransition(record);
}

/** The ICE deadline: sends with the candidates so far; relay-only without relay fails with `no-relay`. */
export function iceDeadline(record: CallState, _: InputOf<'ice-deadline'>, moment: Moment): CallTransition {
  if (record.phase === 'answering' || record.phase === 'active') return describe(record);
  if (record.ice !== undefined && sendAt(record.ice)._tag === 'never') return withoutRelay(record, moment);
  const { id } = record.call;
  if (record.phase === 'gathering') {
    return callTransition(
      { ...record, phase: 'inviting' },
      {
        orders: [
          stopTimer(record, 'ice-deadline'),
          { _tag: 'place', call: id },
          startTimer(record, 'no-answer', record.policy.patience),
        ],
      },
    );
  }
  const { ref, next } = nextRequest(record, 'answer');
  return callTransition(
    { ...next, phase: 'answering' },
    { orders: [stopTimer(record, 'ice-deadline'), { _tag: 'answer', ref, call: id }] },
  );
}

function withoutRelay(record: CallState, { at }: Moment): CallTransition {
  const reason = fault('no-relay');
  if (record.phase === 'accepting') return keepRinging(record, { fault: reason });
  const over = finish(record, { by: 'local', cause: 'media_failed' }, at, [endOf(record)]);
  return { ...over, events: [{ _tag: 'fault', fault: reason }] };
}

/** So many addresses are tried, and none of them twice. RFC 3261 §8.1.3.4 */
const maxRedirects = 5;

/** Our INVITE was redirected: it is sent again as the redirection says, or the call ends. */
export function redirected(record: CallState, report: InputOf<'redirected'>, { at }: Moment): CallTransition {
  const { call, targets = [], minSessionExpires, end } = report;
  if (minSessionExpires !== undefined && !record.intervalRaised)
    return callTransition(
      { ...record, intervalRaised: true },
      { orders: [{ _tag: 'place', call, again: { minSessionExpires } }] },
    );
  const target = record.policy.onRedirect === 'follow' ? targets.find(one => !record.tried.includes(one)) : undefined;
  const events: CallTransition['events'] =
    targets.length === 0 ? [] : [{ _tag: 'call', event: { _tag: 'redirect', call, targets } }];
  if (target !== undefined && record.tried.length < maxRedirects)
    return callTransition(
      { ...record, tried: [...record.tried, target] },
      { orders: [{ _tag: 'place', call, again: { target } }], events },
    );
  const told = targets.length === 0 ? end : { ...end, targets };
  return { ...finish(record, told, at, [{ _tag: 'forget', call }]), events };
}
