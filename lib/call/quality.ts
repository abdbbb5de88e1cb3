import { compact } from '../core/compact.js';
import { isContinued, statsDelta, lossOf, rounded, scoreOf, type Score } from './stats-delta.js';
import type { MediaStats } from './model.js';
import type { Millis } from '../core/port.js';

/** Warnings of `quality$`. */
export type QualityWarning =
  'high-loss' | 'high-jitter' | 'high-round-trip' | 'low-mos' | 'no-sound-received' | 'no-sound-sent';

/** Input of the warnings: ratios from 0 to 1, times in ms, packets a second. An absent value is not judged. */
export type Reading = {
  readonly loss?: number;
  readonly jitter?: number;
  readonly roundTrip?: number;
  readonly mos?: number;
  readonly packets: { readonly received: number; readonly sent: number };
};

/** Hysteresis: a warning is raised at `raise` and cleared at `clear`. */
type Limits = {
  readonly of: (reading: Reading) => number | undefined;
  readonly worse: 'more' | 'less';
  readonly raise: number;
  readonly clear: number;
};

const limits: Readonly<Record<QualityWarning, Limits>> = {
  'high-loss': { of: ({ loss }) => loss, worse: 'more', raise: 0.03, clear: 0.01 },
  'high-jitter': { of: ({ jitter }) => jitter, worse: 'more', raise: 30, clear: 20 },
  'high-round-trip': { of: ({ roundTrip }) => roundTrip, worse: 'more', raise: 400, clear: 300 },
  'low-mos': { of: ({ mos }) => mos, worse: 'less', raise: 3.5, clear: 3.8 },
  // Silence suppression still sends one or two packets a second.
  'no-sound-received': { of: ({ packets }) => packets.received, worse: 'less', raise: 1, clear: 2 },
  'no-sound-sent': { of: ({ packets }) => packets.sent, worse: 'less', raise: 1, clear: 2 },
};

/** All warnings, in the order of `warnings`. */
const names = /*#__PURE__*/ Object.keys(limits) as readonly QualityWarning[];

/** Readings of the last `window` that must agree. */
const agreeingReadings = 3;
const lastReadings = 5;

/** One warning: whether it is raised, and which of the last readings speak for changing that. */
type Alarm = { readonly raised: boolean; readonly against: readonly boolean[] };
export type Alarms = Readonly<Record<QualityWarning, Alarm>>;

const silent: Alarm = { raised: false, against: [] };

/** No warning and no reading. */
export const noAlarms: Alarms = /*#__PURE__*/ (() => Object.fromEntries(names.map(name => [name, silent])) as Alarms)();

/** Comparison by direction. */
const isWorse: Readonly<Record<Limits['worse'], (value: number, than: number) => boolean>> = {
  more: (value, than) => value > than,
  less: (value, than) => value < than,
};

function withHysteresis(alarm: Alarm, { worse, raise, clear }: Limits, value: number | undefined): Alarm {
  if (value === undefined) return alarm;
  const isAgainst = alarm.raised ? isWorse[worse](clear, value) : isWorse[worse](value, raise);
  const against = [...alarm.against, isAgainst].slice(-lastReadings);
  return against.filter(Boolean).length < agreeingReadings
    ? { ...alarm, against }
    : { raised: !alarm.raised, against: [] };
}

/**
 * The warnings after one reading more: 3 of the last 5 raise one, and 3 of 5 clear it.
 *
 *     loss       0 9 0 9 9 2 2 0 0 0     in percent; raised above 3, cleared below 1
 *     high-loss  - - - - + + + + + -
 */
export function updateAlarms(alarms: Alarms, reading: Reading): Alarms {
  return Object.fromEntries(
    names.map(name => [name, withHysteresis(alarms[name], limits[name], limits[name].of(reading))]),
  ) as Alarms;
}

/** The warnings that are raised. */
export function raisedWarnings(alarms: Alarms): readonly QualityWarning[] {
  return names.filter(name => alarms[name].raised);
}
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
  /** Each warning is raised after 3 of 5 measurements, and cleared after as many. */
  readonly warnings: readonly QualityWarning[];
};

/** Before anything has been measured. */
export const unmeasured: Quality = { packets: { received: 0, sent: 0 }, warnings: [] };

/** One measurement. */
export type Sample = {
  readonly stats: MediaStats;
  readonly at: Millis;
  /** True while the call is answered and neither side holds. */
  readonly talking: boolean;
  /** True while media are connected. */
  readonly flowing: boolean;
};

/** State of the quality fold of one call. */
export type Rating = {
  readonly quality: Quality;
  readonly last?: Sample;
  /** Time of the first score after the media were renegotiated. */
  readonly judgedFrom: Millis;
  readonly alarms: Alarms;
};

/** Nothing has been measured. */
export const unrated: Rating = { quality: unmeasured, judgedFrom: 0, alarms: noAlarms };

/** Time without score after the media start, while the jitter buffer adapts. */
export const settling: Millis = 2_000;

/** True where media begin, for the first time or again. */
function begins(last: Sample | undefined, now: Sample): boolean {
  return (
    last === undefined ||
    !isContinued(last.stats, now.stats) ||
    (now.talking && !last.talking) ||
    (now.flowing && !last.flowing)
  );
}

/** Takes a sample; the previous quality where nothing has changed. */
export function rateSample(watch: Rating, sample: Sample): Rating {
  const { last } = watch;
  const judgedFrom = begins(last, sample) ? sample.at + settling : watch.judgedFrom;
  const isJudged = sample.talking && sample.at >= judgedFrom;
  const reading = readingOf(last, sample, isJudged);
  const alarms = alarmsOf(watch.alarms, sample, isJudged ? reading : undefined);
  const quality = { ...reading, warnings: raisedWarnings(alarms) };
  return { quality: isSame(watch.quality, quality) ? watch.quality : quality, last: sample, judgedFrom, alarms };
}

/** On hold all warnings are cleared: no packets are expected. */
function alarmsOf(
  alarms: Alarms,
  { talking }: Sample,
  reading: Parameters<typeof updateAlarms>[1] | undefined,
): Alarms {
  if (!talking) return noAlarms;
  return reading === undefined ? alarms : updateAlarms(alarms, reading);
}

/** The first sample has no interval: only the round trip is known. */
function readingOf(
  last: Sample | undefined,
  { stats, at, flowing }: Sample,
  isJudged: boolean,
): Omit<Quality, 'warnings'> {
  const trip = tripOf(stats);
  if (last === undefined) return { ...trip, packets: unmeasured.packets };
  const interval = statsDelta(last.stats, stats);
  const score = isJudged && flowing ? scoreOf(interval, stats) : undefined;
  const loss = lossOf(interval);
  const rate = (packets: number): number => rounded((packets * 1_000) / Math.max(1, at - last.at), 1);
  return {
    ...(score === undefined ? {} : shown(score)),
    ...(loss === undefined ? {} : { loss: rounded(loss, 4), jitter: jitterOf(stats) }),
    ...trip,
    packets: { received: rate(interval.received), sent: rate(interval.sent) },
  };
}

function shown({ mos, r }: Score): Score {
  return { mos: rounded(mos, 2), r: rounded(r, 1) };
}

function jitterOf({ received }: MediaStats): Millis {
  return rounded(received.jitter * 1_000, 1);
}

function tripOf({ roundTrip, roundTripTo }: MediaStats): Pick<Quality, 'roundTrip' | 'roundTripTo'> {
  return compact({ roundTrip: roundTrip === undefined ? undefined : rounded(roundTrip * 1_000, 1), roundTripTo });
}

/** Deep comparison; both values have the same order of keys. */
function isSame(a: Quality, b: Quality): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
