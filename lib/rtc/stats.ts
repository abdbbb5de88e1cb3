import type { Flow, MediaStats } from '../call/model.js';

/** One row of what the platform has counted; nothing of it is sure to be there. */
type Row = Readonly<Record<string, unknown>>;

/**
 * What a peer connection has counted, from the platform's own report: what is not in it counts as nothing.
 * https://www.w3.org/TR/webrtc-stats/
 *
 * What we have sent is told by ourselves, what of it was lost by the far side. A sound that was renegotiated may have
 * several rows.
 */
export const statsOf = (report: { readonly forEach: (read: (row: unknown) => void) => void }): MediaStats => {
  const rows: Row[] = [];
  report.forEach(row => {
    if (typeof row === 'object' && row !== null) rows.push(row as Row);
  });
  const sound = (type: string): readonly Row[] => rows.filter(row => row['type'] === type && isSound(row));
  const remote = sound('remote-inbound-rtp');
  const roundTrip = roundTripOf(rows.filter(isInUse)) ?? roundTripOf(remote);
  return {
    received: flow('Received', sound('inbound-rtp'), sound('inbound-rtp')),
    sent: flow('Sent', sound('outbound-rtp'), remote),
    ...(roundTrip === undefined ? {} : { roundTrip }),
  };
};

/** What was counted on this side, and what the receiver makes of it. */
const flow = (way: 'Received' | 'Sent', counted: readonly Row[], judged: readonly Row[]): Flow => ({
  packets: sum(counted, `packets${way}`),
  packetsLost: sum(judged, 'packetsLost'),
  bytes: sum(counted, `bytes${way}`),
  jitter: Math.max(0, ...judged.map(row => numberIn(row, 'jitter') ?? 0)),
});

const numberIn = (row: Row, name: string): number | undefined => {
  const value = row[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

const sum = (rows: readonly Row[], name: string): number =>
  rows.reduce((total, row) => total + (numberIn(row, name) ?? 0), 0);

/** Older platforms say `mediaType`. */
const isSound = ({ kind, mediaType = 'audio' }: Row): boolean => (kind ?? mediaType) === 'audio';

/** The pair of addresses that the sound takes. */
const isInUse = ({ type, nominated, state }: Row): boolean =>
  type === 'candidate-pair' && nominated === true && state === 'succeeded';

const roundTripOf = (rows: readonly Row[]): number | undefined =>
  rows.map(row => numberIn(row, 'currentRoundTripTime') ?? numberIn(row, 'roundTripTime')).find(isKnown);

const isKnown = (value: number | undefined): value is number => value !== undefined;
