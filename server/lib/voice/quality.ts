/** Quality of a connection, from its own statistics. ITU-T G.107, narrowband. */
import { mosOf, packetization, ratingOf } from '../../../lib/call/e-model.js';
import type { Measured } from './model.js';

/** Codec of every call: the server offers and prefers Opus. */
const codec = 'opus';

/** Counters, which are added over the connections of a leg. */
interface Counts {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packets: number;
  readonly lost: number;
  /** Packets that arrived too late to be played. */
  readonly late: number;
  /** Total delay in the jitter buffer, in s, of `emitted` samples. */
  readonly waited: number;
  readonly emitted: number;
  /** Total of interruptions of 150 ms and more, in s, of `heard` seconds. */
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

/** Jitter sampling interval, in ms; the connection counts everything else. */
const interval = 5_000;
/** With fewer packets there is no score. */
const fewest = 10;

/** Meter of the connections of one leg. */
export interface Meter {
  /** Continues with another connection. */
  readonly watch: (connection: RTCPeerConnection) => void;
  /** Reads the statistics of the present connection. */
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
  const delay = (roundTrip * 1000) / 2 + share(waited, emitted) * 1000 + packetization(codec);
  const rating = ratingOf({ delay, loss, codec });
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

/** Round trip of the ICE checks on the selected pair, which may end at a relay. */
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
