/**
 * Real WebRTC in Node: peer connections, a microphone that hums, and an ear. What a spec sends is sound that was
 * encoded, encrypted, sent over loopback and decoded.
 */
import wrtc from '@roamhq/wrtc';
import { map } from 'rxjs';
import { right } from '../../lib/core/either.js';
import type { Media } from '../../lib/media/port.js';
import type { UserMedia } from '../../lib/rtc/microphone.js';
import type { PeerConnectionFactory } from '../../lib/rtc/model.js';
import { plainMedia } from '../../lib/rtc/media.js';

const rate = 48_000;
/** WebRTC takes 10 ms at a time. */
const frame = rate / 100;

export const wrtcPeerConnection: PeerConnectionFactory = configuration => new wrtc.RTCPeerConnection(configuration);

/** Streams are made by the platform's own constructor, which Node has not; the same that its user would set. */
export const provideMediaStream = (): void => {
  Object.assign(globalThis, { MediaStream: wrtc.MediaStream });
};

/**
 * A microphone that hums at this frequency: each stream is a track of its own, which hums until it is stopped.
 * `stop` ends them all and must be called at the end of a spec.
 */
export const toneMicrophone = (
  frequency: number,
): { readonly userMedia: UserMedia; readonly tracks: readonly MediaStreamTrack[]; stop(): void } => {
  const tracks: MediaStreamTrack[] = [];
  const clocks: NodeJS.Timeout[] = [];
  return {
    userMedia: () => {
      const source = new wrtc.nonstandard.RTCAudioSource();
      const track = source.createTrack();
      let played = 0;
      const clock = setInterval(() => {
        if (track.readyState === 'ended') {
          clearInterval(clock);
          return;
        }
        source.onData({
          samples: Int16Array.from({ length: frame }, (_, i) =>
            Math.round(8_000 * Math.sin((2 * Math.PI * frequency * (played + i)) / rate)),
          ),
          sampleRate: rate,
          bitsPerSample: 16,
          channelCount: 1,
          numberOfFrames: frame,
        });
        played += frame;
      }, 10);
      tracks.push(track);
      clocks.push(clock);
      return Promise.resolve(new wrtc.MediaStream([track]));
    },
    tracks,
    stop: () => {
      clocks.forEach(clearInterval);
      tracks.forEach(track => {
        track.stop();
      });
    },
  };
};

/** What was decoded from one track so far. */
export type Energy = {
  readonly frames: number;
  /** Root mean square of the last frames, from 0 to 1. */
  readonly level: number;
};

/** An ear on a track: reads what is decoded from it until `stop`. */
export const energyOf = (
  track: MediaStreamTrack,
): {
  now(): Energy;
  /** Resolves once `count` further frames of 10 ms were decoded, with the level over just those. */
  over(count: number): Promise<Energy>;
  /** Resolves as soon as something this loud is heard for 100 ms. */
  above(level: number): Promise<void>;
  /** Resolves as soon as nothing as loud as this is heard for 200 ms: what was on its way when it began has arrived. */
  below(level: number): Promise<void>;
  stop(): void;
} => {
  const sink = new wrtc.nonstandard.RTCAudioSink(track);
  let frames = 0;
  let level = 0;
  let listeners: readonly ((square: number) => void)[] = [];
  const hear = ({ samples }: { readonly samples: Int16Array }): void => {
    const square = samples.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / samples.length;
    frames += 1;
    level = Math.sqrt(square);
    listeners.forEach(listener => {
      listener(square);
    });
  };
  Object.assign(sink, { ondata: hear });
  const over = (count: number): Promise<Energy> =>
    new Promise(resolve => {
      let seen = 0;
      let sum = 0;
      const listen = (square: number): void => {
        seen += 1;
        sum += square;
        if (seen < count) return;
        listeners = listeners.filter(each => each !== listen);
        resolve({ frames: seen, level: Math.sqrt(sum / seen) });
      };
      listeners = [...listeners, listen];
    });
  return {
    now: () => ({ frames, level }),
    over,
    above: async wanted => {
      while ((await over(10)).level <= wanted);
    },
    below: async wanted => {
      while ((await over(20)).level >= wanted);
    },
    stop: () => {
      sink.stop();
    },
  };
};

/** A `Media` whose loudspeaker is an ear: `heard` are the tracks that are being played. */
export const listeningMedia = (userMedia: UserMedia): { readonly media: Media; readonly heard: MediaStreamTrack[] } => {
  const heard: MediaStreamTrack[] = [];
  return {
    heard,
    media: {
      ...plainMedia(userMedia),
      play: (stream, settings$) => {
        heard.push(...stream.getAudioTracks());
        return settings$.pipe(map(() => right(undefined)));
      },
    },
  };
};
