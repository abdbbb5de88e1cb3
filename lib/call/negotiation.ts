import { isLeft, isRight, left } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import { compact } from '../core/compact.js';
import { andThen, resolve, type Moment, type CommandOutcome } from '../core/transition.js';
import type { Millis, Ref } from '../core/units.js';
import type { CallOrder } from './port.js';
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
  type Wish,
} from './record.js';
import { hand } from './handing.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;
type WishOf<Tag extends Wish['_tag']> = Extract<Wish, { readonly _tag: Tag }>;

/** How often one wish may meet another negotiation before it is given up. */
const mostCollisions = 5;
/** Until a far side that is away for a while is asked again. */
const absence: Millis = 5_000;

/**
 * Hold or unhold. The microphone is silent from this moment on, whatever the far side will say; it is open again only
 * when the far side has agreed to go on. One wish at a time is negotiated; the others wait in line.
 */
export const hold = (record: CallRecord, { command, on }: Is<'hold'>): CallTurn => {
  if (on) return holding(staying(record), command);
  return wish(record, command, on);
};

/** A call that is on hold while its far side is handed over stays so, also when that fails. */
const holding = (record: CallRecord, command: Ref | undefined): CallTurn =>
  record.handing !== undefined && record.agreed
    ? turnTo(record, { outcomes: succeed(record, command) })
    : wish(record, command, true);

const staying = (record: CallRecord): CallRecord => ({
  ...record,
  ...(record.handing === undefined ? {} : { handing: { ...record.handing, back: false } }),
  queue: record.queue.map(one => (one._tag === 'transfer' ? { ...one, back: false } : one)),
});

/** Whether somebody talks, or will when all is as it was wished. */
export const isTalking = (record: CallRecord): boolean =>
  record.phase === 'active' && (!record.agreed || wantsToTalk(record));

const wantsToTalk = ({ queue, agreed, handing }: CallRecord): boolean => {
  const last = queue.filter(one => one._tag === 'hold' || one._tag === 'transfer').at(-1);
  if (last?._tag === 'hold') return !last.hold;
  return (last ?? handing)?.back ?? !agreed;
};

const wish = (record: CallRecord, command: Ref | undefined, on: boolean): CallTurn =>
  andThen(record.backingOff && !isHold(record.queue[0], on) ? giveWay(record) : turnTo(record), before => {
    const waiting = enqueued(before, { _tag: 'hold', hold: on, ...compact({ command }) });
    return on ? andThen(turnTo(waiting), silenced) : negotiate(waiting);
  });

const isHold = (wish: Wish | undefined, on: boolean): boolean => wish?._tag === 'hold' && wish.hold === on;

/** With one wish more at the end of the line. */
export const enqueued = (record: CallRecord, wish: Wish): CallRecord => ({ ...record, queue: [...record.queue, wish] });

/** The microphone is silent from now on, and what waits is negotiated. */
export const silenced = (record: CallRecord): CallTurn => {
  const silent = showing(record, { hold: { ...record.call.hold, local: true } });
  return andThen(turnTo(silent, { orders: [voice(silent)] }), negotiate);
};

/** The hold at the head has been overtaken by another while it waited to try again. */
const giveWay = (record: CallRecord): CallTurn => {
  const [head, ...queue] = record.queue;
  if (head?._tag !== 'hold') return turnTo(record);
  return turnTo(
    { ...record, queue, backingOff: false, collisions: 0 },
    { outcomes: refused(head, { fault: fault('busy', { statusCode: 491 }) }), orders: [noTick(record, 'negotiate')] },
  );
};

const commandsOf = (wish: Wish): readonly (Ref | undefined)[] => [wish.command, ...('also' in wish ? wish.also : [])];

const refused = (wish: Wish, failure: Failure): readonly CommandOutcome[] =>
  commandsOf(wish).flatMap(command => (command === undefined ? [] : [resolve(command, left(failure.fault))]));

/** Whether something may be said to the far side now: no other negotiation is open, it stays, and the line is there. */
const isFree = ({ lock, backingOff, handing, successor, call, how }: CallRecord): boolean =>
  lock === 'free' &&
  !backingOff &&
  handing === undefined &&
  successor === undefined &&
  (call.signalling === 'up' || how.traits.signalling === 'own');

/** Takes the next wish from the line, if the lock is free. */
export const negotiate = (record: CallRecord): CallTurn => {
  const head = record.queue[0];
  if (head === undefined || !isFree(record)) return turnTo(record);
  return (begin[head._tag] as (record: CallRecord, head: Wish) => CallTurn)(record, head);
};

/** How each wish is begun. */
const begin: { readonly [Tag in Wish['_tag']]: (record: CallRecord, head: WishOf<Tag>) => CallTurn } = {
  hold: (record, { hold: wanted }) =>
    wanted === record.agreed
      ? negotiated(record, wanted)
      : offer(record, 'change', ref => ({ _tag: 'change', ref, call: record.call.id, hold: wanted })),
  transfer: (record, wish) => hand({ ...record, queue: record.queue.slice(1) }, wish),
  restart: (record, { how }) =>
    offer(record, 'restart', ref => ({ _tag: 'restart', ref, call: record.call.id, how, hold: record.agreed })),
  refresh: record => offer(record, 'refresh', ref => ({ _tag: 'refresh', ref, call: record.call.id })),
};

const offer = (record: CallRecord, name: string, order: (ref: Ref) => CallOrder): CallTurn => {
  const { ref, next } = mint(record, name);
  return turnTo({ ...next, lock: 'local' }, { orders: [order(ref)] });
};

/** Both sides agree on the hold: `on_hold` is shown, or the microphone is open again. */
const negotiated = (record: CallRecord, agreed: boolean): CallTurn => {
  const queue = record.queue.slice(1);
  // A hold that waits further back in the line keeps the microphone silent.
  const local = agreed || queue.some(wish => isHold(wish, true));
  const state = showing(
    { ...record, agreed },
    { status: agreed ? 'on_hold' : 'active', hold: { ...record.call.hold, local } },
  );
  return concluded(state, [voice(state)]);
};

/** The wish at the head has come true: the next one. */
export const concluded = (record: CallRecord, orders: readonly CallOrder[] = []): CallTurn => {
  const [head, ...queue] = record.queue;
  const state: CallRecord = { ...record, queue, lock: 'free', collisions: 0, backingOff: false };
  const outcomes = head === undefined ? [] : commandsOf(head).flatMap(command => succeed(state, command));
  return andThen(turnTo(state, { orders, outcomes }), negotiate);
};

/** The far side has answered our offer. */
export const changed = (record: CallRecord, { result }: Is<'changed'>, moment: Moment): CallTurn => {
  const [head] = record.queue;
  if (record.lock !== 'local' || head === undefined) return turnTo(record);
  if (isRight(result)) return head._tag === 'hold' ? negotiated(record, head.hold) : concluded(record);
  return failed(record, result.left, moment);
};

/** The far side has not taken what was offered for the wish at the head: another try later, or none. */
export const failed = (record: CallRecord, failure: Failure, { random }: Moment): CallTurn => {
  const head = record.queue[0];
  const again = tryAgainIn(record, failure, random);
  if (again === undefined) return giveUp(record, failure);
  const later = tryLater(record, again, failure);
  // The wish has changed while it was out: what comes next in the line is wanted now.
  return head?._tag === 'hold' && record.queue.some(wish => isHold(wish, !head.hold))
    ? andThen(giveWay(later.state), negotiate)
    : later;
};

/**
 * After a 491 the side that made the call waits 2.1 to 4 s and the other 0 to 2 s, in steps of 10 ms, so that they do
 * not meet again (RFC 3261 §14.1).
 */
export const glarePause = ({ began }: CallRecord, random: number): Millis =>
  began === 'here' ? 2_100 + Math.floor(random * 191) * 10 : Math.floor(random * 201) * 10;

/** The far side is not found, or busy with something, for a while. */
export const isPassing = ({ statusCode = 0 }: Fault): boolean => [408, 430, 477, 480, 500, 503].includes(statusCode);

/** A Retry-After is honoured. A call that is taken up again by itself is so, too, when the far side is away for a while. */
const tryAgainIn = (record: CallRecord, { fault: reason, retryAfter }: Failure, random: number): Millis | undefined => {
  if (record.collisions >= mostCollisions) return undefined;
  if (retryAfter !== undefined) return retryAfter;
  if (reason.statusCode === 491) return glarePause(record, random);
  const [head] = record.queue;
  const isOwn = head?._tag === 'hold' && !head.hold && head.command === undefined;
  return isOwn && isPassing(reason) ? absence : undefined;
};

/** Where nobody has answered anything, there was nobody to collide with: it was only too early. */
const tryLater = (record: CallRecord, ms: Millis, { fault: { statusCode } }: Failure): CallTurn =>
  turnTo(
    {
      ...record,
      lock: 'free',
      backingOff: true,
      collisions: statusCode === undefined ? record.collisions : record.collisions + 1,
    },
    { orders: [tick(record, 'negotiate', ms)] },
  );

/** Refused: a hold leaves the microphone silent all the same, an unhold leaves the call held. */
const giveUp = (record: CallRecord, failure: Failure): CallTurn => {
  const [head, ...queue] = record.queue;
  const outcomes = head === undefined ? [] : refused(head, failure);
  return andThen(turnTo({ ...record, queue, lock: 'free', collisions: 0 }, { outcomes }), negotiate);
};

export const negotiateAgain = (record: CallRecord, _: Is<'negotiate'>): CallTurn =>
  negotiate({ ...record, backingOff: false });

/** The far side offers: never two negotiations at once; during our hold the answer is our hold. */
export const offered = (record: CallRecord, { call, offer: ref }: Is<'offered'>): CallTurn =>
  record.lock === 'free'
    ? turnTo(
        { ...record, lock: 'remote', answersHold: record.call.hold.local },
        { orders: [{ _tag: 'accept-offer', ref, call, hold: record.call.hold.local }] },
      )
    : turnTo(record, { orders: [{ _tag: 'decline-offer', offer: ref, call, statusCode: 491 }] });

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
