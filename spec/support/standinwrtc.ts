/**
 * `@roamhq/wrtc` as far as it is used, without media: in its place wherever no sound is listened to. A spec that needs the
 * real one is named `*.media.spec.ts`.
 */
import { StandIn, StandInTrack } from './standin.js';

class StandInStream {
  constructor(private readonly tracks: readonly StandInTrack[] = []) {}
  getTracks(): readonly StandInTrack[] {
    return this.tracks;
  }
  getAudioTracks(): readonly StandInTrack[] {
    return this.tracks;
  }
}

class StandInSource {
  createTrack(): StandInTrack {
    return new StandInTrack();
  }
  onData(): void {
    // The stand-in plays no sound.
  }
}

class StandInSink {
  ondata: unknown = undefined;
  stop(): void {
    this.ondata = undefined;
  }
}

export default {
  RTCPeerConnection: StandIn,
  MediaStream: StandInStream,
  nonstandard: { RTCAudioSource: StandInSource, RTCAudioSink: StandInSink },
};
