import type { OpenMicrophone } from '../rtc/microphone.js';
import type { SharedContext } from './context.js';

/** Gives microphones a volume, by an AudioContext that each of them shares from when it has one until it is released. */
export function createGain({ enter, leave }: SharedContext): (microphone: OpenMicrophone) => OpenMicrophone {
  return ({ track, release }) => {
    let amplified: Amplified | undefined;
    return {
      track,
      // At full volume the microphone's own track goes out, which costs nothing and sounds best; once there is a
      // gain it stays, so that the track does not change each time someone moves the slider through its end.
      at: volume => {
        if (amplified === undefined && volume === 1) return track;
        amplified ??= amplify(enter(), track);
        amplified.gain.value = volume;
        return amplified.track;
      },
      release: () => {
        if (amplified !== undefined) {
          amplified.release();
          leave();
        }
        release();
      },
    };
  };
}

type Amplified = { readonly track: MediaStreamTrack; readonly gain: { value: number }; readonly release: () => void };

/** The events of the microphone's track that the amplified track repeats. */
const followed = ['ended', 'mute', 'unmute'];

function amplify(context: AudioContext, microphone: MediaStreamTrack): Amplified {
  // A clone: `enabled` of the original track may be false for mute, which the amplified track takes over.
  const source = microphone.clone();
  source.enabled = true;
  const input = context.createMediaStreamSource(new MediaStream([source]));
  const gain = context.createGain();
  const output = context.createMediaStreamDestination();
  input.connect(gain).connect(output);
  const [track] = output.stream.getAudioTracks() as [MediaStreamTrack];

  // The amplified track has the settings of the microphone's track and its `muted`, and ends with it.
  Object.defineProperties(track, {
    getSettings: { value: () => microphone.getSettings() },
    muted: { get: () => microphone.muted },
  });
  const follow = ({ type }: Event): void => {
    if (type === 'ended') track.stop();
    track.dispatchEvent(new Event(type));
  };
  for (const event of followed) microphone.addEventListener(event, follow);

  return {
    track,
    gain: gain.gain,
    release: () => {
      for (const event of followed) microphone.removeEventListener(event, follow);
      input.disconnect();
      gain.disconnect();
      source.stop();
      track.stop();
    },
  };
}
