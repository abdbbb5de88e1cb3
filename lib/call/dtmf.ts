import { isLeft, left } from '../core/either.js';
import { fault } from '../core/fault.js';
import { andThen, resolve } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import { turnTo, mint, refuse, succeed, tick, type CallInput, type CallRecord, type CallTurn } from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** What a telephone can send, and the comma that waits. RFC 4733 §3.2. */
export const areTones = (tones: string): boolean => /^[0-9A-D*#,]+$/i.test(tones);

/** What a comma waits. */
const pause: Millis = 2_000;

/** Tones line up: the platform would let the next ones replace those that still play. */
export const dtmf = (record: CallRecord, { command, tones }: Is<'dtmf'>): CallTurn => {
  const waiting = { ...record, tones: [...record.tones, { command, rest: tones.toUpperCase() }] };
  return record.tones.length === 0 ? play(waiting) : turnTo(waiting);
};

/** Before the answer, tones go where early media plays. */
export const dtmfEarly = (record: CallRecord, input: Is<'dtmf'>): CallTurn =>
  record.call.earlyMedia ? dtmf(record, input) : refuse(record, input.command, 'wrong-state');

const play = (record: CallRecord): CallTurn => {
  const [head, ...others] = record.tones;
  if (head === undefined) return turnTo(record);
  if (head.rest === '')
    return andThen(turnTo({ ...record, tones: others }, { outcomes: succeed(record, head.command) }), play);
  const [together = ''] = /^[^,]*/.exec(head.rest) ?? [];
  const tone = record.how.traits.keys === 'together' && together !== '' ? together : head.rest.charAt(0);
  const waiting = { ...record, tones: [{ ...head, rest: head.rest.slice(tone.length) }, ...others] };
  if (tone === ',') return turnTo(waiting, { orders: [tick(waiting, 'pause', pause)] });
  const { ref, next } = mint(waiting, 'tone');
  return turnTo(next, { orders: [{ _tag: 'tone', ref, call: record.call.id, tone }] });
};

/** A tone has been sent, or could not: then the rest of that command is not sent either. */
export const toned = (record: CallRecord, { result }: Is<'toned'>): CallTurn => {
  const [head, ...others] = record.tones;
  if (!isLeft(result) || head === undefined) return play(record);
  const reason = fault(result.left.fault.code);
  return andThen(turnTo({ ...record, tones: others }, { outcomes: [resolve(head.command, left(reason))] }), play);
};

export const paused = (record: CallRecord): CallTurn => play(record);

export const toneReceived = (record: CallRecord, { _tag: _, ...heard }: Is<'tone-received'>): CallTurn =>
  turnTo(record, { events: [{ _tag: 'call', event: { _tag: 'dtmf', ...heard } }] });
