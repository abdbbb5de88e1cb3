/** How well a connection sounds, by what it has counted itself: ITU-T G.107, narrowband. */
import type { Measured } from './model.js';

/** What adds up, also over several connections of one leg. */
interface Counts {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packets: number;
  readonly lost: number;
  /** Packets that came too late to be played. */
  readonly late: number;
  /** Seconds in the jitter buffer, of so many samples. */
  readonly waited: number;
  readonly emitted: number;
  /** Seconds of interruptions of 150 ms and more, of so many seconds heard. */
  readonly broken: number;
  readonly heard: number;
}

type Stat = Readonly<Record<string, unknown>>;

const fields: Readonly<Record<string, Readonly<Record<string, keyof Counts>>>> = {
  'inbound-rtp': {
    bytesReceived: 'bytesIn',
    headerBytesReceived: 'bytesIn',
    packetsReceived: 'packets',
    packetsLost: 'lost',
    packetsDiscarded: 'late',
    jitterBufferDelay: 'waited',
    jitterBufferEmittedCount: 'emitted',
    totalSamplesDuration: 'heard',
  },
  'outbound-rtp': { bytesSent: 'bytesOut', headerBytesSent: 'bytesOut' },
  track: { totalInterruptionDuration: 'broken' },
};

const nothing: Counts = {
  bytesIn: 0,
  bytesOut: 0,
  packets: 0,
  lost: 0,
  late: 0,
  waited: 0,
  emitted: 0,
  broken: 0,
  heard: 0,
};

/** The jitter is looked at so often, in ms; everything else is counted by the connection. */
const interval = 5_000;
/** With less than this there is nothing to judge. */
const fewest = 10;

/** Reads a connection while it lives and remembers those before it. */
export interface Meter {
  /** From here on it is this connection that counts. */
  readonly watch: (connection: RTCPeerConnection) => void;
  /** Reads the connection; of one that is closed the last reading counts. */
  readonly look: () => Promise<void>;
  /** Every number is finite. Jitter in ms; no score (0) with fewer than ten packets. */
  readonly measured: () => Promise<Measured>;
  readonly stop: () => void;
}

export function createMeter(): Meter {
  let connection: RTCPeerConnection | undefined;
  let past = nothing;
  let counts = nothing;
  let jitters: readonly [least: number, most: number] | undefined;
  let roundTrip = 0;
  const timer = setInterval(() => void look(), interval).unref();

  async function look(): Promise<void> {
    const watched = connection;
    const report = await watched?.getStats().catch(() => undefined);
    if (!report || watched !== connection) return;
    const stats = [...(report.values() as Iterable<Stat>)];
    counts = counted(stats);
    roundTrip = largest(stats, 'remote-inbound-rtp', 'roundTripTime') || chosenTrip(stats);
    if (counts.packets < fewest) return;
    const jitter = largest(stats, 'inbound-rtp', 'jitter') * 1000;
    const [least, most] = jitters ?? [jitter, jitter];
    jitters = [Math.min(least, jitter), Math.max(most, jitter)];
  }

  return {
    look,
    watch: next => {
      past = sum(past, counts);
      counts = nothing;
      connection = next;
    },
    measured: async () => {
      await look();
      return judged(sum(past, counts), roundTrip, jitters ?? [0, 0]);
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

function judged(counts: Counts, roundTrip: number, [least, most]: readonly [number, number]): Measured {
  const { bytesIn, bytesOut, packets, waited, emitted, broken, heard } = counts;
  const lost = Math.max(0, counts.lost);
  const flaws = lost + Math.max(0, counts.late);
  const loss = share(lost, packets + lost);
  const enough = packets >= fewest;
  // Packets of 20 ms and, for Opus, 6.5 ms that its encoder looks ahead.
  const delay = (roundTrip * 1000) / 2 + share(waited, emitted) * 1000 + 26.5;
  const rating = Math.max(0, Math.min(100, ratingOf(delay, loss * 100)));
  return {
    bandwidth: { bytes_in: bytesIn, bytes_out: bytesOut },
    quality: {
      mos_score: enough ? Math.round(mosOf(rating) * 100) / 100 : 0,
      quality_percentage: enough ? Math.round(rating) : 0,
      jitter_min_var: least,
      jitter_max_var: most,
      jitter_loss_rate: share(flaws, packets + lost),
      jitter_burst_rate: share(broken, heard),
      flaw_total: flaws,
      packet_cnt: packets,
      packet_loss_perc: loss * 100,
    },
  };
}

/**
 * R for so many ms from mouth to ear and so many percent of packets lost at random. Every codec is taken for one with
 * Ie 0 and Bpl 25.1, as G.711 with packet loss concealment: an assumption for Opus.
 */
export function ratingOf(delay: number, loss: number): number {
  const late = 0.024 * delay + 0.11 * Math.max(0, delay - 177.3);
  return 93.2 - late - (95 * loss) / (loss + 25.1);
}

/** The mean opinion, from 1 to 4.5, that belongs to R. */
export function mosOf(rating: number): number {
  const opinion = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
  return Math.max(1, Math.min(4.5, opinion));
}

function counted(stats: readonly Stat[]): Counts {
  const found: Record<keyof Counts, number> = { ...nothing };
  for (const stat of stats)
    for (const [name, field] of Object.entries(fields[String(stat['type'])] ?? {}))
      found[field] += numberOf(stat[name]);
  return found;
}

function sum(one: Counts, other: Counts): Counts {
  const all: Record<keyof Counts, number> = { ...one };
  for (const field of Object.keys(nothing) as (keyof Counts)[]) all[field] += other[field];
  return all;
}

function largest(stats: readonly Stat[], type: string, name: string): number {
  return Math.max(0, ...stats.filter(stat => stat['type'] === type).map(stat => numberOf(stat[name])));
}

/** As far as the other end of the pair in use, which may be a relay. */
function chosenTrip(stats: readonly Stat[]): number {
  const transport = stats.find(({ type }) => type === 'transport');
  return numberOf(stats.find(({ id }) => id === transport?.['selectedCandidatePairId'])?.['currentRoundTripTime']);
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
