import type { Millis } from '../core/port.js';

/**
 * Codec parameters: impairment (Ie), robustness against loss (Bpl), look-ahead in ms.
 * ITU-T G.113, appendix I.
 */
type Codec = { readonly impairment: number; readonly robustness: number; readonly lookAhead: Millis };

/** G.711, whose losses are concealed, as every browser does; without that Bpl is 4.3. */
const pcm: Codec = { impairment: 0, robustness: 25.1, lookAhead: 0 };

/**
 * By the name in the SDP, in small letters. For opus and G.722 there are no narrowband figures: they are taken to be as
 * good as G.711, which is an assumption.
 */
const codecs: ReadonlyMap<string, Codec> = /*#__PURE__*/ new Map([
  ['pcmu', pcm],
  ['pcma', pcm],
  ['g729', { impairment: 11, robustness: 19, lookAhead: 5 }],
  ['opus', { ...pcm, lookAhead: 6.5 }],
  ['g722', { ...pcm, lookAhead: 1.5 }],
]);

/** A codec that is not known is taken for G.711. */
function codecOf(name = ''): Codec {
  return codecs.get(name.toLowerCase()) ?? pcm;
}

/** Audio in one packet. */
const packet: Millis = 20;

/** Delay of the sender: one packet, and the look-ahead of the codec. */
export function packetization(codec?: string): Millis {
  return packet + codecOf(codec).lookAhead;
}

/** Input of the E-model. */
export type Path = {
  /** From the mouth to the ear, in ms. */
  readonly delay: Millis;
  /** The share of packets that was lost, from 0 to 1. */
  readonly loss: number;
  /** BurstR: 1 where packets are lost at random, more where they are lost together. */
  readonly burst?: number;
  /** As the SDP names it. */
  readonly codec?: string;
};

function within(least: number, most: number, value: number): number {
  return Math.min(most, Math.max(least, value));
}

/** R, from 0 to 100; 93.2 at best in narrowband. ITU-T G.107. */
export function ratingOf({ delay, loss, burst = 1, codec }: Path): number {
  const { impairment, robustness } = codecOf(codec);
  const percent = loss * 100;
  const late = 0.024 * delay + 0.11 * Math.max(0, delay - 177.3);
  const equipment = impairment + ((95 - impairment) * percent) / (percent / burst + robustness);
  return within(0, 100, 93.2 - late - equipment);
}

/** The mean opinion score that belongs to R, from 1 to 4.5. ITU-T G.107, annex B. */
export function mosOf(rating: number): number {
  const r = within(0, 100, rating);
  return within(1, 4.5, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}
