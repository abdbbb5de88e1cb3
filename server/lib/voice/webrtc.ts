/** The part of `@roamhq/wrtc` that is used here; its own types name some that do not exist. */

/** Sound as the package gives and takes it, 10 ms at a time. */
export interface Sound {
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly channelCount?: number;
}

export interface Wrtc {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly MediaStream: typeof MediaStream;
  readonly nonstandard: {
    readonly RTCAudioSource: new () => { createTrack(): MediaStreamTrack; onData(sound: Sound): void };
    readonly RTCAudioSink: new (track: MediaStreamTrack) => { ondata: (sound: Sound) => void; stop(): void };
  };
}
