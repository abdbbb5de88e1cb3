import type { Ears } from './listening.js';
import type { PeerReport } from './model.js';

/**
 * Whether sound can flow, from the connection's own state.
 *
 *     state    new connecting connected disconnected connected failed closed
 *     report       connecting flowing   interrupted  flowing   failed
 */
export const flowEars = (
  connection: Pick<RTCPeerConnection, 'connectionState'>,
  tell: (report: PeerReport) => void,
): Ears<RTCPeerConnectionEventMap> => {
  let last: RTCPeerConnectionState | undefined;
  return {
    connectionstatechange: () => {
      const { connectionState } = connection;
      const report = connectionState === last ? undefined : reports[connectionState];
      last = connectionState;
      if (report !== undefined) tell(report);
    },
  };
};

const reports: Readonly<Record<RTCPeerConnectionState, PeerReport | undefined>> = {
  new: undefined,
  connecting: { _tag: 'media', media: 'connecting' },
  connected: { _tag: 'media', media: 'flowing' },
  disconnected: { _tag: 'media', media: 'interrupted' },
  failed: { _tag: 'failed' },
  closed: undefined,
};
