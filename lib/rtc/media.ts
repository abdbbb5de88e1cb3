import { map } from 'rxjs';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { Media } from '../media/port.js';
import { constraintsOf, followed, stopTracks, userMedia$, type OpenMicrophone, type UserMedia } from './microphone.js';
import { played } from './playback.js';

/**
 * The `Media` of a client that was given no `devices:`: the microphone by getUserMedia, the far side by an audio
 * element where there is a document: one of its own, or what `audioElement` gives. In Node nothing is played and nothing
 * fails.
 *
 * The microphone's volume cannot be changed here: a change gives `unsupported` and the voice goes on as it is.
 */
export function plainMedia(userMedia: UserMedia = platformUserMedia, audioElement?: () => HTMLAudioElement): Media {
  return {
    microphone: followed((settings, occasion) =>
      userMedia$(userMedia, constraintsOf(settings, occasion)).pipe(map(microphoneOf)),
    ),
    play: (stream, settings$) =>
      audioElement === undefined && typeof document === 'undefined'
        ? settings$.pipe(map(() => right(undefined)))
        : played(audioElement ?? (() => document.createElement('audio')))(stream, settings$),
  };
}

/** The first audio track of a stream; `mic-missing` without one. */
export function microphoneOf(opened: Either<Fault, MediaStream>): Either<Fault, OpenMicrophone> {
  if (isLeft(opened)) return opened;
  const stream = opened.right;
  const [track] = stream.getAudioTracks();
  if (track === undefined) return left(fault('mic-missing'));
  return right({
    track,
    release: () => {
      stopTracks(stream);
    },
  });
}

/** Read on each call: `navigator.mediaDevices` is undefined in Node and in insecure contexts. */
const platformUserMedia: UserMedia = constraints => navigator.mediaDevices.getUserMedia(constraints);
