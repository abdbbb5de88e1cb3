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
  /**
   * ICE servers, as a list or a function that is called before each new connection and each ICE restart. Default: none,
   * so that only host candidates are gathered.
   */
  readonly iceServers?: readonly RTCIceServer[] | (() => readonly RTCIceServer[] | Promise<readonly RTCIceServer[]>);
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
};

/**
 * The adapter's record of a call: `peer` is set while a connection is attached; unsubscribing `life` releases its
 * resources.
 */
type Holder = { readonly id: CallId; readonly life: Subscription; peer?: Peer | undefined };

type Around = {
  readonly settings: PeerSettings;
  readonly media: Media;
  readonly output: OutputSettings;
  readonly live: boolean;
  readonly report: (report: CallReport) => void;
  /** The connection has failed for good. */
  readonly failed: () => void;
  /** Called with each RTCPeerConnection as soon as it has been created. */
  readonly made?: (connection: RTCPeerConnection) => void;
};

function configured({ iceServers, iceTransportPolicy }: PeerSettings) {
  return async (): Promise<RTCConfiguration> => ({
    iceServers: [...((typeof iceServers === 'function' ? await iceServers() : iceServers) ?? [])],
    ...compact({ iceTransportPolicy }),
  });
}

/**
 * A factory that passes each new connection to `made`. The closure does not reference the call, because `@roamhq/wrtc`
 * may retain it.
 */
function shown(make: PeerConnectionFactory, made: (connection: RTCPeerConnection) => void): PeerConnectionFactory {
  return asked => {
    const connection = make(asked);
    made(connection);
    return connection;
  };
}

/**
 * Creates the call's peer and subscribes to its reports. Unsubscribing closes the peer; so does the end of `call.life`.
 */
export function attachPeer(
  call: Holder,
  { settings, media, output, live, report, failed, made = () => undefined }: Around,
): Subscription {
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
}
