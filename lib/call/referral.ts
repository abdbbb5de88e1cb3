import {
  turnTo,
  withoutReferral,
  noTick,
  refuse,
  showing,
  succeed,
  tick,
  type CallInput,
  type CallRecord,
  type CallTurn,
} from './record.js';
import { compact } from '../core/compact.js';
import type { Millis } from '../core/units.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** How long a person may think about it. */
const patience: Millis = 30_000;

/** The far side asks us to call somebody else. One question at a time. RFC 3515 §2.4.2. */
export const referred = (record: CallRecord, { call, refer, target, by }: Is<'referred'>): CallTurn => {
  if (record.referral !== undefined)
    return turnTo(record, { orders: [{ _tag: 'answer-refer', call, refer, statusCode: 603 }] });
  const referral = { target, ...compact({ by }) };
  return turnTo(showing({ ...record, referral: refer }, { refer: referral }), {
    events: [{ _tag: 'call', event: { _tag: 'refer', call, ...referral } }],
    orders: [tick(record, 'unconsented', patience)],
  });
};

/** The person has decided. The call that a consent leads to is made by the client. */
export const consent = (record: CallRecord, { command, yes }: Is<'consent'>): CallTurn => {
  if (record.referral === undefined) return refuse(record, command, 'wrong-state');
  const answered = answer(record, yes ? 202 : 603);
  return { ...answered, outcomes: succeed(answered.state, command) };
};

const answer = (record: CallRecord, statusCode: 202 | 603): CallTurn => {
  const { referral: refer, call, ...rest } = record;
  if (refer === undefined) return turnTo(record);
  return turnTo(
    { ...rest, call: withoutReferral(call), consented: record.consented || statusCode === 202 },
    { orders: [{ _tag: 'answer-refer', call: call.id, refer, statusCode }, noTick(record, 'unconsented')] },
  );
};

/** Nobody is asked any more: too late, or because no answer would be heard. */
export const unasked = (record: CallRecord): CallTurn => answer(record, 603);

export const unconsented = (record: CallRecord, _: Is<'unconsented'>): CallTurn => unasked(record);
