/** A peer connection in Node that sends a tone and measures what comes back. */
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

export interface Talker {
  readonly offer: (direction?: RTCRtpTransceiverDirection) => Promise<string>;
  readonly answer: (offer: string) => Promise<string>;
  readonly accept: (sdp: string) => Promise<void>;
  /** Resolves once this many frames in a row are louder than silence. */
  readonly heard: (frames: number) => Promise<void>;
  /** How many bytes arrive in half a second, by the transport's own count. */
  readonly arriving: () => Promise<number>;
  /** The main frequency of what is heard now, by zero crossings. */
  readonly pitch: () => number;
  readonly close: () => void;
}

/** @param hertz - of the tone that it sends; 0 is silence */
export function talker(hertz: number): Talker {
  const connection = new wrtc.RTCPeerConnection({ iceServers: [] });
  const source = new RTCAudioSource();
  const own = source.createTrack();
  // Not addTransceiver: an incoming offer only takes over a transceiver that addTrack made.
  connection.addTrack(own);
  const [transceiver] = connection.getTransceivers();
  const listeners = new Set<(loud: boolean) => void>();
  let pitch = 0;
  let sent = 0;
  const timer = setInterval(() => {
    const samples = Int16Array.from({ length: 480 }, (_, i) =>
      Math.round(8000 * Math.sin((2 * Math.PI * hertz * (sent + i)) / 48_000)),
    );
    sent += 480;
    source.onData({ samples, sampleRate: 48_000 });
  }, 10);
  let stopSink: (() => void) | undefined;
  connection.ontrack = ({ track }) => {
    // Taking a call off hold announces the same track again.
    if (stopSink) return;
    const sink = new RTCAudioSink(track);
    stopSink = () => {
      sink.stop();
      track.stop();
    };
    sink.ondata = ({ samples, sampleRate }) => {
      const loud = samples.some(sample => Math.abs(sample) > 1000);
      const crossings = samples.filter((sample, i) => i > 0 && sample >= 0 !== samples[i - 1]! >= 0).length;
      pitch = (crossings * sampleRate) / samples.length / 2;
      for (const listener of listeners) listener(loud);
    };
  };

  async function received(): Promise<number> {
    const stats = [...(await connection.getStats()).values()] as { type: string; bytesReceived?: number }[];
    return stats.find(({ type }) => type === 'transport')?.bytesReceived ?? Number.NaN;
  }

  async function described(own: RTCSessionDescriptionInit): Promise<string> {
    await connection.setLocalDescription(own);
    while (connection.iceGatheringState !== 'complete')
      await new Promise(resolve => {
        connection.onicegatheringstatechange = resolve;
      });
    return connection.localDescription!.sdp;
  }

  return {
    offer: async (direction = 'sendrecv') => {
      transceiver!.direction = direction;
      return described(await connection.createOffer());
    },
    answer: async offer => {
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      return described(await connection.createAnswer());
    },
    accept: sdp => connection.setRemoteDescription({ type: 'answer', sdp }),
    heard: frames =>
      new Promise(resolve => {
        let run = 0;
        const listener = (loud: boolean): void => {
          run = loud ? run + 1 : 0;
          if (run < frames) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      }),
    arriving: async () => {
      const before = await received();
      await new Promise(resolve => setTimeout(resolve, 500));
      return (await received()) - before;
    },
    pitch: () => pitch,
    close: () => {
      clearInterval(timer);
      stopSink?.();
      // A live track keeps the process alive.
      own.stop();
      connection.close();
    },
  };
}
