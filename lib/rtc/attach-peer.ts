import { Subscription } from 'rxjs';
import type { CallId } from '../call/model.js';
import type { CallReport } from '../call/port.js';
import { compact } from '../core/compact.js';
import type { OutputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';
import type { Peer, PeerConnectionFactory, PeerReport } from './model.js';
import { createPeer, platformPeerConnection } from './peer.js';

/** Services that an adapter passes to its calls' peer connections. */
export type PeerSettings = {
  /** The platform's own by default, looked up when a call begins. */
  readonly peerConnection?: PeerConnectionFactory;
  /** A function is asked before each call: passwords of relays expire. None by default: only host candidates. */
  readonly iceServers?: readonly RTCIceServer[] | (() => readonly RTCIceServer[] | Promise<readonly RTCIceServer[]>);
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
};

/** A call of an adapter: its peer is there while it has one, and everything of it ends with its life. */
type Holder = { readonly id: CallId; readonly life: Subscription; peer?: Peer | undefined };

type Around = {
  readonly settings: PeerSettings;
  readonly media: Media;
  readonly output: OutputSettings;
  readonly live: boolean;
  readonly report: (report: CallReport) => void;
  /** The connection has failed for good. */
  readonly failed: () => void;
  /** The connection itself, as soon as it is made. */
  readonly made?: (connection: RTCPeerConnection) => void;
};

const configured =
  ({ iceServers, iceTransportPolicy }: PeerSettings) =>
  async (): Promise<RTCConfiguration> => ({
    iceServers: [...((typeof iceServers === 'function' ? await iceServers() : iceServers) ?? [])],
    ...compact({ iceTransportPolicy }),
  });

/**
 * A factory that shows what it has made. It knows nothing of the call: a platform may keep it for good, see `promised`.
 */
const shown =
  (make: PeerConnectionFactory, made: (connection: RTCPeerConnection) => void): PeerConnectionFactory =>
  asked => {
    const connection = make(asked);
    made(connection);
    return connection;
  };

/** Gives the call a peer connection; unsubscribing takes it away again. It goes with the call in any case. */
export const attachPeer = (
  call: Holder,
  { settings, media, output, live, report, failed, made = () => undefined }: Around,
): Subscription => {
  const { peerConnection = platformPeerConnection } = settings;
  const peer = createPeer({
    peerConnection: shown(peerConnection, made),
    configuration: configured(settings),
    media,
    output,
    live,
    call: call.id,
  });
  const tell = (told: PeerReport): void => {
    if (told._tag === 'failed') failed();
    else if (told._tag === 'fault') report({ _tag: 'fault', call: call.id, fault: told.failure.fault });
    else report({ ...told, call: call.id });
  };
  call.peer = peer;
  const open = new Subscription(() => {
    call.peer = undefined;
    peer.close();
  });
  // Media reports flow for as long as the call owns the media.
  open.add(peer.report$.subscribe(tell));
  call.life.add(open);
  return open;
};
