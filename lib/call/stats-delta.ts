import { compact } from '../core/compact.js';
import { mosOf, packetization, ratingOf } from './e-model.js';
import type { MediaStats } from './model.js';
import type { Millis } from '../core/port.js';

/** The difference of two measurements. */
export type StatsDelta = {
  /** Packets. */
  readonly received: number;
  readonly lost: number;
  readonly sent: number;
  /** How long the jitter buffer has held sound back, in ms. */
  readonly buffered: Millis;
};

/** True where `now` continues `before`: another source or connection restarts at 0. */
export function isContinued(before: MediaStats, now: MediaStats): boolean {
  return (
    before.source === now.source &&
    before.received.packets <= now.received.packets &&
    before.sent.packets <= now.sent.packets
  );
}

/** The difference to `before`, or to the start. A counter that decreases, as losses may, gives 0. */
export function statsDelta(before: MediaStats | undefined, now: MediaStats): StatsDelta {
  const base = before !== undefined && isContinued(before, now) ? before : undefined;
  const since = (count: (stats: MediaStats) => number): number =>
    Math.max(0, count(now) - (base === undefined ? 0 : count(base)));
  const emitted = since(({ buffer }) => buffer?.emitted ?? 0);
  const delay = since(({ buffer }) => buffer?.delay ?? 0);
  return {
    received: since(({ received }) => received.packets),
    lost: since(({ received }) => received.packetsLost),
    sent: since(({ sent }) => sent.packets),
    buffered: emitted === 0 ? 0 : (delay / emitted) * 1_000,
  };
}

/** The share of the packets that did not come, from 0 to 1; unknown where none was to come. */
export function lossOf({ received, lost }: Pick<StatsDelta, 'received' | 'lost'>): number | undefined {
  return received + lost === 0 ? undefined : lost / (received + lost);
}

/** Score: R from 0 to 100, MOS from 1 to 4.5. */
export type Score = { readonly r: number; readonly mos: number };

/** With fewer packets there is nothing to judge. */
const minPackets = 10;

/** Score of an interval; `undefined` with too few packets. An unknown round trip counts as 0. */
export function scoreOf(interval: StatsDelta, { roundTrip = 0, codec }: MediaStats): Score | undefined {
  if (interval.received < minPackets) return undefined;
  const r = ratingOf({
    delay: (roundTrip * 1_000) / 2 + interval.buffered + packetization(codec),
    loss: lossOf(interval) ?? 0,
    ...compact({ codec }),
  });
  return { r, mos: mosOf(r) };
}

/** Rounds to so many digits. */
export function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
