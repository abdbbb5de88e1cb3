/** Real WebRTC for the test numbers that are heard, by `@roamhq/wrtc`: an optional package, loaded when it is first needed. */

/** What one call hears. */
export type Sound = 'tone' | 'echo';

/** The media of one call. */
export interface Talk {
  /** Answers an offer, the first or a later one. Rejects when it can't be understood. */
  readonly answer: (offer: string) => Promise<string>;
  readonly offer: () => Promise<string>;
  readonly accept: (answer: string) => Promise<void>;
  readonly close: () => void;
}

/** Opens the media of a call. `lost` is called when the connection has been broken for a minute. */
export type Studio = (sound: Sound, lost: () => void) => Talk;

interface AudioFrame {
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly channelCount?: number;
}

/** The part of the package that is used here; its own types name some that do not exist. */
interface Wrtc {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly nonstandard: {
    readonly RTCAudioSource: new () => { createTrack(): MediaStreamTrack; onData(frame: AudioFrame): void };
    readonly RTCAudioSink: new (track: MediaStreamTrack) => { ondata: (frame: AudioFrame) => void; stop(): void };
  };
}

type Source = InstanceType<Wrtc['nonstandard']['RTCAudioSource']>;

const rate = 48_000;
const frameMs = 10;
const toneHertz = 440;

/** How long a call with a dead connection is kept for a client that recovers, in ms. */
const patience = 60_000;

/** `undefined` when the package is not installed or has no build for this machine. */
export async function loadStudio(): Promise<Studio | undefined> {
  try {
    const loaded: unknown = await import('@roamhq/wrtc');
    const wrtc = isWrtc(loaded) ? loaded : (loaded as { readonly default: unknown }).default;
    // A process that ends by itself while an audio source is not yet collected crashes inside wrtc; one that exits does not.
    process.once('beforeExit', () => process.exit());
    return isWrtc(wrtc) ? (sound, lost) => openTalk(wrtc, sound, lost) : undefined;
  } catch {
    return undefined;
  }
}

function isWrtc(value: unknown): value is Wrtc {
  return typeof value === 'object' && value !== null && 'RTCPeerConnection' in value && 'nonstandard' in value;
}

function openTalk(wrtc: Wrtc, sound: Sound, lost: () => void): Talk {
  const connection = new wrtc.RTCPeerConnection({ iceServers: [] });
  const source = new wrtc.nonstandard.RTCAudioSource();
  const track = source.createTrack();
  const stopSound = sound === 'tone' ? playTone(source) : echo(wrtc, connection, source);
  let giveUp: NodeJS.Timeout | undefined;

  connection.addTrack(track);
  connection.onconnectionstatechange = () => {
    clearTimeout(giveUp);
    if (connection.connectionState === 'failed') giveUp = setTimeout(lost, patience).unref();
  };

  async function described(own: RTCSessionDescriptionInit): Promise<string> {
    await connection.setLocalDescription(own);
    await gathered(connection);
    // Every candidate is in here, none will follow.
    return (connection.localDescription?.sdp ?? '').replace(/a=ice-options:trickle\r\n/g, '');
  }

  return {
    answer: async offer => {
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      return described(await connection.createAnswer());
    },
    offer: async () => described(await connection.createOffer()),
    accept: answer => connection.setRemoteDescription({ type: 'answer', sdp: answer }),
    close: () => {
      clearTimeout(giveUp);
      connection.onconnectionstatechange = null;
      stopSound();
      track.stop();
      connection.close();
    },
  };
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise(resolve => {
    const look = (): void => {
      if (connection.iceGatheringState !== 'complete' && connection.signalingState !== 'closed') return;
      connection.removeEventListener('icegatheringstatechange', look);
      resolve();
    };
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });
}

/** What comes in goes out again, frame by frame; on hold nothing does either. */
function echo(wrtc: Wrtc, connection: RTCPeerConnection, source: Source): () => void {
  const stops: (() => void)[] = [];
  connection.ontrack = ({ track }) => {
    if (track.kind !== 'audio' || stops.length > 0) return;
    const sink = new wrtc.nonstandard.RTCAudioSink(track);
    sink.ondata = frame => {
      source.onData({ samples: mono(frame), sampleRate: frame.sampleRate, channelCount: 1 });
    };
    stops.push(() => {
      sink.stop();
    });
  };
  return () => {
    for (const stop of stops) stop();
  };
}

function mono({ samples, channelCount = 1 }: AudioFrame): Int16Array {
  // A copy in any case: the frame's own memory is used again.
  return channelCount === 1 ? samples.slice() : samples.filter((_, index) => index % channelCount === 0);
}

/** A sine in frames of 10 ms; as many as the clock says are due, because timers are late. */
function playTone(source: Source): () => void {
  const size = (rate * frameMs) / 1000;
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor((performance.now() - start) / frameMs);
    // After a long stall the past is skipped, not replayed.
    sent = Math.max(sent, due - 5);
    for (; sent < due; sent += 1) {
      const samples = Int16Array.from({ length: size }, (_, index) => {
        const seconds = (sent * size + index) / rate;
        return Math.round(9000 * Math.sin(2 * Math.PI * toneHertz * seconds));
      });
      source.onData({ samples, sampleRate: rate, channelCount: 1 });
    }
  }, frameMs);
  return () => {
    clearInterval(timer);
  };
}
