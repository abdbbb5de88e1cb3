import { isLeft, left, right } from '../core/either.js';
import { resolve } from '../core/transition.js';
import type { CallOrder } from './port.js';
import { mint, succeed, turnTo, refuse, type Asked, type CallInput, type CallRecord, type CallTurn } from './record.js';

import { summaryAnswer } from './summary.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

const ask = (record: CallRecord, asked: Asked, name: string, order: (ref: string) => CallOrder): CallTurn => {
  const { ref, next } = mint(record, name);
  return turnTo({ ...next, asked: { ...record.asked, [ref]: asked } }, { orders: [order(ref)] });
};

export const say = (record: CallRecord, { command, speech }: Is<'say'>): CallTurn =>
  ask(record, { command, gives: 'call' }, 'say', ref => ({ _tag: 'say', ref, call: record.call.id, speech }));

/** Before the answer there is something to speak into only where something can be heard. */
export const sayEarly = (record: CallRecord, input: Is<'say'>): CallTurn =>
  record.call.earlyMedia ? say(record, input) : refuse(record, input.command, 'wrong-state');

export const stats = (record: CallRecord, { command }: Is<'stats'>): CallTurn =>
  ask(record, { command, gives: 'answer' }, 'stats', ref => ({ _tag: 'stats', ref, call: record.call.id }));

/** The line has answered. */
export const told = (record: CallRecord, { ref, result }: Is<'told'>): CallTurn => {
  const { [ref]: answered, ...asked } = record.asked;
  if (answered === undefined) return turnTo(record);
  const rest = { ...record, asked };
  if (answered.gives === 'summary') return summaryAnswer(rest, result);
  const { command, gives } = answered;
  if (isLeft(result)) return turnTo(rest, { outcomes: [resolve(command, left(result.left.fault))] });
  return turnTo(rest, {
    outcomes: gives === 'call' ? succeed(rest, command) : [resolve(command, right(result.right))],
  });
};
