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
export function statsOf(report: { readonly forEach: (read: (row: unknown) => void) => void }): MediaStats {
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
}

/**
 * Statistics of a connection until now; it may be closed while the platform collects them. Empty where there are none.
 * Never errors.
 */
export function lastStats(connection: Pick<RTCPeerConnection, 'getStats'> | undefined): Observable<MediaStats> {
  return connection === undefined
    ? EMPTY
    : fromPromise(() => connection.getStats()).pipe(
        map(statsOf),
        catchError(() => EMPTY),
      );
}

/** `counted` has packets and bytes; `judged` has loss and jitter, which the receiver measures. */
function flow(way: 'Received' | 'Sent', counted: readonly Row[], judged: readonly Row[]): Flow {
  return {
    packets: sum(counted, `packets${way}`),
    packetsLost: sum(judged, 'packetsLost'),
    bytes: sum(counted, `bytes${way}`),
    jitter: Math.max(0, ...judged.map(row => numberIn(row, 'jitter') ?? 0)),
  };
}

/** Round-trip time: from the far side's RTCP reports; else from ICE checks, which measure only the first hop. */
function trip(remote: readonly Row[], rows: readonly Row[]): Pick<MediaStats, 'roundTrip' | 'roundTripTo'> {
  const reported = first(remote.filter(isMeasured), 'roundTripTime');
  if (reported !== undefined) return { roundTrip: reported, roundTripTo: 'far-end' };
  const checked = first(rows.filter(isInUse), 'currentRoundTripTime');
  return checked === undefined ? {} : { roundTrip: checked, roundTripTo: 'next-hop' };
}

function codec(heard: readonly Row[], rows: readonly Row[]): Pick<MediaStats, 'codec'> {
  const ids = heard.map(({ codecId }) => codecId);
  const type = rows.find(row => row['type'] === 'codec' && ids.includes(row['id']))?.['mimeType'];
  const name = typeof type === 'string' ? type.replace(/^audio\//i, '') : '';
  return name === '' ? {} : { codec: name };
}

/**
 * Identity of the received source: SSRCs and local certificate, because a sender may keep its SSRC on a new connection.
 */
function source(heard: readonly Row[], rows: readonly Row[]): Pick<MediaStats, 'source'> {
  const names = heard.map(row => numberIn(row, 'ssrc')).filter(isKnown);
  const certificate = rows.find(({ type }) => type === 'transport')?.['localCertificateId'];
  const connection = typeof certificate === 'string' ? [certificate] : [];
  return names.length === 0 ? {} : { source: [...names, ...connection].join(' ') };
}

function buffer(heard: readonly Row[]): Pick<MediaStats, 'buffer'> {
  const emitted = sum(heard, 'jitterBufferEmittedCount');
  return emitted === 0 ? {} : { buffer: { delay: sum(heard, 'jitterBufferDelay'), emitted } };
}

function numberIn(row: Row, name: string): number | undefined {
  const value = row[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function sum(rows: readonly Row[], name: string): number {
  return rows.reduce((total, row) => total + (numberIn(row, name) ?? 0), 0);
}

function first(rows: readonly Row[], name: string): number | undefined {
  return rows.map(row => numberIn(row, name)).find(isKnown);
}

/** Older platforms say `mediaType`. */
function isSound({ kind, mediaType = 'audio' }: Row): boolean {
  return (kind ?? mediaType) === 'audio';
}

/** Some platforms give a round trip of 0 before there was one. */
function isMeasured({ roundTripTimeMeasurements: count }: Row): boolean {
  return count !== 0;
}

/** True for the nominated pair that has succeeded. */
function isInUse({ type, nominated, state }: Row): boolean {
  return type === 'candidate-pair' && nominated === true && state === 'succeeded';
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined;
}
