import { Observable, Subscription } from 'rxjs';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { InputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';
import { microphoneFault } from './failure.js';

/** Asks the platform for a stream, as `navigator.mediaDevices.getUserMedia` does. */
export type UserMedia = (constraints: MediaStreamConstraints) => Promise<MediaStream>;

/** One open microphone. */
export type OpenMicrophone = {
  readonly track: MediaStreamTrack;
  /** Applies the volume to a track. Absent where the platform cannot change it. */
  readonly at?: (volume: number) => MediaStreamTrack;
  readonly release: () => void;
};

/** `first` opens the first track; `change` replaces the track of a connected call. */
export type Occasion = 'first' | 'change';

/**
 * One stream from the platform: cold, one `Either`, never errors.
 * Unsubscribing while the platform still asks its user stops what comes late.
 */
export function userMedia$(
  ask: UserMedia,
  constraints: MediaStreamConstraints,
): Observable<Either<Fault, MediaStream>> {
  return new Observable(subscriber => {
    const answer = (result: Either<Fault, MediaStream>): void => {
      subscriber.next(result);
      subscriber.complete();
    };
    // In an async function, so that an `ask` that throws is a rejection too.
    const asking = async (): Promise<MediaStream> => ask(constraints);
    void asking().then(
      stream => {
        if (subscriber.closed) stopTracks(stream);
        else answer(right(stream));
      },
      (error: unknown) => {
        answer(left(microphoneFault(error)));
      },
    );
  });
}

export function stopTracks(stream: MediaStream): void {
  stream.getTracks().forEach(track => {
    track.stop();
  });
}

/**
 * Device constraint: `first` takes another microphone if the chosen one is missing (`ideal`), `change` fails (`exact`).
 */
export function constraintsOf({ id, processing }: InputSettings, occasion: Occasion): MediaStreamConstraints {
  return {
    audio: {
      echoCancellation: processing,
      noiseSuppression: processing,
      autoGainControl: processing,
      ...(id === undefined ? {} : { deviceId: occasion === 'first' ? { ideal: id } : { exact: id } }),
    },
  };
}

/**
 * A microphone that follows its settings (`Media.microphone`), by a way to open one.
 *
 *     settings   a-----v-----b------c-d-----
 *     result     --A---A-------B--------D---     v  a's volume changed: the same track again
 *     stopped    --------------a------------     c  superseded: opened in vain, stopped at once
 *
 * One value for each settings but the superseded. Settings that differ from what is open (or being opened) in device
 * or processing open anew, so the same settings after a failure try again; and so they do once the track has ended by
 * itself, as that of a device that was unplugged.
 */
export function followed(
  open: (settings: InputSettings, occasion: Occasion) => Observable<Either<Fault, OpenMicrophone>>,
): Media['microphone'] {
  return settings$ =>
    new Observable<Either<Fault, MediaStreamTrack>>(subscriber => {
      let held: { readonly settings: InputSettings; readonly microphone: OpenMicrophone } | undefined;
      let opening: { readonly settings: InputSettings; readonly attempt: Subscription } | undefined;
      let volume = 1;

      const use = (settings: InputSettings, microphone: OpenMicrophone): void => {
        const former = held;
        held = { settings, microphone };
        subscriber.next(right(microphone.at?.(volume) ?? microphone.track));
        former?.microphone.release();
      };

      const turn = ({ track, at }: OpenMicrophone, changed: boolean): void => {
        if (at !== undefined) subscriber.next(right(at(volume)));
        else subscriber.next(changed ? left(fault('unsupported')) : right(track));
      };

      const follow = (settings: InputSettings): void => {
        const changed = settings.volume !== volume;
        volume = settings.volume;
        // A pending request for the same device and processing answers these settings too.
        if (opening !== undefined && sameDevice(opening.settings, settings)) return;
        opening?.attempt.unsubscribe();
        opening = undefined;
        if (held !== undefined && isOpen(held.microphone.track) && sameDevice(held.settings, settings)) {
          turn(held.microphone, changed);
          return;
        }
        const attempt = new Subscription();
        opening = { settings, attempt };
        attempt.add(
          // Newer settings cancel a pending request only if they need another device: a restart would show the permission
          // prompt again.
          open(settings, held === undefined ? 'first' : 'change').subscribe(result => {
            opening = undefined;
            if (isLeft(result)) subscriber.next(result);
            else use(settings, result.right);
          }),
        );
      };

      // The settings are this stream's source; both end together.
      const wishes = settings$.subscribe(follow);
      return () => {
        wishes.unsubscribe();
        opening?.attempt.unsubscribe();
        held?.microphone.release();
      };
    });
}

/** True while a track has its device. */
export function isOpen({ readyState }: MediaStreamTrack): boolean {
  return readyState !== 'ended';
}

/** True when two settings have equal device and processing; the volume needs no other track. */
export function sameDevice(a: InputSettings, b: InputSettings): boolean {
  return a.id === b.id && a.processing === b.processing;
}
