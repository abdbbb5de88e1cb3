import { isRight } from '../core/either.js';
import { compact } from '../core/compact.js';
import { andThen, type Moment } from '../core/transition.js';
import type { Millis, Ref } from '../core/units.js';
import { concluded, enqueued, failed, negotiate } from './negotiation.js';
import type { Restart } from './port.js';
import {
  finish,
  noTick,
  showing,
  tick,
  turnTo,
  type CallInput,
  type CallRecord,
  type CallTurn,
  type Wish,
} from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** An interruption may heal by itself for so long. */
const healing: Millis = 2_000;
/** A connection may take so long to be made: a relay far away needs seconds, and whoever has to check many pairs. */
const connectTimeout: Millis = 10_000;
/** Between two attempts, and what an attempt may take to be heard. */
const pause: Millis = 5_000;
/** A call without sound is given up after this. */
const patience: Millis = 60_000;

/**
 * Applies the media state of the peer connection. An answered call without flowing media runs the restart timers.
 *
 *     media    ~---%-----------b-----     ~  flow   %  interrupted   b  failed
 *     orders   ------T----T----T-----     T  restart
 *     call     R--------------------m     m  a minute after the interruption, whatever the connection has said since
 */
export const media = (record: CallRecord, { media: now }: Is<'media'>): CallTurn => {
  const state = {
    ...(now === record.call.media ? record : showing(record, { media: now })),
    connecting: now === 'connecting',
  };
  if (now === 'flowing') return now === record.call.media ? turnTo(record) : healed(state);
  return state.phase === 'active' ? soundless(state) : turnTo(state);
};

/** Starts the restart timers of an answered call whose media are not flowing, unless they run. */
export const soundless = (record: CallRecord): CallTurn => {
  const wait = record.connecting ? connectTimeout : record.call.media === 'interrupted' ? healing : undefined;
  if (wait === undefined) return turnTo(record);
  if (record.broken !== undefined && record.connecting) return turnTo(record);
  return andThen(broken(record), begun =>
    turnTo(begun, { orders: mendsItself(record) ? [tick(begun, 'mend', wait)] : [] }),
  );
};

const mendsItself = ({ how }: CallRecord): boolean => how.traits.mediaLost === 'restart';

/** From the first moment on: a connection that is being made anew may break again, or never say that it has failed. */
const broken = (record: CallRecord): CallTurn =>
  record.broken === undefined
    ? turnTo({ ...record, broken: 0 }, { orders: [tick(record, 'unmended', patience)] })
    : turnTo(record);

/** The sound is back. What nobody has asked for is not made anew then, unless the far side has been asked already. */
const healed = ({ broken: _, ...record }: CallRecord): CallTurn => {
  const [head] = record.queue;
  const queue = record.queue.filter(wish => !isOurs(wish) || (wish === head && record.lock === 'local'));
  const isFirst = queue[0] === head;
  const state: CallRecord = { ...record, queue, ...(isFirst ? {} : { backingOff: false, collisions: 0 }) };
  const over = ['mend', 'unmended', 'rescue', 'stuck', ...(isFirst ? [] : ['negotiate' as const])] as const;
  return andThen(turnTo(state, { orders: over.map(name => noTick(record, name)) }), negotiate);
};

const isRestart = (wish: Wish): wish is Extract<Wish, { readonly _tag: 'restart' }> => wish._tag === 'restart';
const isOurs = (wish: Wish): boolean => isRestart(wish) && wish.command === undefined && wish.also.length === 0;

/** The connection has failed for good. */
export const mediaFailed = (record: CallRecord, _: Is<'media-failed'>, moment: Moment): CallTurn => {
  // Without its line there is nobody to make anything anew with.
  if (record.how.traits.mediaLost === 'end' || record.call.signalling === 'lost') return silent(record, moment);
  const begun = broken(showing(record, { media: 'interrupted' }));
  return mendsItself(record) ? andThen(begun, mend) : begun;
};

/** Makes the media anew, unless that is under way or about to be. */
const restart = (record: CallRecord, how: Restart, command?: Ref): CallTurn => {
  const known = record.queue.find(isRestart);
  if (known === undefined)
    return andThen(turnTo(record, { orders: [noTick(record, 'mend')] }), now =>
      negotiate(enqueued(now, { _tag: 'restart', how, also: [], ...compact({ command }) })),
    );
  if (command === undefined) return turnTo(record);
  const joined = { ...known, also: [...known.also, command] };
  return turnTo({ ...record, queue: record.queue.map(wish => (wish === known ? joined : wish)) });
};

/**
 * Restarts the media. Attempts alternate between an ICE restart and a new peer connection, which also reaches another
 * endpoint that has taken the far side's place.
 */
export const mend = (record: CallRecord): CallTurn => {
  if (record.queue.some(isRestart)) return turnTo(record);
  const attempts = record.broken ?? 0;
  const how = attempts % 2 === 0 ? 'ice' : 'connection';
  return restart({ ...record, broken: attempts + 1 }, how);
};

/** Somebody asks for it. */
export const reconnect = (record: CallRecord, { command }: Is<'reconnect'>): CallTurn =>
  restart(record, 'ice', command);

/** What came too late for our description is said now, where there is no sound without it. */
export const rescue = (record: CallRecord): CallTurn =>
  record.call.media === 'flowing' ? turnTo(record) : restart(record, 'candidates');

/** Another branch than the one whose early media were applied has answered, and this connection does not reach it. */
export const stuck = (record: CallRecord): CallTurn =>
  record.call.media === 'flowing' ? turnTo(record) : restart(record, 'connection');

/** The far side has taken the new media, or has not. */
export const mended = (record: CallRecord, { result }: Is<'mended'>, moment: Moment): CallTurn => {
  const [head] = record.queue;
  if (head === undefined || !isRestart(head) || record.lock !== 'local') return turnTo(record);
  const next = isRight(result) ? concluded(record) : failed(record, result.left, moment);
  const isOver = !next.state.queue.includes(head);
  // What is not heard after a while is tried again.
  const isOwn = isOver && mendsItself(record) && record.call.media !== 'flowing';
  const orders = isOwn ? [...next.orders, tick(record, 'mend', pause)] : next.orders;
  if (isRight(result) || !isOver) return { ...next, orders };
  const event = { _tag: 'media-failed', call: record.call.id, fault: result.left.fault } as const;
  return { ...next, orders, events: [...next.events, { _tag: 'call', event }] };
};

/** It has been silent for too long; but a call whose line is away has the time that its line has. */
export const unmended = (record: CallRecord, _: Is<'unmended'>, moment: Moment): CallTurn =>
  record.call.signalling === 'recovering' && record.how.traits.signalling === 'line'
    ? turnTo(record, { orders: [tick(record, 'unmended', patience)] })
    : silent(record, moment);

const silent = (record: CallRecord, { at }: Moment): CallTurn => {
  const cause = record.call.signalling === 'lost' ? 'line_lost' : 'media_failed';
  return finish(record, { by: 'network', cause }, at, [{ _tag: 'end', call: record.call.id }]);
};
