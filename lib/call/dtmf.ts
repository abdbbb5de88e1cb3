import type { InputOf } from './state.js';
import { isLeft, left } from '../core/either.js';
import { fault } from '../core/fault.js';
import { andThen, resolve } from '../core/transition.js';
import {
  callTransition,
  nextRequest,
  refuse,
  callOutcome,
  startTimer,
  type CallState,
  type CallTransition,
} from './state.js';
import type { Millis } from '../core/port.js';

/** DTMF digits, and the comma that pauses. RFC 4733 §3.2. */
export function areTones(tones: string): boolean {
  return /^[0-9A-D*#,]+$/i.test(tones);
}

/** Pause of a comma. */
const tonePauseMs: Millis = 2_000;

/** DTMF commands are queued per call: `insertDTMF` replaces tones that still play. */
export function dtmf(record: CallState, { command, tones }: InputOf<'dtmf'>): CallTransition {
  const waiting = { ...record, tones: [...record.tones, { command, rest: tones.toUpperCase() }] };
  return record.tones.length === 0 ? play(waiting) : callTransition(waiting);
}

/** Before the answer, tones go where early media plays. */
export function dtmfEarly(record: CallState, input: InputOf<'dtmf'>): CallTransition {
  return record.call.earlyMedia ? dtmf(record, input) : refuse(record, input.command, 'wrong-state');
}

function play(record: CallState): CallTransition {
  const [head, ...others] = record.tones;
  if (head === undefined) return callTransition(record);
  if (head.rest === '')
    return andThen(callTransition({ ...record, tones: others }, { outcomes: callOutcome(record, head.command) }), play);
  const [together = ''] = /^[^,]*/.exec(head.rest) ?? [];
  const tone = record.policy.traits.keys === 'together' && together !== '' ? together : head.rest.charAt(0);
  const waiting = { ...record, tones: [{ ...head, rest: head.rest.slice(tone.length) }, ...others] };
  if (tone === ',') return callTransition(waiting, { orders: [startTimer(waiting, 'tone-pause-ended', tonePauseMs)] });
  const { ref, next } = nextRequest(waiting, 'tone');
  return callTransition(next, { orders: [{ _tag: 'tone', ref, call: record.call.id, tone }] });
}

/** A tone has been sent, or could not: then the rest of that command is not sent either. */
export function toneSent(record: CallState, { result }: InputOf<'tone-done'>): CallTransition {
  const [head, ...others] = record.tones;
  if (!isLeft(result) || head === undefined) return play(record);
  const reason = fault(result.left.fault.code);
  return andThen(
    callTransition({ ...record, tones: others }, { outcomes: [resolve(head.command, left(reason))] }),
    play,
  );
}

export function tonePauseEnded(record: CallState): CallTransition {
  return play(record);
}

export function toneReceived(record: CallState, { _tag: _, ...heard }: InputOf<'tone-received'>): CallTransition {
  return callTransition(record, { events: [{ _tag: 'call', event: { _tag: 'dtmf', ...heard } }] });
}
