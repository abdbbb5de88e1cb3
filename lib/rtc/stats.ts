import { EMPTY, catchError, map, type Observable } from 'rxjs';
import type { Flow, MediaStats } from '../call/model.js';
import { fromPromise } from './from-promise.js';

/** One RTCStats object; every field may be absent. */
type Row = Readonly<Record<string, unknown>>;

/**
 * Media statistics from the platform's own report of a peer connection; a missing counter is 0.
 * https://www.w3.org/TR/webrtc-stats/
 *
 * Sent packets come from our own counters, their loss from the far side's RTCP. A renegotiated stream may have several rows.
 */
export const statsOf = (report: { readonly forEach: (read: (row: unknown) => void) => void }): MediaStats => {
  const rows: Row[] = [];
  report.forEach(row => {
    if (typeof row === 'object' && row !== null) rows.push(row as Row);
  });
  const sound = (type: string): readonly Row[] => rows.filter(row => row['type'] === type && isSound(row));
  const [heard, remote] = [sound('inbound-rtp'), sound('remote-inbound-rtp')];
  return {
    received: flow('Received', heard, heard),
    sent: flow('Sent', sound('outbound-rtp'), remote),
    ...trip(remote, rows),
    ...codec(heard, rows),
    ...source(heard, rows),
    ...buffer(heard),
  };
};

/**
 * Statistics of a connection until now; it may be closed while the platform collects them. Empty where there are none.
 * Never errors.
 */
export const lastStats = (connection: Pick<RTCPeerConnection, 'getStats'> | undefined): Observable<MediaStats> =>
  connection === undefined
    ? EMPTY
    : fromPromise(() => connection.getStats()).pipe(
        map(statsOf),
        catchError(() => EMPTY),
      );

/** `counted` has packets and bytes; `judged` has loss and jitter, which the receiver measures. */
const flow = (way: 'Received' | 'Sent', counted: readonly Row[], judged: readonly Row[]): Flow => ({
  packets: sum(counted, `packets${way}`),
  packetsLost: sum(judged, 'packetsLost'),
  bytes: sum(counted, `bytes${way}`),
  jitter: Math.max(0, ...judged.map(row => numberIn(row, 'jitter') ?? 0)),
});

/** Round-trip time: from the far side's RTCP reports; else from ICE checks, which measure only the first hop. */
const trip = (remote: readonly Row[], rows: readonly Row[]): Pick<MediaStats, 'roundTrip' | 'roundTripTo'> => {
  const reported = first(remote.filter(isMeasured), 'roundTripTime');
  if (reported !== undefined) return { roundTrip: reported, roundTripTo: 'far-end' };
  const checked = first(rows.filter(isInUse), 'currentRoundTripTime');
  return checked === undefined ? {} : { roundTrip: checked, roundTripTo: 'next-hop' };
};

const codec = (heard: readonly Row[], rows: readonly Row[]): Pick<MediaStats, 'codec'> => {
  const ids = heard.map(({ codecId }) => codecId);
  const type = rows.find(row => row['type'] === 'codec' && ids.includes(row['id']))?.['mimeType'];
  const name = typeof type === 'string' ? type.replace(/^audio\//i, '') : '';
  return name === '' ? {} : { codec: name };
};

/**
 * Identity of the received source: SSRCs and local certificate, because a sender may keep its SSRC on a new connection.
 */
const source = (heard: readonly Row[], rows: readonly Row[]): Pick<MediaStats, 'source'> => {
  const names = heard.map(row => numberIn(row, 'ssrc')).filter(isKnown);
  const certificate = rows.find(({ type }) => type === 'transport')?.['localCertificateId'];
  const connection = typeof certificate === 'string' ? [certificate] : [];
  return names.length === 0 ? {} : { source: [...names, ...connection].join(' ') };
};

const buffer = (heard: readonly Row[]): Pick<MediaStats, 'buffer'> => {
  const emitted = sum(heard, 'jitterBufferEmittedCount');
  return emitted === 0 ? {} : { buffer: { delay: sum(heard, 'jitterBufferDelay'), emitted } };
};

const numberIn = (row: Row, name: string): number | undefined => {
  const value = row[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

const sum = (rows: readonly Row[], name: string): number =>
  rows.reduce((total, row) => total + (numberIn(row, name) ?? 0), 0);

const first = (rows: readonly Row[], name: string): number | undefined =>
  rows.map(row => numberIn(row, name)).find(isKnown);

/** Older platforms say `mediaType`. */
const isSound = ({ kind, mediaType = 'audio' }: Row): boolean => (kind ?? mediaType) === 'audio';

/** Some platforms give a round trip of 0 before there was one. */
const isMeasured = ({ roundTripTimeMeasurements: count }: Row): boolean => count !== 0;

/** True for the nominated pair that has succeeded. */
const isInUse = ({ type, nominated, state }: Row): boolean =>
  type === 'candidate-pair' && nominated === true && state === 'succeeded';

const isKnown = (value: number | undefined): value is number => value !== undefined;
