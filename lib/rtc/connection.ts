import type { Observable } from 'rxjs';
import type { Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { OutputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';
import { createGathering, type ConnectionListeners, listen } from './gathering.js';
import type { PeerReport } from './model.js';
import { createLoudspeaker } from './playback.js';

/** One RTCPeerConnection, and the audio output of the track that it receives. */
export type Connection = {
  readonly connection: RTCPeerConnection;
  /** The far side's latest offer or answer, as it came. */
  readonly remote: string | undefined;
  /** Call when offer and answer have been applied. Reports `connecting` if the connection state is still `new`. */
  readonly agreed: (remote: string) => void;
  /** Call before a setLocalDescription that starts gathering. */
  readonly begin: () => void;
  readonly setOutput: (output: OutputSettings) => Observable<Either<Failure, undefined>>;
  readonly close: () => void;
};

type Around = {
  readonly settings: () => RTCConfiguration;
  readonly media: Media;
  readonly output: OutputSettings;
  readonly call?: string | undefined;
  readonly tell: (report: PeerReport) => void;
};

/** Passes gathering, media-state and playback reports to `tell` until `close`. */
export function createConnection(
  connection: RTCPeerConnection,
  { settings, media, output, call, tell }: Around,
): Connection {
  const loudspeaker = createLoudspeaker(media, { output, call }, failure => {
    tell({ _tag: 'fault', failure });
  });
  const { begin, ears } = createGathering(connection, settings, tell);
  const unlisten = listen<RTCPeerConnectionEventMap>(connection, {
    ...ears,
    ...mediaStateListener(connection, tell),
    // Playing outlives each of these events, so it is begun here and ended by `close`.
    track: ({ track, streams }) => {
      if (track.kind === 'audio') loudspeaker.play(track, streams);
    },
  });
  let remote: string | undefined;
  return {
    connection,
    get remote() {
      return remote;
    },
    agreed: sdp => {
      remote = sdp;
      if (connection.connectionState === 'new') tell({ _tag: 'media', media: 'connecting' });
    },
    begin,
    setOutput: next => loudspeaker.change(next),
    close: () => {
      unlisten();
      loudspeaker.close();
      connection.close();
    },
  };
}

/**
 * Reports the media state that follows from `connectionState`.
 *
 *     state    new connecting connected disconnected connected failed closed
 *     report       connecting flowing   interrupted  flowing   failed
 */
export function mediaStateListener(
  connection: Pick<RTCPeerConnection, 'connectionState'>,
  tell: (report: PeerReport) => void,
): ConnectionListeners<RTCPeerConnectionEventMap> {
  let last: RTCPeerConnectionState | undefined;
  return {
    connectionstatechange: () => {
      const { connectionState } = connection;
      const report = connectionState === last ? undefined : reports[connectionState];
      last = connectionState;
      if (report !== undefined) tell(report);
    },
  };
}

const reports: Readonly<Record<RTCPeerConnectionState, PeerReport | undefined>> = {
  new: undefined,
  connecting: { _tag: 'media', media: 'connecting' },
  connected: { _tag: 'media', media: 'flowing' },
  disconnected: { _tag: 'media', media: 'interrupted' },
  failed: { _tag: 'failed' },
  closed: undefined,
};
