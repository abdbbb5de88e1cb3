import { defer, EMPTY, finalize, from, fromEvent, map, startWith, switchMap, type Observable } from 'rxjs';
import { left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { OutputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';

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

/** How players are begun and given up, for whoever has to know which of them the platform keeps silent. */
export type Stage = {
  readonly begin: (player: Player) => Promise<void>;
  readonly leave: (player: Player) => void;
  /** Event. The page was frozen and is not any more: what it played is paused. https://wicg.github.io/page-lifecycle */
  readonly thawed$: Observable<unknown>;
};

/** Cold: it listens while somebody does. */
export const thawsOf = (page: () => EventTarget | undefined): Observable<unknown> =>
  defer(() => {
    const here = page();
    return here === undefined ? EMPTY : fromEvent(here, 'resume');
  });

const openStage: Stage = {
  begin: player => player.play(),
  leave: player => {
    player.pause();
  },
  thawed$: thawsOf(() => (typeof document === 'undefined' ? undefined : document)),
};

/** One stream in one audio element that follows its settings (`Media.play`). */
export const played =
  (makePlayer: () => Player, stage: Stage = openStage): Media['play'] =>
  (stream, settings$) =>
    defer(() => {
      const player = makePlayer();
      player.srcObject = stream;
      return playing(player, settings$, stage).pipe(
        finalize(() => {
          player.srcObject = null;
        }),
      );
    });

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
export const playing = (
  player: Player,
  settings$: Observable<OutputSettings>,
  { begin, leave, thawed$ }: Stage = openStage,
): Observable<Either<Fault, undefined>> =>
  defer(() => {
    let starting: Promise<void> | undefined;
    let sink = '';
    let turn: Promise<unknown> = Promise.resolve();

    const start = (): Promise<void> => {
      if (starting !== undefined && !player.paused) return starting;
      const started = begin(player);
      starting = started;
      // Once it was refused, whoever asks next begins anew.
      started.catch(() => {
        if (starting === started) starting = undefined;
      });
      return started;
    };

    // One after the other: a choice that is taken back must not come true because it was slower.
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
      // A loudspeaker that cannot be chosen is no reason for silence: so it plays, whatever becomes of the choice.
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
