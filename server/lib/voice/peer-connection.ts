/** A peer connection that ends in this process, with its audio source and sink. */
import { networkInterfaces } from 'node:os';
import { rate } from './clock.js';
import { isUdpOverIPv4, parseCandidate, withCandidates } from './description.js';
import { createFramer } from './frames.js';
import type { Frame } from './model.js';
import type { Wrtc } from './webrtc.js';

export interface MediaConnection {
  readonly connection: RTCPeerConnection;
  readonly play: (frame: Frame) => void;
  readonly close: () => void;
}

interface Around {
  readonly hear: (frame: Frame) => void;
  /** The connection has been broken for a minute. */
  readonly lost: () => void;
}

/** How long a call with a dead connection is kept for a client that recovers, in ms. */
const reconnectTimeoutMs = 60_000;

export function openMediaConnection(wrtc: Wrtc, { hear, lost }: Around): MediaConnection {
  const connection = new wrtc.RTCPeerConnection({ iceServers: [] });
  const source = new wrtc.nonstandard.RTCAudioSource();
  const track = source.createTrack();
  let stopHearing: (() => void) | undefined;
  let giveUp: NodeJS.Timeout | undefined;
  let closed = false;

  // Not addTransceiver: an incoming offer only takes over a transceiver that addTrack made. Within a stream, as there are
  // clients that play streams and no tracks.
  connection.addTrack(track, new wrtc.MediaStream([track]));
  connection.onconnectionstatechange = () => {
    clearTimeout(giveUp);
    if (connection.connectionState === 'failed') giveUp = setTimeout(lost, reconnectTimeoutMs).unref();
  };
  connection.ontrack = event => {
    // Taking a call off hold announces the same track again.
    if (event.track.kind !== 'audio' || stopHearing) return;
    const frame = createFramer();
    const sink = new wrtc.nonstandard.RTCAudioSink(event.track);
    sink.ondata = sound => {
      if (!closed) hear(frame(sound));
    };
    stopHearing = () => {
      sink.stop();
    };
  };

  return {
    connection,
    play: samples => {
      if (!closed) source.onData({ samples, sampleRate: rate, channelCount: 1 });
    },
    close: () => {
      closed = true;
      clearTimeout(giveUp);
      connection.onconnectionstatechange = null;
      stopHearing?.();
      // A live track keeps the process alive.
      track.stop();
      connection.close();
    },
  };
}

/** The IPv4 addresses of this machine, the loopback address among them. */
function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? []);
  return all.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
}

/**
 * Sets the connection's own description and returns it with its candidates, as soon as each IPv4 address of this machine has
 * a UDP candidate or gathering is complete: TCP candidates come a tenth of a second later. Empty when the connection was
 * closed meanwhile. While gathering, `localDescription` is not read: `@roamhq/wrtc` crashes then.
 */
export async function describe(connection: RTCPeerConnection, own: RTCSessionDescriptionInit): Promise<string> {
  const missing = new Set(ownAddresses());
  const found: RTCIceCandidate[] = [];
  let done = (): void => undefined;
  const enough = new Promise<void>(resolve => {
    done = resolve;
  });
  const look = (): void => {
    if (missing.size === 0 || connection.iceGatheringState === 'complete' || connection.signalingState === 'closed')
      done();
  };
  const hear = ({ candidate }: RTCPeerConnectionIceEvent): void => {
    if (candidate === null || candidate.candidate === '') return;
    found.push(candidate);
    const parsed = parseCandidate(candidate.candidate);
    if (parsed && isUdpOverIPv4(parsed)) missing.delete(parsed.ip);
    look();
  };
  connection.addEventListener('icecandidate', hear);
  connection.addEventListener('icegatheringstatechange', look);
  try {
    await connection.setLocalDescription(own);
    look();
    await enough;
  } finally {
    connection.removeEventListener('icecandidate', hear);
    connection.removeEventListener('icegatheringstatechange', look);
  }
  if (connection.signalingState === 'closed') return '';
  const whole = connection.iceGatheringState === 'complete' ? connection.localDescription?.sdp : undefined;
  return whole ?? withCandidates(own.sdp ?? '', found);
}
