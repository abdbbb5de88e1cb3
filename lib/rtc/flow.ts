import { Observable } from 'rxjs';
import { listen } from './listening.js';
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
  new Observable(subscriber => {
    let last: RTCPeerConnectionState | undefined;
    return listen<RTCPeerConnectionEventMap>(connection, {
      connectionstatechange: () => {
        const { connectionState } = connection;
        const report = connectionState === last ? undefined : reports[connectionState];
        last = connectionState;
        if (report !== undefined) subscriber.next(report);
      },
    });
  });

const reports: Readonly<Record<RTCPeerConnectionState, PeerReport | undefined>> = {
  new: undefined,
  connecting: { _tag: 'media', media: 'connecting' },
  connected: { _tag: 'media', media: 'flowing' },
  disconnected: { _tag: 'media', media: 'interrupted' },
  failed: { _tag: 'failed' },
  closed: undefined,
};
