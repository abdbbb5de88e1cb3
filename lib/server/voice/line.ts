/** One peer connection that ends in this process, with what is said into it and what is heard from it. */
import { rate } from './clock.js';
import { createFramer } from './frames.js';
import type { Frame } from './model.js';
import type { Wrtc } from './webrtc.js';

export interface Line {
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
const patience = 60_000;

export function openLine(wrtc: Wrtc, { hear, lost }: Around): Line {
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
    if (connection.connectionState === 'failed') giveUp = setTimeout(lost, patience).unref();
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

/** The candidate that every client on this machine reaches; those of TCP would come a tenth of a second later. */
const reachable = / udp \d+ 127\.0\.0\.1 /i;

/**
 * The connection's own description with the candidates that there are as soon as it can be reached, or else with all that
 * there will be; empty when it was closed meanwhile. It is not read back while it grows: the package crashes then.
 */
export async function describe(connection: RTCPeerConnection, own: RTCSessionDescriptionInit): Promise<string> {
  const found: string[] = [];
  const enough = new Promise<void>(resolve => {
    const done = (): void => {
      connection.removeEventListener('icecandidate', hear);
      connection.removeEventListener('icegatheringstatechange', look);
      resolve();
    };
    const hear = ({ candidate }: RTCPeerConnectionIceEvent): void => {
      const text = candidate?.candidate ?? '';
      if (text !== '') found.push(`a=${text}\r\n`);
      if (reachable.test(text)) done();
    };
    const look = (): void => {
      if (connection.iceGatheringState === 'complete' || connection.signalingState === 'closed') done();
    };
    connection.addEventListener('icecandidate', hear);
    connection.addEventListener('icegatheringstatechange', look);
    connection.setLocalDescription(own).then(look, done);
  });
  await enough;
  if (connection.signalingState === 'closed') return '';
  const whole = connection.iceGatheringState === 'complete' ? connection.localDescription?.sdp : undefined;
  return whole ?? `${own.sdp ?? ''}${found.join('')}`;
}
