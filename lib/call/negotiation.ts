import { isLeft, isRight, left } from '../kernel/either.js';
import { fault } from '../kernel/fault.js';
import type { Failure } from '../kernel/port.js';
import { andThen, settle, type Moment, type Settled } from '../kernel/turn.js';
import type { Millis } from '../kernel/units.js';
import {
  turnTo,
  mint,
  noTick,
  showing,
  succeed,
  tick,
  voice,
  type CallInput,
  type CallRecord,
  type CallTurn,
} from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** How often one wish may meet another negotiation before it is given up. */
const mostCollisions = 5;

/**
 * Hold or unhold. The microphone is silent from this moment on, whatever the far side will say; it is open again only
 * when the far side has agreed to go on. One wish at a time is negotiated; the others wait in line.
 */
export const hold = (record: CallRecord, { command, on }: Is<'hold'>): CallTurn =>
  andThen(record.backingOff && record.queue[0]?.hold !== on ? giveWay(record) : turnTo(record), before => {
    const waiting = { ...before, queue: [...before.queue, { command, hold: on }] };
    return on ? andThen(silence(waiting), negotiate) : negotiate(waiting);
  });

const silence = (record: CallRecord): CallTurn => {
  const silent = showing(record, { hold: { ...record.call.hold, local: true } });
  return turnTo(silent, { orders: [voice(silent)] });
};

/** The wish at the head has been overtaken by another while it waited to try again. */
const giveWay = (record: CallRecord): CallTurn => {
  const [head, ...queue] = record.queue;
  const settled = head === undefined ? [] : [settle(head.command, left(fault('busy', { statusCode: 491 })))];
  return turnTo(
    { ...record, queue, backingOff: false, collisions: 0 },
    { settled, orders: [noTick(record, 'negotiate')] },
  );
};

/** Takes the next wish from the line, if the lock is free. */
const negotiate = (record: CallRecord): CallTurn => {
  const head = record.queue[0];
  if (head === undefined || record.lock !== 'free' || record.backingOff) return turnTo(record);
  if (head.hold === record.agreed) return negotiated(record, head.hold);
  const { ref, next } = mint(record, 'change');
  return turnTo(
    { ...next, lock: 'local' },
    { orders: [{ _tag: 'change', ref, call: record.call.id, hold: head.hold }] },
  );
};

/** Both sides agree now: `on_hold` is shown, or the microphone is open again. */
const negotiated = (record: CallRecord, agreed: boolean): CallTurn => {
  const [head, ...queue] = record.queue;
  // A hold that waits further back in the line keeps the microphone silent.
  const local = agreed || queue.some(({ hold }) => hold);
  const state = showing(
    { ...record, agreed, queue, lock: 'free', collisions: 0, backingOff: false },
    { status: agreed ? 'on_hold' : 'active', hold: { ...record.call.hold, local } },
  );
  return andThen(turnTo(state, { orders: [voice(state)], settled: succeed(state, head?.command) }), negotiate);
};

/** The far side has answered our offer. */
export const changed = (record: CallRecord, { result }: Is<'changed'>, moment: Moment): CallTurn => {
  const head = record.queue[0];
  if (head === undefined) return turnTo({ ...record, lock: 'free' });
  if (isRight(result)) return negotiated(record, head.hold);
  const again = tryAgainIn(record, result.left, moment);
  if (again === undefined) return giveUp(record, result.left);
  const later = tryLater(record, again);
  // The wish has changed while it was out: what comes next in the line is wanted now.
  return record.queue.some(({ hold: wish }) => wish !== head.hold) ? andThen(giveWay(later.state), negotiate) : later;
};

/**
 * After a 491 the side that made the call waits 2.1 to 4 s and the other 0 to 2 s, in steps of 10 ms, so that they do
 * not meet again (RFC 3261 §14.1); a Retry-After is honoured.
 */
const tryAgainIn = (
  record: CallRecord,
  { fault: { statusCode }, retryAfter }: Failure,
  { dice }: Moment,
): Millis | undefined => {
  if (record.collisions >= mostCollisions) return undefined;
  if (retryAfter !== undefined) return retryAfter;
  if (statusCode !== 491) return undefined;
  return record.call.direction === 'outgoing' ? 2_100 + Math.floor(dice * 191) * 10 : Math.floor(dice * 201) * 10;
};

const tryLater = (record: CallRecord, ms: Millis): CallTurn =>
  turnTo(
    { ...record, lock: 'free', backingOff: true, collisions: record.collisions + 1 },
    { orders: [tick(record, 'negotiate', ms)] },
  );

/** Refused: a hold leaves the microphone silent all the same, an unhold leaves the call held. */
const giveUp = (record: CallRecord, failure: Failure): CallTurn => {
  const [head, ...queue] = record.queue;
  const settled: readonly Settled[] = head === undefined ? [] : [settle(head.command, left(failure.fault))];
  return andThen(turnTo({ ...record, queue, lock: 'free', collisions: 0 }, { settled }), negotiate);
};

export const negotiateAgain = (record: CallRecord, _: Is<'negotiate'>): CallTurn =>
  negotiate({ ...record, backingOff: false });

/** The far side offers: never two negotiations at once; during our hold the answer is our hold. */
export const offered = (record: CallRecord, { call, offer }: Is<'offered'>): CallTurn =>
  record.lock === 'free'
    ? turnTo(
        { ...record, lock: 'remote', answersHold: record.call.hold.local },
        { orders: [{ _tag: 'accept-offer', ref: offer, call, hold: record.call.hold.local }] },
      )
    : turnTo(record, { orders: [{ _tag: 'decline-offer', offer, call, statusCode: 491 }] });

/**
 * The far side's offer has been answered (or not); with our hold in that answer, it has agreed to that too. A hold that
 * was wished for since then was not in it, and is still to be negotiated.
 */
export const offerSettled = (record: CallRecord, { result }: Is<'offer-settled'>): CallTurn => {
  const free: CallRecord = { ...record, lock: 'free' };
  return isLeft(result) || free.agreed || !free.answersHold
    ? negotiate(free)
    : negotiate(showing({ ...free, agreed: true }, { status: 'on_hold' }));
};

export const remoteHold = (record: CallRecord, { on }: Is<'remote-hold'>): CallTurn =>
  turnTo(on === record.call.hold.remote ? record : showing(record, { hold: { ...record.call.hold, remote: on } }));
