import type { InputOf } from './state.js';
import {
  callTransition,
  withoutReferral,
  stopTimer,
  refuse,
  patchCall,
  callOutcome,
  startTimer,
  type CallState,
  type CallTransition,
} from './state.js';
import { compact } from '../core/compact.js';
import type { Millis } from '../core/units.js';

/** How long a person may think about it. */
const consentTimeoutMs: Millis = 30_000;

/** The far side asks us to call somebody else. One question at a time. RFC 3515 §2.4.2. */
export const referReceived = (
  record: CallState,
  { call, refer, target, by }: InputOf<'refer-received'>,
): CallTransition => {
  if (record.referral !== undefined)
    return callTransition(record, { orders: [{ _tag: 'answer-refer', call, refer, statusCode: 603 }] });
  const referral = { target, ...compact({ by }) };
  return callTransition(patchCall({ ...record, referral: refer }, { refer: referral }), {
    events: [{ _tag: 'call', event: { _tag: 'refer', call, ...referral } }],
    orders: [startTimer(record, 'consent-timeout', consentTimeoutMs)],
  });
};

/** The person has decided. The call that a consent leads to is made by the client. */
export const consent = (record: CallState, { command, yes }: InputOf<'consent'>): CallTransition => {
  if (record.referral === undefined) return refuse(record, command, 'wrong-state');
  const answered = answer(record, yes ? 202 : 603);
  return { ...answered, outcomes: callOutcome(answered.state, command) };
};

const answer = (record: CallState, statusCode: 202 | 603): CallTransition => {
  const { referral: refer, call, ...rest } = record;
  if (refer === undefined) return callTransition(record);
  return callTransition(
    { ...rest, call: withoutReferral(call), consented: record.consented || statusCode === 202 },
    { orders: [{ _tag: 'answer-refer', call: call.id, refer, statusCode }, stopTimer(record, 'consent-timeout')] },
  );
};

/** Declines a pending REFER: too late, or no answer can be sent. */
export const declineRefer = (record: CallState): CallTransition => answer(record, 603);

export const consentTimedOut = (record: CallState, _: InputOf<'consent-timeout'>): CallTransition =>
  declineRefer(record);
