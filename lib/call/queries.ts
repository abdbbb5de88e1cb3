import type { InputOf } from './state.js';
import { isLeft, left, right } from '../core/either.js';
import { resolve } from '../core/transition.js';
import type { CallOrder } from './port.js';
import {
  nextRequest,
  callOutcome,
  callTransition,
  refuse,
  type Query,
  type CallState,
  type CallTransition,
} from './state.js';
import { summarySampled } from './stats-sampling.js';

function query(record: CallState, asked: Query, name: string, order: (ref: string) => CallOrder): CallTransition {
  const { ref, next } = nextRequest(record, name);
  return callTransition({ ...next, queries: { ...record.queries, [ref]: asked } }, { orders: [order(ref)] });
}

export function say(record: CallState, { command, speech }: InputOf<'say'>): CallTransition {
  return query(record, { command, gives: 'call' }, 'say', ref => ({ _tag: 'say', ref, call: record.call.id, speech }));
}

/** Before the answer it requires early media. */
export function sayEarly(record: CallState, input: InputOf<'say'>): CallTransition {
  return record.call.earlyMedia ? say(record, input) : refuse(record, input.command, 'wrong-state');
}

export function stats(record: CallState, { command }: InputOf<'stats'>): CallTransition {
  return query(record, { command, gives: 'answer' }, 'stats', ref => ({ _tag: 'stats', ref, call: record.call.id }));
}

/** Outcome of `say` or `stats`: resolves the command, or adds to the summary. */
export function queryAnswered(record: CallState, { ref, result }: InputOf<'say-done' | 'stats-done'>): CallTransition {
  const { [ref]: answered, ...asked } = record.queries;
  if (answered === undefined) return callTransition(record);
  const rest = { ...record, queries: asked };
  if (answered.gives === 'summary') return summarySampled(rest, result);
  const { command, gives } = answered;
  if (isLeft(result)) return callTransition(rest, { outcomes: [resolve(command, left(result.left.fault))] });
  return callTransition(rest, {
    outcomes: gives === 'call' ? callOutcome(rest, command) : [resolve(command, right(result.right))],
  });
}
