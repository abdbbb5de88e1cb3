import type { MediaStats } from './model.js';
import {
  type InputOf,
  nextRequest,
  patchCall,
  startTimer,
  callTransition,
  type CallState,
  type CallTransition,
} from './state.js';
import { isLeft } from '../core/either.js';
import { type Measured, measured, summed } from './call-summary.js';

/** Starts the sampling timer, where the policy samples; from the answer to the end of the call. */
export function startSampling(record: CallState): readonly ReturnType<typeof startTimer>[] {
  return record.policy.sampling === undefined ? [] : [startTimer(record, 'sample', record.policy.sampling)];
}

/** Asks what the media have counted. */
export function sample(record: CallState): CallTransition {
  const { ref, next } = nextRequest(record, 'stats');
  return callTransition(
    { ...next, queries: { ...record.queries, [ref]: { gives: 'summary' } } },
    {
      orders: [{ _tag: 'stats', ref, call: record.call.id }, ...startSampling(record)],
    },
  );
}

function reporterOf({ policy, call }: CallState): Measured['teller'] {
  if (policy.sampling === undefined || call.answeredAt === undefined) return 'nobody';
  return policy.traits.signalling === 'own' ? 'them' : 'us';
}

function measure(record: CallState, stats: MediaStats): CallState {
  const { hold } = record.call;
  const talking = !hold.local && !hold.remote;
  return { ...record, measured: measured(record.measured, stats, { talking, teller: reporterOf(record) }) };
}

/** The last statistics of closed media; a summary of the service takes precedence. */
export function lastStats(record: CallState, { stats }: InputOf<'last-stats'>): CallTransition {
  const state = measure(record, stats);
  const { end } = record.call;
  if (end === undefined || (end.quality !== undefined && end.quality !== record.measured?.summary))
    return callTransition(state);
  const { quality: _, ...told } = end;
  return callTransition(patchCall(state, { end: summed(state.measured, told) }));
}

/** Adds a sample to the summary; a failure is ignored. */
export function summarySampled(
  record: CallState,
  result: InputOf<'say-done' | 'stats-done'>['result'],
): CallTransition {
  return callTransition(isLeft(result) ? record : measure(record, result.right as MediaStats));
}
