import fc from 'fast-check';
import type { MediaStats } from '../../lib/call/model.js';
import {
  unrated,
  rateSample,
  type Quality,
  type Sample,
  type Rating,
  updateAlarms,
  noAlarms,
  raisedWarnings,
  type Reading,
} from '../../lib/call/quality.js';

const none = { packets: 0, packetsLost: 0, bytes: 0, jitter: 0 };

/** What has been counted after so many good seconds, 50 packets each. */
const seconds = (count: number, changes: Partial<MediaStats> = {}): MediaStats => ({
  received: { ...none, packets: count * 50, jitter: 0.004 },
  sent: { ...none, packets: count * 50 },
  roundTrip: 0.04,
  roundTripTo: 'far-end',
  codec: 'PCMU',
  source: 'a',
  ...changes,
});

const at = (second: number, stats: MediaStats = seconds(second), changes: Partial<Sample> = {}): Sample => ({
  stats,
  at: second * 1_000,
  talking: true,
  flowing: true,
  ...changes,
});

const all = (samples: readonly Sample[]): readonly Quality[] =>
  samples
    .reduce<readonly Rating[]>((seen, sample) => [...seen, rateSample(seen.at(-1) ?? unrated, sample)], [])
    .map(({ quality }) => quality);
const last = (samples: readonly Sample[]): Quality => all(samples).at(-1)!;

const unjudged: Quality = {
  loss: 0,
  jitter: 4,
  roundTrip: 40,
  roundTripTo: 'far-end',
  packets: { received: 50, sent: 50 },
  warnings: [],
};
const good: Quality = { ...unjudged, mos: 4.39, r: 92.2 };

describe('call: quality of samples', () => {
  it('is judged 2 s after it is first looked at', () => {
    expect(all([0, 1, 2, 3].map(second => at(second)))).toEqual([
      { roundTrip: 40, roundTripTo: 'far-end', packets: { received: 0, sent: 0 }, warnings: [] },
      unjudged,
      good,
      good,
    ]);
  });

  it('is the same value while nothing of it changes', () => {
    const [before, after] = all([0, 1, 2, 3].map(second => at(second))).slice(2);
    expect(before).toBe(after);
  });

  it('counts what was lost in the last interval alone', () => {
    const lost = (second: number, packets: number, packetsLost: number): Sample =>
      at(second, seconds(second, { received: { ...none, packets, packetsLost, jitter: 0.004 } }));
    const samples = [lost(0, 0, 0), lost(1, 50, 0), lost(2, 95, 5), lost(3, 145, 5)];
    expect(all(samples).map(({ loss }) => loss)).toEqual([undefined, 0, 0.1, 0]);
    expect(all(samples).map(({ mos }) => mos)).toEqual([undefined, undefined, 3.36, 4.39]);
  });

  it('takes losses that are taken back, as late packets are, for none', () => {
    const lost = (second: number, packetsLost: number): Sample =>
      at(second, seconds(second, { received: { ...none, packets: second * 50, packetsLost } }));
    expect(all([lost(0, 9), lost(1, 9), lost(2, 4)]).map(({ loss }) => loss)).toEqual([undefined, 0, 0]);
  });

  it('adds what the jitter buffer held back in the interval to the delay', () => {
    const held = (second: number, delay: number): Sample =>
      at(second, seconds(second, { buffer: { delay, emitted: second * 8_000 } }));
    const [quick, slow] = [last([held(0, 0), held(1, 0), held(2, 0)]), last([held(0, 0), held(1, 0), held(2, 1_600)])];
    // 200 ms more, of which 62.7 lie beyond 177.3.
    expect(quick.r! - slow.r!).toBeCloseTo(0.024 * 200 + 0.11 * (20 + 20 + 200 - 177.3), 1);
  });

  it('is judged as a round trip of nothing where none has been measured', () => {
    const silent = (second: number): Sample => {
      const { received, sent } = seconds(second);
      return at(second, { received, sent });
    };
    expect(last([0, 1, 2].map(silent))).toMatchObject({ r: 92.7 });
  });

  it.each<readonly [string, (second: number) => Sample]>([
    [
      'with fewer than 10 packets',
      second => at(second, seconds(second, { received: { ...none, packets: second * 9 } })),
    ],
    ['on hold', second => at(second, undefined, { talking: false })],
    ['while its media are not connected', second => at(second, undefined, { flowing: false })],
  ])('has no score %s', (_case, sample) => {
    const quality = last([0, 1, 2, 3, 4].map(sample));
    expect(quality).not.toHaveProperty('mos');
    expect(quality).not.toHaveProperty('r');
    expect(quality.roundTrip).toBe(40);
  });

  it.each<readonly [string, (second: number) => Sample]>([
    ['another sound', second => at(second, seconds(second, { source: second < 4 ? 'a' : 'b' }))],
    ['another connection, which counts from 0', second => at(second, seconds(second < 4 ? second : second - 4))],
    ['media that are connected again', second => at(second, undefined, { flowing: second !== 3 })],
    ['the end of a hold', second => at(second, undefined, { talking: second !== 3 })],
  ])('is not judged for 2 s after %s', (_case, sample) => {
    const seen = all([0, 1, 2, 3, 4, 5, 6].map(sample)).map(({ mos }) => mos !== undefined);
    expect(seen.slice(4)).toEqual([false, false, true]);
    expect(seen[2]).toBe(true);
  });

  it('counts another connection from its beginning', () => {
    const other = { received: { ...none, packets: 20, packetsLost: 5 }, sent: { ...none, packets: 30 } };
    expect(last([at(0), at(1), at(2, seconds(2, other))])).toMatchObject({
      loss: 0.2,
      packets: { received: 20, sent: 30 },
    });
  });

  it('has no shares below 0, no rates below 0 and no scores out of bounds, whatever is counted', () => {
    const flow = fc.record({
      packets: fc.integer({ min: 0, max: 1e6 }),
      packetsLost: fc.integer({ min: -1e3, max: 1e6 }),
      bytes: fc.nat(),
      jitter: fc.double({ min: 0, max: 5, noNaN: true }),
    });
    const stats = fc.record(
      {
        received: flow,
        sent: flow,
        roundTrip: fc.double({ min: 0, max: 10, noNaN: true }),
        source: fc.constantFrom('a', 'b'),
        buffer: fc.record({ delay: fc.double({ min: 0, max: 1e6, noNaN: true }), emitted: fc.nat() }),
      },
      { requiredKeys: ['received', 'sent'] },
    );
    const sample = fc.record({ stats, at: fc.nat(60_000), talking: fc.boolean(), flowing: fc.boolean() });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 12 }), samples => {
        for (const { loss = 0, mos = 1, r = 0, jitter = 0, packets } of all(samples)) {
          expect(loss >= 0 && loss <= 1 && mos >= 1 && mos <= 4.5 && r >= 0 && r <= 100).toBe(true);
          expect(jitter >= 0 && packets.received >= 0 && packets.sent >= 0).toBe(true);
        }
      }),
    );
  });
});

describe('call: quality warnings', () => {
  const fine: Reading = { loss: 0, jitter: 4, roundTrip: 40, mos: 4.4, packets: { received: 50, sent: 50 } };
  /** What is raised after each of these readings. */
  const told = (readings: readonly Reading[]): readonly string[] => {
    let alarms = noAlarms;
    return readings.map(reading => {
      alarms = updateAlarms(alarms, reading);
      return raisedWarnings(alarms).join();
    });
  };
  const losses = (...percent: readonly number[]): readonly string[] =>
    told(percent.map(each => ({ ...fine, loss: each / 100 }))).map(names => (names === 'high-loss' ? '+' : '-'));

  it('are raised after 3 of 5 readings beyond a limit, and cleared after 3 of 5 on the good side of a milder one', () => {
    expect(losses(0, 9, 0, 9, 9, 2, 2, 0, 0, 0).join('')).toBe('----+++++-');
    expect(losses(9, 0, 0, 0, 9, 0, 0, 0, 9).join('')).toBe('---------');
    expect(losses(9, 9, 9, 2, 2, 2, 2, 2, 0, 9, 0, 9, 0).join('')).toBe('--++++++++++-');
    expect(losses(3, 3, 3, 3, 3).join('')).toBe('-----');
  });

  const bad: Readonly<Record<string, Partial<Reading>>> = {
    'high-loss': { loss: 0.04 },
    'high-jitter': { jitter: 31 },
    'high-round-trip': { roundTrip: 401 },
    'low-mos': { mos: 3.4 },
    'no-sound-received': { packets: { received: 0, sent: 50 } },
    'no-sound-sent': { packets: { received: 50, sent: 0 } },
  };
  const between: Readonly<Record<string, Partial<Reading>>> = {
    'high-loss': { loss: 0.02 },
    'high-jitter': { jitter: 25 },
    'high-round-trip': { roundTrip: 350 },
    'low-mos': { mos: 3.6 },
    'no-sound-received': { packets: { received: 1.5, sent: 50 } },
    'no-sound-sent': { packets: { received: 50, sent: 1.5 } },
  };
  const times = (count: number, changes: Partial<Reading> = {}): readonly Reading[] =>
    Array.from({ length: count }, () => ({ ...fine, ...changes }));

  it.each(Object.keys(bad))('%s is raised, stays while it is better but not good, and is cleared', name => {
    const readings = [...times(3, bad[name]), ...times(6, between[name]), ...times(3)];
    expect(told(readings)).toEqual(['', '', ...Array.from({ length: 9 }, () => name), '']);
    expect(told(times(9, between[name]))).toEqual(Array.from({ length: 9 }, () => ''));
  });

  it('neither come nor go by what is not known', () => {
    const unknown: Reading = { packets: fine.packets };
    expect(told([...times(2, bad['high-loss']), unknown, unknown, unknown, ...times(1, bad['high-loss'])])).toEqual([
      '',
      '',
      '',
      '',
      '',
      'high-loss',
    ]);
    expect(told([...times(3, bad['high-loss']), unknown, unknown, unknown])[5]).toBe('high-loss');
  });

  it('are told together, in one order', () => {
    expect(told(times(3, { ...bad['low-mos'], ...bad['high-loss'] }))[2]).toBe('high-loss,low-mos');
  });

  const mute = (second: number): Sample => at(second, seconds(second, { received: none }));

  it('see that nothing comes, also while the media are not connected', () => {
    expect(all([0, 1, 2, 3, 4].map(mute)).map(({ warnings }) => warnings.join())).toEqual([
      ...['', '', '', ''],
      'no-sound-received',
    ]);
    const cut = [0, 1, 2, 3, 4].map(second => ({ ...mute(second), flowing: false }));
    expect(last(cut).warnings).toEqual(['no-sound-received']);
  });

  it('are no more on hold, nor before the answer', () => {
    const held = { ...mute(5), talking: false };
    expect(
      all([...[0, 1, 2, 3, 4].map(mute), held])
        .slice(-2)
        .map(({ warnings }) => warnings),
    ).toEqual([['no-sound-received'], []]);
    expect(last([0, 1, 2, 3, 4, 5, 6].map(second => ({ ...mute(second), talking: false }))).warnings).toEqual([]);
  });
});
