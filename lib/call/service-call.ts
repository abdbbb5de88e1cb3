import type { InputOf } from './state.js';
import { compact } from '../core/compact.js';
import type { Moment } from '../core/transition.js';
import { causeOfRelease, causeOfWithdrawal } from './cause.js';
import type { CallEnd, CallEvent, Leg } from './model.js';
import {
  finish,
  patchCall,
  startTimer,
  callTransition,
  type CallState,
  type CallTransition,
  type ServiceEnd,
} from './state.js';
import type { Millis } from '../core/port.js';

type Released = NonNullable<ServiceEnd['legHungUp']>;

/** `member:left` and `rtc:hangup` come in any order; longest wait for the second. */
const endTimeoutMs: Millis = 5_000;

/** The fields of `call.end` besides cause and side. */
function endDetails({ statusCode, reason, reasonCode, quality }: Partial<Released>): Omit<CallEnd, 'by' | 'cause'> {
  return compact({ statusCode, reason: reason || undefined, serverCode: reasonCode || undefined, quality });
}

/** The cause of a ringing call's end needs both events. */
export function cancelled(
  record: CallState,
  half: InputOf<'member-left'> | InputOf<'leg-hung-up'>,
  moment: Moment,
): CallTransition {
  const serviceEnd: ServiceEnd = {
    ...record.serviceEnd,
    ...(half._tag === 'member-left' ? { memberLeft: half } : { legHungUp: half }),
  };
  const heard = { ...record, serviceEnd };
  return serviceEnd.memberLeft !== undefined && serviceEnd.legHungUp !== undefined
    ? endTimedOut(heard, { _tag: 'end-timeout' }, moment)
    : callTransition(heard, { orders: [startTimer(record, 'end-timeout', endTimeoutMs)] });
}

/** Our member has left; `rtc:hangup` of our leg follows. */
export function memberLeft(record: CallState, half: InputOf<'member-left'>): CallTransition {
  return callTransition(
    { ...record, serviceEnd: { memberLeft: half } },
    { orders: [startTimer(record, 'end-timeout', endTimeoutMs)] },
  );
}

/** Our leg has been hung up. */
export function legHungUp(record: CallState, half: InputOf<'leg-hung-up'>, { at }: Moment): CallTransition {
  const word = half.reasonCode ?? record.serviceEnd.memberLeft?.reasonCode;
  const cause = causeOfRelease(half.statusCode, word);
  return finish(record, { by: cause === 'media_failed' ? 'network' : 'remote', cause, ...endDetails(half) }, at);
}

/** Both end events are there, or the second is late: ends the call. */
export function endTimedOut(record: CallState, _: InputOf<'end-timeout'>, { at }: Moment): CallTransition {
  const { memberLeft: gone, legHungUp: hungUp } = record.serviceEnd;
  const rings = record.phase === 'offered' || record.phase === 'accepting';
  const word = gone?.reasonCode ?? hungUp?.reasonCode;
  const cause = rings ? causeOfWithdrawal(hungUp?.statusCode, word) : causeOfRelease(undefined, word);
  return finish(record, { by: 'remote', cause, ...endDetails(hungUp ?? {}) }, at, [
    { _tag: 'forget', call: record.call.id },
  ]);
}

/** Another session of the user has answered. */
export function answeredElsewhere(record: CallState, _: InputOf<'answered-elsewhere'>, { at }: Moment): CallTransition {
  return finish(record, { by: 'remote', cause: 'answered_elsewhere' }, at);
}

/** It has ended here already: what the far system measured comes after. */
export function lateQuality(record: CallState, { quality }: InputOf<'leg-hung-up'>): CallTransition {
  const { end } = record.call;
  return quality === undefined || end === undefined || end.quality !== undefined
    ? callTransition(record)
    : callTransition(patchCall(record, { end: { ...end, quality } }));
}

const unknownLeg = { status: 'started', muted: false, earmuffed: false } as const;

/** Merges news of a party into `legs`, and emits `leg` where it has changed. */
export function leg(record: CallState, { leg: news }: InputOf<'leg'>): CallTransition {
  const { id: call, legs } = record.call;
  const before = legs.find(({ id }) => id === news.id);
  const now: Leg = { ...unknownLeg, ...before, ...news };
  const told = happened(call, before, now);
  if (before !== undefined && told.length === 0 && now.party === before.party && now.type === before.type)
    return callTransition(record);
  const others = before === undefined ? [...legs, now] : legs.map(one => (one === before ? now : one));
  return callTransition(patchCall(record, { legs: others }), { events: told.map(event => ({ _tag: 'call', event })) });
}

function happened(call: string, before: Leg | undefined, now: Leg): readonly CallEvent[] {
  return [
    ...(before?.status === now.status ? [] : [{ _tag: 'leg', call, leg: now } as const]),
    ...((before?.muted ?? false) === now.muted ? [] : [{ _tag: 'mute', call, leg: now.id, on: now.muted } as const]),
    ...((before?.earmuffed ?? false) === now.earmuffed
      ? []
      : [{ _tag: 'earmuff', call, leg: now.id, on: now.earmuffed } as const]),
  ];
}

/** Stores the conversation; a change of it emits `transfer`. */
export function conversationChanged(
  record: CallState,
  { call, conversation }: InputOf<'conversation-changed'>,
): CallTransition {
  const before = record.call.conversation;
  if (before === conversation) return callTransition(record);
  return callTransition(patchCall(record, { conversation }), {
    events: before === undefined ? [] : [{ _tag: 'call', event: { _tag: 'transfer', call, conversation } }],
  });
}
