import type { InputOf } from './state.js';
import { isLeft, isRight, left } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { Failure, Millis, Ref } from '../core/port.js';
import { compact } from '../core/compact.js';
import { andThen, resolve, type Moment, type CommandOutcome, type After } from '../core/transition.js';
import type { CallOrder } from './port.js';
import {
  callTransition,
  nextRequest,
  stopTimer,
  patchCall,
  callOutcome,
  startTimer,
  transmitOrder,
  type CallState,
  type CallTransition,
  type PendingChange,
  type CallTimer,
} from './state.js';

type WishOf<Tag extends PendingChange['_tag']> = Extract<PendingChange, { readonly _tag: Tag }>;

/** Retries of one change after 491. */
const maxCollisions = 5;
/** Delay of the retry of an automatic unhold. */
const absence: Millis = 5_000;

/**
 * Hold or unhold. The microphone is silent at once; it opens again when the far side has accepted the unhold. One change
 * at a time is negotiated; the others are queued.
 */
export function hold(record: CallState, { command, on }: InputOf<'hold'>): CallTransition {
  if (on) return holding(staying(record), command);
  return pendingChange(record, command, on);
}

/** A hold within a transfer of a held call needs no re-INVITE. */
function holding(record: CallState, command: Ref | undefined): CallTransition {
  return record.transferring !== undefined && record.holdAgreed
    ? callTransition(record, { outcomes: callOutcome(record, command) })
    : pendingChange(record, command, true);
}

function staying(record: CallState): CallState {
  return {
    ...record,
    ...(record.transferring === undefined ? {} : { transferring: { ...record.transferring, back: false } }),
    queue: record.queue.map(one => (one._tag === 'transfer' ? { ...one, back: false } : one)),
  };
}

/** True when the call is active and not on hold, or will not be after its queued changes. */
export function isTalking(record: CallState): boolean {
  return record.phase === 'active' && (!record.holdAgreed || wantsToTalk(record));
}

function wantsToTalk({ queue, holdAgreed, transferring }: CallState): boolean {
  const last = queue.filter(one => one._tag === 'hold' || one._tag === 'transfer').at(-1);
  if (last?._tag === 'hold') return !last.hold;
  return (last ?? transferring)?.back ?? !holdAgreed;
}

function pendingChange(record: CallState, command: Ref | undefined, on: boolean): CallTransition {
  return andThen(
    record.backingOff && !isHold(record.queue[0], on) ? dropSuperseded(record) : callTransition(record),
    before => {
      const waiting = enqueued(before, { _tag: 'hold', hold: on, ...compact({ command }) });
      return on ? andThen(callTransition(waiting), silenced) : negotiate(waiting);
    },
  );
}

function isHold(wish: PendingChange | undefined, on: boolean): boolean {
  return wish?._tag === 'hold' && wish.hold === on;
}

/** Appends a change to the queue. */
export function enqueued(record: CallState, wish: PendingChange): CallState {
  return {
    ...record,
    queue: [...record.queue, wish],
  };
}

/** Sets the local hold, mutes the track, and negotiates the head of the queue. */
export function silenced(record: CallState): CallTransition {
  const silent = patchCall(record, { hold: { ...record.call.hold, local: true } });
  return andThen(callTransition(silent, { orders: [transmitOrder(silent)] }), negotiate);
}

/** A newer command replaces the head that waits for its retry; the older one fails with `busy`. */
function dropSuperseded(record: CallState): CallTransition {
  const [head, ...queue] = record.queue;
  if (head?._tag !== 'hold') return callTransition(record);
  return callTransition(
    { ...record, queue, backingOff: false, collisions: 0 },
    {
      outcomes: refused(head, { fault: fault('busy', { statusCode: 491 }) }),
      orders: [stopTimer(record, 'retry-negotiation')],
    },
  );
}

function commandsOf(wish: PendingChange): readonly (Ref | undefined)[] {
  return [wish.command, ...('also' in wish ? wish.also : [])];
}

function refused(wish: PendingChange, failure: Failure): readonly CommandOutcome[] {
  return commandsOf(wish).flatMap(command => (command === undefined ? [] : [resolve(command, left(failure.fault))]));
}

/** True where an offer may be sent: no negotiation is open, the call continues, the line is up. */
function canOffer({ lock, backingOff, transferring, successor, call, policy }: CallState): boolean {
  return (
    lock === 'free' &&
    !backingOff &&
    transferring === undefined &&
    successor === undefined &&
    (call.signalling === 'up' || policy.traits.signalling === 'own')
  );
}

/** Starts the next change, unless a negotiation is pending. */
export function negotiate(record: CallState): CallTransition {
  const head = record.queue[0];
  if (head === undefined || !canOffer(record)) return callTransition(record);
  return (begin[head._tag] as (record: CallState, head: PendingChange) => CallTransition)(record, head);
}

/** Starts a change, by its kind. */
const begin: { readonly [Tag in PendingChange['_tag']]: (record: CallState, head: WishOf<Tag>) => CallTransition } = {
  hold: (record, { hold: wanted }) =>
    wanted === record.holdAgreed
      ? negotiated(record, wanted)
      : offer(record, 'change', ref => ({ _tag: 'change', ref, call: record.call.id, hold: wanted })),
  transfer: (record, wish) => sendRefer({ ...record, queue: record.queue.slice(1) }, wish),
  restart: (record, { how }) =>
    offer(record, 'restart', ref => ({ _tag: 'restart', ref, call: record.call.id, how, hold: record.holdAgreed })),
  refresh: record => offer(record, 'refresh', ref => ({ _tag: 'refresh', ref, call: record.call.id })),
};

function offer(record: CallState, name: string, order: (ref: Ref) => CallOrder): CallTransition {
  const { ref, next } = nextRequest(record, name);
  return callTransition({ ...next, lock: 'local' }, { orders: [order(ref)] });
}

/** Both sides agree on the hold: `on_hold` is shown, or the microphone is open again. */
function negotiated(record: CallState, holdAgreed: boolean): CallTransition {
  const queue = record.queue.slice(1);
  // A hold that waits further back in the line keeps the microphone silent.
  const local = holdAgreed || queue.some(wish => isHold(wish, true));
  const state = patchCall(
    { ...record, holdAgreed },
    { status: holdAgreed ? 'on_hold' : 'active', hold: { ...record.call.hold, local } },
  );
  return completeHead(state, [transmitOrder(state)]);
}

/** The change at the head is done; starts the next one. */
export function completeHead(record: CallState, orders: readonly CallOrder[] = []): CallTransition {
  const [head, ...queue] = record.queue;
  const state: CallState = { ...record, queue, lock: 'free', collisions: 0, backingOff: false };
  const outcomes = head === undefined ? [] : commandsOf(head).flatMap(command => callOutcome(state, command));
  return andThen(callTransition(state, { orders, outcomes }), negotiate);
}

/** The far side has answered our offer. */
export function changeAnswered(record: CallState, { result }: InputOf<'change-done'>, moment: Moment): CallTransition {
  const [head] = record.queue;
  if (record.lock !== 'local' || head === undefined) return callTransition(record);
  if (isRight(result)) return head._tag === 'hold' ? negotiated(record, head.hold) : completeHead(record);
  return failed(record, result.left, moment);
}

/** The offer for the change at the head was refused: retry later, or fail. */
export function failed(record: CallState, failure: Failure, { random }: Moment): CallTransition {
  const head = record.queue[0];
  const again = retryDelay(record, failure, random);
  if (again === undefined) return giveUp(record, failure);
  const later = retryLater(record, again, failure);
  // The change was replaced meanwhile: the next one starts.
  return head?._tag === 'hold' && record.queue.some(wish => isHold(wish, !head.hold))
    ? andThen(dropSuperseded(later.state), negotiate)
    : later;
}

/**
 * After a 491 the side that made the call waits 2.1 to 4 s and the other 0 to 2 s, in steps of 10 ms, so that they do
 * not meet again (RFC 3261 §14.1).
 */
export function glareDelay({ began }: CallState, random: number): Millis {
  return began === 'here' ? 2_100 + Math.floor(random * 191) * 10 : Math.floor(random * 201) * 10;
}

/** Status codes of a far side that is temporarily unavailable. */
export function isTransient({ statusCode = 0 }: Fault): boolean {
  return [408, 430, 477, 480, 500, 503].includes(statusCode);
}

/** Delay of a retry: Retry-After, or a default where the change follows from the line's recovery. */
function retryDelay(record: CallState, { fault: reason, retryAfter }: Failure, random: number): Millis | undefined {
  if (record.collisions >= maxCollisions) return undefined;
  if (retryAfter !== undefined) return retryAfter;
  if (reason.statusCode === 491) return glareDelay(record, random);
  const [head] = record.queue;
  const isOwn = head?._tag === 'hold' && !head.hold && head.command === undefined;
  return isOwn && isTransient(reason) ? absence : undefined;
}

/** Without an answered offer it was no glare: the first negotiation is not complete. */
function retryLater(record: CallState, ms: Millis, { fault: { statusCode } }: Failure): CallTransition {
  return callTransition(
    {
      ...record,
      lock: 'free',
      backingOff: true,
      collisions: statusCode === undefined ? record.collisions : record.collisions + 1,
    },
    { orders: [startTimer(record, 'retry-negotiation', ms)] },
  );
}

/** The change has failed: after a hold the microphone stays muted, after an unhold the call stays on hold. */
function giveUp(record: CallState, failure: Failure): CallTransition {
  const [head, ...queue] = record.queue;
  const outcomes = head === undefined ? [] : refused(head, failure);
  return andThen(callTransition({ ...record, queue, lock: 'free', collisions: 0 }, { outcomes }), negotiate);
}

export function retryNegotiation(record: CallState, _: InputOf<'retry-negotiation'>): CallTransition {
  return negotiate({ ...record, backingOff: false });
}

/** The far side offers: never two negotiations at once; during our hold the answer is our hold. */
export function offered(record: CallState, { call, offer: ref }: InputOf<'offered'>): CallTransition {
  return record.lock === 'free'
    ? callTransition(
        { ...record, lock: 'remote', answersHold: record.call.hold.local },
        { orders: [{ _tag: 'accept-offer', ref, call, hold: record.call.hold.local }] },
      )
    : callTransition(record, { orders: [{ _tag: 'decline-offer', offer: ref, call, statusCode: 491 }] });
}

/**
 * The far side's offer has been answered (or not); with our hold in that answer, it has agreed to that too. A hold that
 * was wished for since then was not in it, and is still to be negotiated.
 */
export function offerSettled(record: CallState, { result }: InputOf<'accept-offer-done'>): CallTransition {
  const free: CallState = { ...record, lock: 'free' };
  return isLeft(result) || free.holdAgreed || !free.answersHold
    ? negotiate(free)
    : negotiate(patchCall({ ...free, holdAgreed: true }, { status: 'on_hold' }));
}

export function remoteHold(record: CallState, { on }: InputOf<'remote-hold'>): CallTransition {
  return callTransition(
    on === record.call.hold.remote ? record : patchCall(record, { hold: { ...record.call.hold, remote: on } }),
  );
}

/** Transfer timeout: longest time between two progress reports. */
const transferTimeoutMs: Millis = 30_000;

/** Restarts the transfer timeout after a progress report. */
export function transferTo(record: CallState): After<CallTimer> {
  return startTimer(record, 'transfer-timeout', transferTimeoutMs);
}

/** Sends a REFER. RFC 3515. */
function sendRefer(record: CallState, wish: Extract<PendingChange, { readonly _tag: 'transfer' }>): CallTransition {
  const { ref, next } = nextRequest(record, 'transfer');
  const to = 'target' in wish.to ? wish.to.target : wish.to.call;
  const state = patchCall({ ...next, transferring: { ...wish, taken: false } }, { transfer: { to, statusCode: 100 } });
  return callTransition(state, {
    orders: [{ _tag: 'transfer', ref, call: record.call.id, to: wish.to }, transferTo(record)],
  });
}
