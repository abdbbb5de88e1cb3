import { type InputOf, withoutReferral, startTimer } from './state.js';
import { isRight, left } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { andThen, resolve, type Moment } from '../core/transition.js';
import { enqueued, negotiate, silenced, transferTo } from './offer-answer.js';
import {
  finish,
  stopTimer,
  refuse,
  patchCall,
  callOutcome,
  callTransition,
  type CallState,
  type CallTransition,
  type PendingChange,
} from './state.js';
import { compact } from '../core/compact.js';
import type { Millis } from '../core/port.js';

const underWay = 'The far side is being handed over already.';

/**
 * Hands the far side over: it is put on hold, then sent on, and the call is kept until it is known what has come of it.
 *
 *     command   t--------------
 *     order     h-r------e-----    h  our hold   r  REFER   e  BYE
 *     report    -A-2-1-2-------    2  202        1  100     2  200: it has arrived
 *
 * A far side that hangs up after the 202 has been transferred. After a failure the call is taken off hold, if it was not
 * held before.
 * RFC 3515, RFC 5589.
 */
export function transfer(record: CallState, { command, to }: InputOf<'transfer'>): CallTransition {
  if (!record.policy.traits.transfers) return refuse(record, command, 'unsupported');
  if (record.transferring !== undefined || record.queue.some(({ _tag }) => _tag === 'transfer'))
    return callTransition(record, { outcomes: [resolve(command, left(fault('busy', { message: underWay })))] });
  const back = !record.call.hold.local;
  const held = back ? enqueued(record, { _tag: 'hold', hold: true }) : record;
  return silenced(enqueued(held, { _tag: 'transfer', command, to, back }));
}

/** The REFER has its final response: 202 starts the progress timeout. */
export function referAccepted(record: CallState, { result }: InputOf<'transfer-done'>): CallTransition {
  const { transferring } = record;
  if (transferring === undefined) return callTransition(record);
  return isRight(result)
    ? callTransition({ ...record, transferring: { ...transferring, taken: true } }, { orders: [transferTo(record)] })
    : transferFailed(record, result.left.fault);
}

/** Reports the progress of the transfer's call, from NOTIFY. */
export function transferProgress(
  record: CallState,
  { call, statusCode, reasonPhrase }: InputOf<'transfer-progress'>,
  moment: Moment,
): CallTransition {
  const { transferring } = record;
  if (transferring === undefined || record.call.transfer === undefined) return callTransition(record);
  const told = callTransition(
    statusCode < 200 ? patchCall(record, { transfer: { ...record.call.transfer, statusCode } }) : record,
    {
      events: [{ _tag: 'call', event: { _tag: 'transfer-progress', call, statusCode, reasonPhrase } }],
      orders: statusCode < 200 ? [transferTo(record)] : [],
    },
  );
  if (statusCode < 200) return told;
  return andThen(told, now =>
    statusCode < 300
      ? transferred(now, { by: 'local', cause: 'transferred' }, moment, [{ _tag: 'end', call }])
      : transferFailed(now, fault('refused', { statusCode, message: reasonPhrase })),
  );
}

/** Ends the transferred call and resolves the command. */
export function transferred(
  record: CallState,
  end: Parameters<typeof finish>[1],
  { at }: Moment,
  orders: Parameters<typeof finish>[3] = [],
): CallTransition {
  const { transferring, ...rest } = record;
  const over = finish(rest, end, at, orders);
  return { ...over, outcomes: [...over.outcomes, ...callOutcome(over.state, transferring?.command)] };
}

/** The transfer has failed: the call is kept, and taken off hold where it was not held before. */
function transferFailed(record: CallState, reason: Fault): CallTransition {
  const { transferring, call, ...rest } = record;
  const { transfer: _, ...shown } = call;
  const queue: readonly PendingChange[] =
    transferring?.back === true ? [{ _tag: 'hold', hold: false }, ...record.queue] : record.queue;
  const outcomes = transferring?.command === undefined ? [] : [resolve(transferring.command, left(reason))];
  return andThen(
    callTransition({ ...rest, call: shown, queue }, { outcomes, orders: [stopTimer(record, 'transfer-timeout')] }),
    negotiate,
  );
}

/** The transfer timeout. */
export function transferTimedOut(record: CallState, _: InputOf<'transfer-timeout'>): CallTransition {
  return record.transferring === undefined ? callTransition(record) : transferFailed(record, fault('timeout'));
}

/** Ends the consultation call of an attended transfer as `transferred`. */
export function endConsultation(
  record: CallState,
  { command }: InputOf<'end-consultation'>,
  moment: Moment,
): CallTransition {
  const over = finish(record, { by: 'local', cause: 'transferred' }, moment.at, [
    { _tag: 'end', call: record.call.id },
  ]);
  return { ...over, outcomes: [...over.outcomes, ...callOutcome(over.state, command)] };
}

/** Time for `consent`; then 603. */
const consentTimeoutMs: Millis = 30_000;

/** An inbound REFER; one at a time. RFC 3515 §2.4.2. */
export function referReceived(
  record: CallState,
  { call, refer, target, by }: InputOf<'refer-received'>,
): CallTransition {
  if (record.referral !== undefined)
    return callTransition(record, { orders: [{ _tag: 'answer-refer', call, refer, statusCode: 603 }] });
  const referral = { target, ...compact({ by }) };
  return callTransition(patchCall({ ...record, referral: refer }, { refer: referral }), {
    events: [{ _tag: 'call', event: { _tag: 'refer', call, ...referral } }],
    orders: [startTimer(record, 'consent-timeout', consentTimeoutMs)],
  });
}

/** Answers the REFER; the client places the new call. */
export function consent(record: CallState, { command, yes }: InputOf<'consent'>): CallTransition {
  if (record.referral === undefined) return refuse(record, command, 'wrong-state');
  const answered = answer(record, yes ? 202 : 603);
  return { ...answered, outcomes: callOutcome(answered.state, command) };
}

function answer(record: CallState, statusCode: 202 | 603): CallTransition {
  const { referral: refer, call, ...rest } = record;
  if (refer === undefined) return callTransition(record);
  return callTransition(
    { ...rest, call: withoutReferral(call), consented: record.consented || statusCode === 202 },
    { orders: [{ _tag: 'answer-refer', call: call.id, refer, statusCode }, stopTimer(record, 'consent-timeout')] },
  );
}

/** Declines a pending REFER: too late, or no answer can be sent. */
export function declineRefer(record: CallState): CallTransition {
  return answer(record, 603);
}

export function consentTimedOut(record: CallState, _: InputOf<'consent-timeout'>): CallTransition {
  return declineRefer(record);
}
