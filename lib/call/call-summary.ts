import { isContinued, statsDelta, lossOf, rounded, scoreOf, type StatsDelta, type Score } from './stats-delta.js';
import type { CallEnd, MediaStats, QualitySummary } from './model.js';

/** Sums for the summary of a call, of constant size. */
export type Measured = {
  readonly last: MediaStats;
  readonly received: number;
  readonly lost: number;
  /** Packets of intervals that could be judged, and those of them that were lost together. */
  readonly judged: number;
  readonly broken: number;
  /** Sums of MOS and R, weighted by the packets of each interval; `judged` divides them. */
  readonly mos: number;
  readonly r: number;
  /** Round trips, in seconds, and how often they were measured. */
  readonly trips: number;
  readonly tripped: number;
  /** In seconds. */
  readonly jitter?: { readonly min: number; readonly max: number };
  readonly summary: QualitySummary;
  /** The source of the summary: `them` where the service reports it after the hang-up. */
  readonly teller: 'us' | 'them' | 'nobody';
};

/** Loss ratio from which an interval counts as a burst. */
const burst = 0.05;

type Sums = Omit<Measured, 'last' | 'summary' | 'teller'>;

const nothing: Sums = { received: 0, lost: 0, judged: 0, broken: 0, mos: 0, r: 0, trips: 0, tripped: 0 };

/**
 * Adds a measurement. The first one counts from the start of the call. `talking`: neither side holds the call; then the
 * interval is scored, unless the media were renegotiated within it.
 */
export function measured(
  known: Measured | undefined,
  last: MediaStats,
  { talking, teller }: { readonly talking: boolean } & Pick<Measured, 'teller'>,
): Measured {
  const interval = statsDelta(known?.last, last);
  const isJudged = talking && (known === undefined || isContinued(known.last, last));
  const sums = summedUp(known ?? nothing, interval, last, isJudged ? scoreOf(interval, last) : undefined);
  return { ...sums, last, summary: summaryOf(sums), teller };
}

function summedUp(sums: Sums, interval: StatsDelta, { received, roundTrip }: MediaStats, score?: Score): Sums {
  const weight = score === undefined ? 0 : interval.received;
  const { jitter } = received;
  const { min = jitter, max = jitter } = sums.jitter ?? {};
  const known = sums.jitter === undefined ? {} : { jitter: sums.jitter };
  return {
    received: sums.received + interval.received,
    lost: sums.lost + interval.lost,
    judged: sums.judged + weight,
    broken: sums.broken + ((lossOf(interval) ?? 0) < burst ? 0 : weight),
    mos: sums.mos + (score?.mos ?? 0) * weight,
    r: sums.r + (score?.r ?? 0) * weight,
    trips: sums.trips + (roundTrip ?? 0),
    tripped: sums.tripped + (roundTrip === undefined ? 0 : 1),
    ...(interval.received === 0 ? known : { jitter: { min: Math.min(min, jitter), max: Math.max(max, jitter) } }),
  };
}

function summaryOf({ received, lost, judged, broken, mos, r, trips, tripped, jitter }: Sums): QualitySummary {
  const loss = lossOf({ received, lost });
  return {
    ...(judged === 0 ? {} : { mos: rounded(mos / judged, 2), percentage: Math.round(r / judged) }),
    ...(jitter === undefined || loss === undefined
      ? {}
      : {
          jitter: {
            min: rounded(jitter.min * 1_000, 1),
            max: rounded(jitter.max * 1_000, 1),
            lossRate: rounded(loss, 4),
            burstRate: judged === 0 ? 0 : rounded(broken / judged, 4),
          },
        }),
    ...(tripped === 0 ? {} : { roundTrip: rounded((trips * 1_000) / tripped, 1) }),
    packets: received,
    ...(loss === undefined ? {} : { loss: rounded(loss * 100, 2) }),
  };
}

/** Ends the call with its summary, unless the far system sends its own. */
export function summed(known: Measured | undefined, end: CallEnd): CallEnd {
  if (known === undefined || known.teller === 'nobody' || end.quality !== undefined) return end;
  return known.teller === 'them' && end.by === 'local' ? end : { ...end, quality: known.summary };
}
