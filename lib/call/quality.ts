import { compact } from '../core/compact.js';
import type { Millis } from '../core/units.js';
import { goesOn, intervalOf, lossOf, rounded, scoreOf, type Score } from './interval.js';
import type { MediaStats } from './model.js';
import { alarmed, calm, raised, type Alarms, type QualityWarning } from './warning.js';

/**
 * How a call sounds, since the measurement before. What is absent is not known.
 *
 * There is no score, and nothing is judged, until the call is answered, while it is on hold, and for 2 s after its sound
 * began anew; there is no score with fewer than 10 packets either.
 */
export type Quality = {
  /** Mean opinion score, from 1 to 4.5. */
  readonly mos?: number;
  /** The rating that it is made of, from 0 to 100. ITU-T G.107. */
  readonly r?: number;
  /** The share of packets that did not come, from 0 to 1. */
  readonly loss?: number;
  /** In ms. */
  readonly jitter?: Millis;
  /** In ms. */
  readonly roundTrip?: Millis;
  /** To whom that is: the far end itself, or the relay or border element that the media go through. */
  readonly roundTripTo?: NonNullable<MediaStats['roundTripTo']>;
  /** Packets a second. */
  readonly packets: { readonly received: number; readonly sent: number };
  /** What is to be warned of: each is raised after 3 of 5 measurements, and cleared after as many. */
  readonly warnings: readonly QualityWarning[];
};

/** Before anything has been measured. */
export const unmeasured: Quality = { packets: { received: 0, sent: 0 }, warnings: [] };

/** One measurement. */
export type Sample = {
  readonly stats: MediaStats;
  readonly at: Millis;
  /** Whether the call is answered and on nobody's hold. */
  readonly talking: boolean;
  /** Whether its media are connected. */
  readonly flowing: boolean;
};

/** What is remembered of a call from one measurement to the next. */
export type Watch = {
  readonly quality: Quality;
  readonly last?: Sample;
  /** When it may be judged, after its sound began anew. */
  readonly judgedFrom: Millis;
  readonly alarms: Alarms;
};

/** Nothing has been measured. */
export const unwatched: Watch = { quality: unmeasured, judgedFrom: 0, alarms: calm };

/** So long after a beginning the jitter buffer still finds its depth. */
export const settling: Millis = 2_000;

/** Whether sound begins here, for the first time or again. */
const begins = (last: Sample | undefined, now: Sample): boolean =>
  last === undefined ||
  !goesOn(last.stats, now.stats) ||
  (now.talking && !last.talking) ||
  (now.flowing && !last.flowing);

/** One measurement more. The quality is the same value where nothing of it has changed. */
export const watched = (watch: Watch, sample: Sample): Watch => {
  const { last } = watch;
  const judgedFrom = begins(last, sample) ? sample.at + settling : watch.judgedFrom;
  const isJudged = sample.talking && sample.at >= judgedFrom;
  const reading = readingOf(last, sample, isJudged);
  const alarms = alarmsOf(watch.alarms, sample, isJudged ? reading : undefined);
  const quality = { ...reading, warnings: raised(alarms) };
  return { quality: isSame(watch.quality, quality) ? watch.quality : quality, last: sample, judgedFrom, alarms };
};

/** Who does not talk is not missed. */
const alarmsOf = (alarms: Alarms, { talking }: Sample, reading: Parameters<typeof alarmed>[1] | undefined): Alarms => {
  if (!talking) return calm;
  return reading === undefined ? alarms : alarmed(alarms, reading);
};

/** The first measurement has nothing to be compared with. */
const readingOf = (
  last: Sample | undefined,
  { stats, at, flowing }: Sample,
  isJudged: boolean,
): Omit<Quality, 'warnings'> => {
  const trip = tripOf(stats);
  if (last === undefined) return { ...trip, packets: unmeasured.packets };
  const interval = intervalOf(last.stats, stats);
  const score = isJudged && flowing ? scoreOf(interval, stats) : undefined;
  const loss = lossOf(interval);
  const rate = (packets: number): number => rounded((packets * 1_000) / Math.max(1, at - last.at), 1);
  return {
    ...(score === undefined ? {} : shown(score)),
    ...(loss === undefined ? {} : { loss: rounded(loss, 4), jitter: jitterOf(stats) }),
    ...trip,
    packets: { received: rate(interval.received), sent: rate(interval.sent) },
  };
};

const shown = ({ mos, r }: Score): Score => ({ mos: rounded(mos, 2), r: rounded(r, 1) });

const jitterOf = ({ received }: MediaStats): Millis => rounded(received.jitter * 1_000, 1);

const tripOf = ({ roundTrip, roundTripTo }: MediaStats): Pick<Quality, 'roundTrip' | 'roundTripTo'> =>
  compact({ roundTrip: roundTrip === undefined ? undefined : rounded(roundTrip * 1_000, 1), roundTripTo });

/** Both are plain data, made in one place. */
const isSame = (a: Quality, b: Quality): boolean => JSON.stringify(a) === JSON.stringify(b);

export { measured, summed, type Measured } from './tally.js';
export type { QualityWarning } from './warning.js';
