import { map, Subject, tap, type Observable } from 'rxjs';
import { isLeft, isRight, right, type Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Media } from '../media/port.js';
import { microphoneOf } from '../rtc/media.js';
import { constraintsOf, followed, userMedia$, type OpenMicrophone, type UserMedia } from '../rtc/microphone.js';

/** The microphones that a page has opened. */
export type Opener = {
  /** Id of an opened microphone, where the platform has it. Event. */
  readonly opened$: Observable<string | undefined>;
  /** One has ended by itself: it was unplugged, or it may not be used any more. Event. */
  readonly ended$: Observable<string | undefined>;
  /** One stream from the platform, as `userMedia$`. */
  readonly open$: (constraints: MediaStreamConstraints) => Observable<Either<Fault, MediaStream>>;
  readonly microphone: Media['microphone'];
};

export function createOpener(ask: UserMedia, amplified: (microphone: OpenMicrophone) => OpenMicrophone): Opener {
  const opened$ = new Subject<string | undefined>();
  const ended$ = new Subject<string | undefined>();

  const open$ = (constraints: MediaStreamConstraints): Observable<Either<Fault, MediaStream>> =>
    userMedia$(ask, constraints).pipe(
      tap(result => {
        if (isRight(result)) opened$.next(result.right.getAudioTracks()[0]?.getSettings().deviceId);
      }),
    );

  /** The microphone, whose `ended` event is observed; releasing it emits none. */
  const watched = ({ track, release, ...rest }: OpenMicrophone): OpenMicrophone => {
    const end = (): void => {
      ended$.next(track.getSettings().deviceId);
    };
    track.addEventListener('ended', end);
    return {
      ...rest,
      track,
      release: () => {
        track.removeEventListener('ended', end);
        release();
      },
    };
  };

  return {
    opened$,
    ended$,
    open$,
    microphone: followed((settings, occasion) =>
      open$(constraintsOf(settings, occasion)).pipe(
        map(microphoneOf),
        map(opened => (isLeft(opened) ? opened : right(amplified(watched(opened.right))))),
      ),
    ),
  };
}
