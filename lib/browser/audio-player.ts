import { distinctUntilChanged, Subject, type Observable } from 'rxjs';
import type { Playback } from '../media/model.js';
import type { Player, Stage } from '../rtc/playback.js';

/** All sounds of a page, and whether the autoplay policy allows them. */
export type AudioPlayer = Stage & {
  /**
   * Autoplay state after the latest attempt to play. Event.
   *
   *     begin      --b------g--     b  without a gesture of the person   g  within one
   *     playback$  ---b------a-     b  blocked                           a  allowed
   */
  readonly playback$: Observable<Playback>;
  /** Plays all blocked sounds in the caller's own stack. Emits true when all of them play. */
  readonly unlock: () => Promise<boolean>;
};

export function createAudioPlayer(thawed$: Stage['thawed$']): AudioPlayer {
  const told$ = new Subject<Playback>();
  const playing = new Set<Player>();
  const blocked = new Set<Player>();

  const begin = async (player: Player): Promise<void> => {
    playing.add(player);
    try {
      await player.play();
      blocked.delete(player);
      if (blocked.size === 0) told$.next('allowed');
    } catch (error) {
      // One that was given up meanwhile waits for no gesture.
      if (isBlock(error) && playing.has(player)) {
        blocked.add(player);
        told$.next('blocked');
      }
      throw error;
    }
  };

  return {
    playback$: told$.pipe(distinctUntilChanged()),
    begin,
    thawed$,
    leave: player => {
      playing.delete(player);
      blocked.delete(player);
      player.pause();
    },
    unlock: async () => {
      await Promise.allSettled([...blocked].map(begin));
      return blocked.size === 0;
    },
  };
}

/** https://html.spec.whatwg.org/multipage/media.html#dom-media-play */
function isBlock(error: unknown): boolean {
  return (error as { readonly name?: unknown } | undefined)?.name === 'NotAllowedError';
}
