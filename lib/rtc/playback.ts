import {
  defer,
  EMPTY,
  finalize,
  from,
  fromEvent,
  map,
  startWith,
  switchMap,
  type Observable,
  BehaviorSubject,
  Subject,
  filter,
  merge,
  of,
  take,
  type Subscription,
} from 'rxjs';
import { left, right, type Either, isLeft } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { OutputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';
import type { Failure } from '../core/port.js';
import { ofFault } from './failure.js';

/** The part of an audio element that is used here. */
export interface Player {
  srcObject: unknown;
  volume: number;
  muted: boolean;
  readonly paused: boolean;
  play(): Promise<void>;
  pause(): void;
  /** Absent in browsers that cannot choose a loudspeaker. */
  readonly setSinkId?: (id: string) => Promise<void>;
}

/** Starts and stops audio elements. An implementation can keep those that the autoplay policy has blocked. */
export type Stage = {
  readonly begin: (player: Player) => Promise<void>;
  readonly leave: (player: Player) => void;
  /** Emits at the page's `resume` event: the frozen page has paused its audio elements. Page Lifecycle. */
  readonly thawed$: Observable<unknown>;
};

/** The page's `resume` events. Cold; the listener exists while subscribed. */
export function thawsOf(page: () => EventTarget | undefined): Observable<unknown> {
  return defer(() => {
    const here = page();
    return here === undefined ? EMPTY : fromEvent(here, 'resume');
  });
}

const openStage: Stage = {
  begin: player => player.play(),
  leave: player => {
    player.pause();
  },
  thawed$: thawsOf(() => (typeof document === 'undefined' ? undefined : document)),
};

/** One stream in one audio element that follows its settings (`Media.play`). */
export function played(makePlayer: () => Player, stage: Stage = openStage): Media['play'] {
  return (stream, settings$) =>
    defer(() => {
      const player = makePlayer();
      player.srcObject = stream;
      return playing(player, settings$, stage).pipe(
        finalize(() => {
          player.srcObject = null;
        }),
      );
    });
}

/**
 * A player that follows its settings, until it is unsubscribed.
 *
 *     settings   a---b-----------
 *     thawed     -----------t----
 *     result     -R---L------L---      L  no such loudspeaker: it plays on where it played
 *
 * The latest settings win. Volume and muting take effect at once; `Right` comes when the platform plays, so a browser
 * that wants a gesture first gives `output-failed`, and the next settings try again. A page that was frozen begins anew.
 */
export function playing(
  player: Player,
  settings$: Observable<OutputSettings>,
  { begin, leave, thawed$ }: Stage = openStage,
): Observable<Either<Fault, undefined>> {
  return defer(() => {
    let starting: Promise<void> | undefined;
    let sink = '';
    let turn: Promise<unknown> = Promise.resolve();

    const start = (): Promise<void> => {
      if (starting !== undefined && !player.paused) return starting;
      const started = begin(player);
      starting = started;
      // A rejected `play` is not cached: the next start calls it again.
      started.catch(() => {
        if (starting === started) starting = undefined;
      });
      return started;
    };

    // One setSinkId at a time: a slow one cannot overwrite a later choice.
    const route = (id: string): Promise<unknown> => {
      const routed = turn.then(async () => {
        if (id !== sink) await player.setSinkId?.(id);
        sink = id;
      });
      turn = routed.catch(() => undefined);
      return routed;
    };

    const apply = async ({ id = '', volume, muted }: OutputSettings): Promise<Either<Fault, undefined>> => {
      player.volume = volume;
      player.muted = muted;
      // `play` and setSinkId run in parallel; a refused device does not stop playback on the present one.
      const [started, routed] = await Promise.allSettled([start(), route(id)]);
      if (started.status === 'rejected') return left(fault('output-failed', { cause: started.reason }));
      if (routed.status === 'rejected') return left(fault('output-failed', { cause: routed.reason }));
      return id !== '' && player.setSinkId === undefined ? left(fault('unsupported')) : right(undefined);
    };

    return settings$.pipe(
      switchMap(settings =>
        thawed$.pipe(
          startWith(undefined),
          map(() => settings),
        ),
      ),
      switchMap(settings => from(apply(settings))),
      finalize(() => {
        leave(player);
      }),
    );
  });
}

/** Playback of a connection's remote track, with its output settings. */
export interface Loudspeaker {
  /** Plays this track from now on. A second track is not mixed in. */
  play(track: MediaStreamTrack, streams: readonly MediaStream[]): void;
  /** Before anything is played, only remembered. */
  change(output: OutputSettings): Observable<Either<Failure, undefined>>;
  close(): void;
}

type Around = { readonly output: OutputSettings; readonly call?: string | undefined };

/** Receives playback failures that no pending `change` reports; the call continues. */
export function createLoudspeaker(
  media: Media,
  { output, call }: Around,
  fail: (failure: Failure) => void,
): Loudspeaker {
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
        fail({ fault: fault('output-failed', { message: 'There is no MediaStream.' }) });
        return;
      }
      // The subscription to `Media.play` belongs to the loudspeaker and ends at `close`.
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
}

/**
 * A stream with this track alone: remote streams change on hold, or have no msid. Node has no constructor for it and uses
 * the first remote stream.
 */
function streamOf(track: MediaStreamTrack, streams: readonly MediaStream[]): MediaStream | undefined {
  return typeof MediaStream === 'undefined' ? streams[0] : new MediaStream([track]);
}
