import { isLeft } from '../core/either.js';
import type { MediaStats } from './model.js';
import { measured, summed, type Measured } from './quality.js';
import { mint, showing, tick, turnTo, type CallInput, type CallRecord, type CallTurn } from './record.js';

type Is<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

/** The next measurement, where there are any: from the answer on, for as long as the call. */
export const sampling = (record: CallRecord): readonly ReturnType<typeof tick>[] =>
  record.how.sampling === undefined ? [] : [tick(record, 'sample', record.how.sampling)];

/** Asks what the media have counted. */
export const sample = (record: CallRecord): CallTurn => {
  const { ref, next } = mint(record, 'stats');
  return turnTo(
    { ...next, asked: { ...record.asked, [ref]: { gives: 'summary' } } },
    {
      orders: [{ _tag: 'stats', ref, call: record.call.id }, ...sampling(record)],
    },
  );
};

const tellerOf = ({ how, call }: CallRecord): Measured['teller'] => {
  if (how.sampling === undefined || call.answeredAt === undefined) return 'nobody';
  return how.traits.signalling === 'own' ? 'them' : 'us';
};

const measure = (record: CallRecord, stats: MediaStats): CallRecord => {
  const { hold } = record.call;
  const talking = !hold.local && !hold.remote;
  return { ...record, measured: measured(record.measured, stats, { talking, teller: tellerOf(record) }) };
};

/** What the media had counted when they were closed; what the far system has told stays. */
export const lastStats = (record: CallRecord, { stats }: Is<'last-stats'>): CallTurn => {
  const state = measure(record, stats);
  const { end } = record.call;
  if (end === undefined || (end.quality !== undefined && end.quality !== record.measured?.summary))
    return turnTo(state);
  const { quality: _, ...told } = end;
  return turnTo(showing(state, { end: summed(state.measured, told) }));
};

/** The answer to one measurement. */
export const summaryAnswer = (record: CallRecord, result: Is<'told'>['result']): CallTurn =>
  turnTo(isLeft(result) ? record : measure(record, result.right as MediaStats));
