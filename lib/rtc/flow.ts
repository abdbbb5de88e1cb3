import { EMPTY, defer, distinctUntilChanged, fromEvent, map, mergeMap, of, type Observable } from 'rxjs';
import type { PeerReport } from './model.js';

/**
 * Whether sound can flow, from the connection's own state.
 *
 *     state    new connecting connected disconnected connected failed closed
 *     report       connecting flowing   interrupted  flowing   failed
 */
export const flowReports = (
  connection: EventTarget & Pick<RTCPeerConnection, 'connectionState'>,
): Observable<PeerReport> =>
  defer(() =>
    fromEvent(connection, 'connectionstatechange').pipe(
      map(() => connection.connectionState),
      distinctUntilChanged(),
      mergeMap(state => {
        const report = reports[state];
        return report === undefined ? EMPTY : of(report);
      }),
    ),
  );

const reports: Readonly<Record<RTCPeerConnectionState, PeerReport | undefined>> = {
  new: undefined,
  connecting: { _tag: 'media', media: 'connecting' },
  connected: { _tag: 'media', media: 'flowing' },
  disconnected: { _tag: 'media', media: 'interrupted' },
  failed: { _tag: 'failed' },
  closed: undefined,
};
