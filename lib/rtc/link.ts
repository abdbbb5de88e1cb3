import type { Observable } from 'rxjs';
import type { Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { OutputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';
import { flowEars } from './flow.js';
import { createGathering } from './gathering.js';
import { listen } from './listening.js';
import { createLoudspeaker } from './loudspeaker.js';
import type { PeerReport } from './model.js';

/** One peer connection, and the loudspeaker that plays what comes by it. */
export type Link = {
  readonly connection: RTCPeerConnection;
  /** The far side's latest offer or answer, as it came. */
  readonly remote: string | undefined;
  /** Both sides have described themselves. A connection that is not there yet is being made, also where it never says so. */
  readonly agreed: (remote: string) => void;
  /** A description is about to be set from which on the platform gathers. */
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

/** Tells what becomes of the connection until `close`. */
export const createLink = (connection: RTCPeerConnection, { settings, media, output, call, tell }: Around): Link => {
  const loudspeaker = createLoudspeaker(media, { output, call }, failure => {
    tell({ _tag: 'fault', failure });
  });
  const { begin, ears } = createGathering(connection, settings, tell);
  const unlisten = listen<RTCPeerConnectionEventMap>(connection, {
    ...ears,
    ...flowEars(connection, tell),
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
};
