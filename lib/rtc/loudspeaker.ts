import {
  BehaviorSubject,
  EMPTY,
  Subject,
  defer,
  filter,
  map,
  merge,
  of,
  take,
  type Observable,
  type Subscription,
} from 'rxjs';
import { isLeft, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import type { OutputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';
import { ofFault } from './failure.js';

/** The far side's half of a peer's sound: its track, and how it is played. */
export interface Loudspeaker {
  /** Plays this track from now on. A second track is not mixed in. */
  play(track: MediaStreamTrack, streams: readonly MediaStream[]): void;
  /** Before anything is played, only remembered. */
  change(output: OutputSettings): Observable<Either<Failure, undefined>>;
  close(): void;
}

type Around = { readonly output: OutputSettings; readonly call?: string | undefined };

/** `fail` hears what became of playing that nobody waited for: survived. */
export const createLoudspeaker = (
  media: Media,
  { output, call }: Around,
  fail: (failure: Failure) => void,
): Loudspeaker => {
  const settings$ = new BehaviorSubject(output);
  const answer$ = new Subject<{ readonly asked: number; readonly result: Either<Fault, undefined> }>();
  let asked = 0;
  let answered = 0;
  let running: Subscription | undefined;

  const answer = (result: Either<Fault, undefined>): void => {
    if (asked > answered) {
      answered = asked;
      answer$.next({ asked, result });
    } else if (isLeft(result)) fail({ fault: result.left });
  };

  return {
    play: (track, streams) => {
      if (running !== undefined) return;
      const stream = streamOf(track, streams);
      if (stream === undefined) {
        fail({ fault: fault('output-failed', { message: 'There is no MediaStream here to play.' }) });
        return;
      }
      // Owned by the peer until `close`, whoever changes the settings.
      running = media.play(stream, settings$, call).subscribe(answer);
    },
    change: next =>
      defer(() => {
        if (running === undefined) {
          settings$.next(next);
          return of(right(undefined));
        }
        const mine = (asked += 1);
        const begin$ = defer(() => {
          settings$.next(next);
          return EMPTY;
        });
        const result$ = answer$.pipe(
          filter(given => given.asked >= mine),
          map(({ result }) => (isLeft(result) ? ofFault(result.left) : result)),
        );
        return merge(result$, begin$).pipe(take(1));
      }),
    close: () => {
      running?.unsubscribe();
    },
  };
};

/**
 * A stream of our own: the far side's comes and goes with its holds, and a gateway names none. In Node, where the
 * platform has no streams to be made, theirs.
 */
const streamOf = (track: MediaStreamTrack, streams: readonly MediaStream[]): MediaStream | undefined =>
  typeof MediaStream === 'undefined' ? streams[0] : new MediaStream([track]);
