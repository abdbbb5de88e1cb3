import wrtc from '@roamhq/wrtc';
import { asapScheduler, map, NEVER, scheduled, type Observable } from 'rxjs';
import { left, right, type Either } from '../../../lib/core/either.js';
import { fault, type Fault } from '../../../lib/core/fault.js';
import type { InputSettings } from '../../../lib/media/model.js';
import type { DevicePort } from '../../../lib/media/port.js';
import { followed, type OpenMicrophone } from '../../../lib/rtc/microphone.js';

const rate = 48_000;
const frame = rate / 100;

/** The microphones that are open now. */
export const live = new Set<MediaStreamTrack>();

const hum = (frequency: number): OpenMicrophone => {
  const source = new wrtc.nonstandard.RTCAudioSource();
  const track = source.createTrack();
  const now = { volume: 1, played: 0 };
  const clock = setInterval(() => {
    const { volume, played } = now;
    source.onData({
      samples: Int16Array.from({ length: frame }, (_, at) =>
        Math.round(8_000 * volume * Math.sin((2 * Math.PI * frequency * (played + at)) / rate)),
      ),
      sampleRate: rate,
      bitsPerSample: 16,
      channelCount: 1,
      numberOfFrames: frame,
    });
    now.played += frame;
  }, 10);
  live.add(track);
  return {
    track,
    at: volume => {
      now.volume = volume;
      return track;
    },
    release: () => {
      live.delete(track);
      clearInterval(clock);
      track.stop();
    },
  };
};

/** Takes its time, as a platform does. */
const open = (frequency: number, { id }: InputSettings): Observable<Either<Fault, OpenMicrophone>> =>
  scheduled([id], asapScheduler).pipe(
    map(wanted => (wanted === 'missing' ? left(fault('mic-missing')) : right(hum(frequency)))),
  );

/**
 * Devices in Node: a microphone that hums, of any name but `missing`, and a loudspeaker of any name but `missing`;
 * `heard` are the tracks that it plays.
 */
export const hummingDevices = (
  frequency = 440,
): { readonly devices: DevicePort; readonly heard: readonly MediaStreamTrack[] } => {
  const heard: MediaStreamTrack[] = [];
  return {
    heard,
    devices: {
      report$: NEVER,
      perform: () => undefined,
      media: {
        microphone: followed(settings => open(frequency, settings)),
        play: (stream, settings$) => {
          heard.push(...stream.getAudioTracks());
          return settings$.pipe(map(({ id }) => (id === 'missing' ? left(fault('output-failed')) : right(undefined))));
        },
      },
    },
  };
};
