import { cancelAfter, transition, type Moment } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import type { Verdict } from './model.js';
import { late, mint, tick, timerOf, type LineRecord, type LineTick, type LineTurn } from './record.js';

/** How long after a probe a sign of life must have come. */
const deadline: Millis = 5_000;

/**
 * A look at the line. A tick that comes late makes the line `suspect`, never `dead`: nobody was there to hear it.
 * Only a probe that stays unanswered for its whole deadline kills it.
 */
export const listen = (record: LineRecord, { due }: LineTick, moment: Moment): LineTurn => {
  const again = tick(record, 'check', record.quiet, moment);
  const overslept = moment.at - due > late;
  const left = record.heardAt + record.quiet - moment.at;
  // Who has been asked is given his time: asking again would begin it anew.
  if (!overslept && record.probes > 0) return transition(record, { orders: [again] });
  if (!overslept && left > 0) return transition(record, { orders: [tick(record, 'check', left, moment)] });
  const asked = probe(record, moment, overslept ? 'suspect' : record.line.verdict);
  return { ...asked, orders: [...asked.orders, again] };
};

/** Asks for a sign of life; the deadline counts from now. */
export const probe = (record: LineRecord, moment: Moment, verdict: Verdict = 'suspect'): LineTurn => {
  const { ref, next } = mint(record, 'probe');
  const line = verdict === record.line.verdict ? record.line : { ...record.line, verdict };
  return transition(
    { ...next, line, probes: record.probes + 1 },
    { orders: [{ _tag: 'probe', ref }, tick(record, 'silence', deadline, moment)] },
  );
};

/** Any inbound frame is life; of many within a second one is enough, unless it is being waited for. */
export const isNews = ({ heardAt, probes }: LineRecord, at: Millis): boolean => probes > 0 || at - heardAt >= 1_000;

/** Any inbound frame is life. */
export const noise = (record: LineRecord, { at }: Moment): LineTurn =>
  transition(
    {
      ...record,
      heardAt: at,
      probes: 0,
      line: record.line.verdict === 'online' ? record.line : { ...record.line, verdict: 'online' },
    },
    { orders: record.probes === 0 ? [] : [cancelAfter(timerOf(record, 'silence'))] },
  );
