import type { InputOf } from './state.js';
import { isRight } from '../core/either.js';
import { compact } from '../core/compact.js';
import { andThen, type Moment } from '../core/transition.js';
import { completeHead, enqueued, failed, negotiate } from './offer-answer.js';
import type { Restart } from './port.js';
import {
  finish,
  stopTimer,
  patchCall,
  startTimer,
  callTransition,
  type CallState,
  type CallTransition,
  type PendingChange,
} from './state.js';
import type { Millis, Ref } from '../core/port.js';

/** An interruption shorter than this causes no restart. */
const interruptionGraceMs: Millis = 2_000;
/** ICE and DTLS may take this long: distant relays and many candidate pairs need seconds. */
const connectTimeoutMs: Millis = 10_000;
/** Time for media to flow after a restart, before the next one. */
const restartIntervalMs: Millis = 5_000;
/** A call without media ends after this. */
const mediaTimeoutMs: Millis = 60_000;

/**
 * Applies the media state of the peer connection. An answered call without flowing media runs the restart timers.
 *
 *     media    ~---%-----------b-----     ~  flow   %  interrupted   b  failed
 *     orders   ------T----T----T-----     T  restart
 *     call     R--------------------m     m  a minute after the interruption, whatever the connection has said since
 */
export function media(record: CallState, { media: now }: InputOf<'media'>): CallTransition {
  const state = {
    ...(now === record.call.media ? record : patchCall(record, { media: now })),
    connecting: now === 'connecting',
  };
  if (now === 'flowing') return now === record.call.media ? callTransition(record) : mediaFlowing(state);
  return state.phase === 'active' ? watchMedia(state) : callTransition(state);
}

/** Starts the restart timers of an answered call whose media are not flowing, unless they run. */
export function watchMedia(record: CallState): CallTransition {
  const wait = record.connecting
    ? connectTimeoutMs
    : record.call.media === 'interrupted'
      ? interruptionGraceMs
      : undefined;
  if (wait === undefined) return callTransition(record);
  if (record.restartAttempts !== undefined && record.connecting) return callTransition(record);
  return andThen(startMediaTimeout(record), begun =>
    callTransition(begun, { orders: restartsByItself(record) ? [startTimer(begun, 'restart-ice', wait)] : [] }),
  );
}

function restartsByItself({ policy }: CallState): boolean {
  return policy.traits.mediaLost === 'restart';
}

/** Starts the media timeout, once an interruption: a restarted connection may break again without reporting it. */
function startMediaTimeout(record: CallState): CallTransition {
  return record.restartAttempts === undefined
    ? callTransition(
        { ...record, restartAttempts: 0 },
        { orders: [startTimer(record, 'media-timeout', mediaTimeoutMs)] },
      )
    : callTransition(record);
}

/** Media flow again: drops automatic restarts that have not been offered yet. */
function mediaFlowing({ restartAttempts: _, ...record }: CallState): CallTransition {
  const [head] = record.queue;
  const queue = record.queue.filter(wish => !isAutomatic(wish) || (wish === head && record.lock === 'local'));
  const isFirst = queue[0] === head;
  const state: CallState = { ...record, queue, ...(isFirst ? {} : { backingOff: false, collisions: 0 }) };
  const over = [
    'restart-ice',
    'media-timeout',
    'offer-late-candidates',
    'connect-timeout',
    ...(isFirst ? [] : ['retry-negotiation' as const]),
  ] as const;
  return andThen(callTransition(state, { orders: over.map(name => stopTimer(record, name)) }), negotiate);
}

function isRestart(wish: PendingChange): wish is Extract<PendingChange, { readonly _tag: 'restart' }> {
  return wish._tag === 'restart';
}
function isAutomatic(wish: PendingChange): boolean {
  return isRestart(wish) && wish.command === undefined && wish.also.length === 0;
}

/** ICE or DTLS has failed. Ends the call, waits for `reconnectCall`, or restarts, by the line's `mediaLost`. */
export function mediaFailed(record: CallState, _: InputOf<'media-failed'>, moment: Moment): CallTransition {
  // A restart needs signalling.
  if (record.policy.traits.mediaLost === 'end' || record.call.signalling === 'lost')
    return endWithoutMedia(record, moment);
  const begun = startMediaTimeout(patchCall(record, { media: 'interrupted' }));
  return restartsByItself(record) ? andThen(begun, restartIce) : begun;
}

/** Queues a restart; a command joins one that is queued already. */
function requestRestart(record: CallState, how: Restart, command?: Ref): CallTransition {
  const known = record.queue.find(isRestart);
  if (known === undefined)
    return andThen(callTransition(record, { orders: [stopTimer(record, 'restart-ice')] }), now =>
      negotiate(enqueued(now, { _tag: 'restart', how, also: [], ...compact({ command }) })),
    );
  if (command === undefined) return callTransition(record);
  const joined = { ...known, also: [...known.also, command] };
  return callTransition({ ...record, queue: record.queue.map(wish => (wish === known ? joined : wish)) });
}

/**
 * Restarts the media. Attempts alternate between an ICE restart and a new peer connection, which also reaches another
 * endpoint that has taken the far side's place.
 */
export function restartIce(record: CallState): CallTransition {
  if (record.queue.some(isRestart)) return callTransition(record);
  const attempts = record.restartAttempts ?? 0;
  const how = attempts % 2 === 0 ? 'ice' : 'connection';
  return requestRestart({ ...record, restartAttempts: attempts + 1 }, how);
}

/** The command `reconnectCall`: an ICE restart. */
export function reconnect(record: CallState, { command }: InputOf<'reconnect'>): CallTransition {
  return requestRestart(record, 'ice', command);
}

/** Offers candidates that were gathered after our description had been sent, where media don't flow without them. */
export function offerLateCandidates(record: CallState): CallTransition {
  return record.call.media === 'flowing' ? callTransition(record) : requestRestart(record, 'candidates');
}

/** Media don't flow after a forked call was answered by another branch: needs a new peer connection. */
export function connectTimedOut(record: CallState): CallTransition {
  return record.call.media === 'flowing' ? callTransition(record) : requestRestart(record, 'connection');
}

/** The answer to the re-INVITE that carried the restart. */
export function restartAnswered(
  record: CallState,
  { result }: InputOf<'restart-done'>,
  moment: Moment,
): CallTransition {
  const [head] = record.queue;
  if (head === undefined || !isRestart(head) || record.lock !== 'local') return callTransition(record);
  const next = isRight(result) ? completeHead(record) : failed(record, result.left, moment);
  const isOver = !next.state.queue.includes(head);
  // The next attempt, should media still not flow.
  const isOwn = isOver && restartsByItself(record) && record.call.media !== 'flowing';
  const orders = isOwn ? [...next.orders, startTimer(record, 'restart-ice', restartIntervalMs)] : next.orders;
  if (isRight(result) || !isOver) return { ...next, orders };
  const event = { _tag: 'media-failed', call: record.call.id, fault: result.left.fault } as const;
  return { ...next, orders, events: [...next.events, { _tag: 'call', event }] };
}

/** Ends the call with `media_failed`. While the line recovers, the timeout restarts. */
export function mediaTimedOut(record: CallState, _: InputOf<'media-timeout'>, moment: Moment): CallTransition {
  return record.call.signalling === 'recovering' && record.policy.traits.signalling === 'line'
    ? callTransition(record, { orders: [startTimer(record, 'media-timeout', mediaTimeoutMs)] })
    : endWithoutMedia(record, moment);
}

function endWithoutMedia(record: CallState, { at }: Moment): CallTransition {
  const cause = record.call.signalling === 'lost' ? 'line_lost' : 'media_failed';
  return finish(record, { by: 'network', cause }, at, [{ _tag: 'end', call: record.call.id }]);
}
