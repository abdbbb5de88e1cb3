import type { InputOf } from './state.js';
import { isRight } from '../core/either.js';
import type { Failure, Millis } from '../core/port.js';
import { andThen, type Moment } from '../core/transition.js';
import { lineLost } from './lifecycle.js';
import { glareDelay, isTransient, negotiate } from './offer-answer.js';
import {
  finish,
  nextRequest,
  stopTimer,
  patchCall,
  startTimer,
  callTransition,
  type CallState,
  type CallTransition,
} from './state.js';
import { suspendSessionTimer, startSessionTimer } from './session-timer.js';
import { declineRefer } from './transfer.js';

/** Delay before the next check of a dialog whose peer could not answer. */
const recheckDelayMs: Millis = 5_000;
/** Calls are checked within this time after the line is back, at random, so that they don't all re-INVITE at once. */
const checkSpreadMs: Millis = 1_000;

function isSignalledByLine({ policy }: CallState): boolean {
  return policy.traits.signalling === 'line';
}

/**
 * The line of an established call is down: media continue, negotiation waits, the recovery timeout starts.
 *
 *     line     x------r----------     x  down   r  up and registered
 *     call     R------?--U-------     R  recovering   ?  dialog checked by re-INVITE   U  up
 *
 * A call that is not yet answered ends with `line_lost`, and a pending inbound REFER is declined: their transactions cannot
 * outlive the connection.
 */
export function lineDown(record: CallState, _: InputOf<'line-down'>, moment: Moment): CallTransition {
  if (isSignalledByLine(record))
    return record.phase === 'active'
      ? andThen(declineRefer(record), recovering)
      : lineLost(record, { _tag: 'line-lost' }, moment);
  return record.phase === 'preparing'
    ? callTransition(record)
    : callTransition(patchCall(record, { signalling: 'recovering' }), { orders: [stopTimer(record, 'check-dialog')] });
}

function recovering({ recovering: _, ...record }: CallState): CallTransition {
  return callTransition(patchCall({ ...record, lock: 'free', backingOff: false }, { signalling: 'recovering' }), {
    orders: [
      ...(['check-dialog', 'retry-negotiation'] as const).map(name => stopTimer(record, name)),
      ...suspendSessionTimer(record),
      startTimer(record, 'recovery-timeout', record.policy.recovery),
    ],
  });
}

/** The line is back: schedules the check of the dialog. A call whose INVITE has not been sent needs none. */
export function lineUp(record: CallState, _: InputOf<'line-up'>, { random }: Moment): CallTransition {
  if (record.call.signalling === 'up') return callTransition(record);
  if (record.phase === 'gathering') return callTransition(patchCall(record, { signalling: 'up' }));
  return isSignalledByLine(record)
    ? callTransition(record, { orders: [startTimer(record, 'check-dialog', Math.floor(random * checkSpreadMs))] })
    : checkDialog(record);
}

/** Sends a re-INVITE in the dialog; with an ICE restart unless media are flowing. */
export function checkDialog(record: CallState): CallTransition {
  return record.call.signalling === 'up' || record.recovering !== undefined
    ? callTransition(record)
    : sendCheck(record, record.call.media !== 'flowing');
}

function sendCheck(record: CallState, restart: boolean): CallTransition {
  const { ref, next } = nextRequest(record, 'recover');
  const recovering = { hold: record.call.hold.local, restart };
  return callTransition(
    { ...next, recovering },
    { orders: [{ _tag: 'recover', ref, call: record.call.id, ...recovering }] },
  );
}

/**
 * The answer to that re-INVITE.
 *
 * | answer | then |
 * |---|---|
 * | 2xx | signalling is up; the hold that was offered is agreed |
 * | 481, 408 (`call-ended`) | the call ends, `line_lost` |
 * | 488 to an ICE restart | checked again without one |
 * | 491 | checked again after the glare delay |
 * | Retry-After, or a transient fault | checked again after that delay |
 * | anything else | the call ends, `line_lost`; while media flow it stays, `signalling: 'lost'` |
 */
export function dialogChecked(record: CallState, { result }: InputOf<'recover-done'>, moment: Moment): CallTransition {
  const { recovering, ...rest } = record;
  if (recovering === undefined) return callTransition(record);
  if (isRight(result)) return recovered(rest, recovering.hold);
  if (result.left.fault.code === 'call-ended')
    return finish(rest, { by: 'network', cause: 'line_lost' }, moment.at, [{ _tag: 'forget', call: record.call.id }]);
  if (result.left.fault.statusCode === 488 && recovering.restart) return sendCheck(rest, false);
  const wait = recheckDelayAfter(rest, result.left, moment.random);
  return wait === undefined
    ? unreachable(rest, moment)
    : callTransition(rest, { orders: [startTimer(record, 'check-dialog', wait)] });
}

function recheckDelayAfter(record: CallState, { fault, retryAfter }: Failure, random: number): Millis | undefined {
  if (fault.statusCode === 491) return glareDelay(record, random);
  if (retryAfter !== undefined) return retryAfter;
  return !isSignalledByLine(record) || fault.statusCode === undefined || isTransient(fault)
    ? recheckDelayMs
    : undefined;
}

/** Signalling is up, and the hold that was offered is agreed; pending changes are negotiated. */
function recovered(record: CallState, hold: boolean): CallTransition {
  if (!isSignalledByLine(record)) return callTransition(patchCall(record, { signalling: 'up' }));
  const state = patchCall({ ...record, holdAgreed: hold }, { signalling: 'up', status: hold ? 'on_hold' : 'active' });
  return andThen(
    callTransition(state, { orders: [stopTimer(record, 'recovery-timeout'), ...startSessionTimer(state)] }),
    negotiate,
  );
}

/** Ends the call; while media flow it stays, with `signalling: 'lost'`. */
function unreachable(record: CallState, { at }: Moment): CallTransition {
  return record.call.media === 'flowing'
    ? callTransition(patchCall(record, { signalling: 'lost' }), {
        orders: [stopTimer(record, 'check-dialog'), stopTimer(record, 'recovery-timeout')],
      })
    : finish(record, { by: 'network', cause: 'line_lost' }, at, [{ _tag: 'end', call: record.call.id }]);
}

/** No answer within `recovery`: the row "anything else" of `dialogChecked`. */
export function recoveryTimedOut(
  { recovering: _, ...record }: CallState,
  __: InputOf<'recovery-timeout'>,
  moment: Moment,
): CallTransition {
  return unreachable(record, moment);
}
