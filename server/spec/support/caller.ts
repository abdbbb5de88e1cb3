/** A far end in Node that sends a tone and listens for tones, frame by frame. */
import wrtc from '@roamhq/wrtc';

/** What the package really gives; its own types name some that do not exist. */
const { RTCAudioSink, RTCAudioSource } = wrtc.nonstandard as unknown as {
  RTCAudioSource: new () => {
    createTrack: () => MediaStreamTrack;
    onData: (frame: { samples: Int16Array; sampleRate: number }) => void;
  };
  RTCAudioSink: new (track: MediaStreamTrack) => {
    ondata: (frame: { samples: Int16Array; sampleRate: number }) => void;
    stop: () => void;
  };
};

/** How much of a frame is a tone of so many hertz, from 0 to 1. */
export type Level = (hertz: number) => number;

export interface Caller {
  readonly offer: (more?: {
    readonly direction?: RTCRtpTransceiverDirection;
    readonly iceRestart?: boolean;
  }) => Promise<string>;
  readonly answer: (offer: string) => Promise<string>;
  readonly accept: (answer: string) => Promise<void>;
  /** Resolves once so many frames in a row fit. */
  readonly hears: (frames: number, fits: (level: Level) => boolean) => Promise<void>;
  /** Frames that were decoded, and packets that came for them. */
  readonly received: () => Promise<{ readonly frames: number; readonly packets: number }>;
  /** The packets that arrive while this end sends 25, half a second of sound. */
  readonly arriving: () => Promise<number>;
  readonly connection: RTCPeerConnection;
  readonly close: () => void;
}

/** That tone and nothing else of those that are asked for. */
export const only =
  (hertz: readonly number[], absent: readonly number[] = []) =>
  (level: Level): boolean =>
    hertz.every(one => level(one) > 0.1) && absent.every(one => level(one) < 0.02);

const ufragOf = (sdp: string): string | undefined => /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];

/** @param hertz - of the tone that it sends, a multiple of 100; 0 is silence */
export function caller(hertz: number): Caller {
  const connection = new wrtc.RTCPeerConnection({ iceServers: [] });
  const source = new RTCAudioSource();
  const own = source.createTrack();
  connection.addTrack(own);
  const [transceiver] = connection.getTransceivers();
  const listeners = new Set<(level: Level) => void>();
  const samples = Int16Array.from({ length: 480 }, (_, i) =>
    Math.round(8000 * Math.sin((2 * Math.PI * hertz * i) / 48_000)),
  );
  const timer = setInterval(() => {
    source.onData({ samples, sampleRate: 48_000 });
  }, 10);
  let stopSink: (() => void) | undefined;
  let frames = 0;
  connection.ontrack = ({ track }) => {
    if (stopSink) return;
    const sink = new RTCAudioSink(track);
    sink.ondata = frame => {
      frames += 1;
      for (const listener of listeners) listener(levelIn(frame.samples, frame.sampleRate));
    };
    stopSink = () => {
      sink.stop();
      track.stop();
    };
  };

  async function described(description: RTCSessionDescriptionInit): Promise<string> {
    const { iceGatheringState: state, localDescription: former } = connection;
    const isGathered = state === 'complete' && former !== null && ufragOf(former.sdp) === ufragOf(description.sdp!);
    // One candidate is enough on one machine; the description is not read back while it grows, or the package crashes.
    const first = new Promise<string>(resolve => {
      connection.onicecandidate = ({ candidate }) => {
        resolve(candidate ? `a=${candidate.candidate}\r\n` : '');
      };
    });
    await connection.setLocalDescription(description);
    return isGathered ? connection.localDescription!.sdp : `${description.sdp!}${await first}`;
  }

  /** RTP packets, as the connection has counted them. */
  const counted = async (): Promise<{ readonly received: number; readonly sent: number }> => {
    type Counted = { readonly type: string; readonly packetsReceived?: number; readonly packetsSent?: number };
    const stats = [...(await connection.getStats()).values()] as Counted[];
    const of = (kind: string): Counted | undefined => stats.find(({ type }) => type === kind);
    return { received: of('inbound-rtp')?.packetsReceived ?? 0, sent: of('outbound-rtp')?.packetsSent ?? 0 };
  };
  const received: Caller['received'] = async () => ({ frames, packets: (await counted()).received });

  return {
    connection,
    offer: async ({ direction = 'sendrecv', iceRestart = false } = {}) => {
      transceiver!.direction = direction;
      return described(await connection.createOffer({ iceRestart }));
    },
    answer: async offer => {
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      return described(await connection.createAnswer());
    },
    accept: sdp => connection.setRemoteDescription({ type: 'answer', sdp }),
    hears: (wanted, fits) =>
      new Promise(resolve => {
        let run = 0;
        const listener = (level: Level): void => {
          run = fits(level) ? run + 1 : 0;
          if (run < wanted) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      }),
    received,
    arriving: async () => {
      const before = await counted();
      let now = before;
      while (now.sent < before.sent + 25) now = await counted();
      return now.received - before.received;
    },
    close: () => {
      clearInterval(timer);
      stopSink?.();
      // A live track keeps the process alive.
      own.stop();
      connection.close();
    },
  };
}

/** Of one frequency: the part of the samples that runs with it. */
export const levelIn =
  (samples: Int16Array, rate = 48_000): Level =>
  hertz => {
    let [cosine, sine] = [0, 0];
    samples.forEach((sample, i) => {
      cosine += sample * Math.cos((2 * Math.PI * hertz * i) / rate);
      sine += sample * Math.sin((2 * Math.PI * hertz * i) / rate);
    });
    return (2 * Math.hypot(cosine, sine)) / samples.length / 32_768;
  };
