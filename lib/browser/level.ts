import { BehaviorSubject, defer, distinctUntilChanged, finalize, interval, map, of, switchMap, tap } from 'rxjs';
import type { Observable } from 'rxjs';
import { isRight } from '../core/either.js';
import type { Ear, Media } from '../media/port.js';
import type { SharedContext } from './context.js';

/** Something that sounds: an open microphone, or what is played. */
type Source = Ear & { readonly stream: () => MediaStream; readonly volume: number };

/** Knows everything that sounds on a page, and how loud it is. */
export type Listener = {
  /** The same media, listened to. */
  readonly on: (media: Media) => Media;
  /** From 0 to 1, every 50 ms while something sounds, 0 once when nothing does. Cold; looks only while watched. */
  readonly level$: (ear: Ear) => Observable<number>;
};

export function createListener(context: SharedContext): Listener {
  const source$ = new BehaviorSubject<readonly Source[]>([]);

  /** A slot for the track that plays now. */
  const takePlace = (): { readonly sound: (source: Source | undefined) => void } => {
    let mine: Source | undefined;
    return {
      sound: source => {
        const others = source$.value.filter(other => other !== mine);
        mine = source;
        source$.next(source === undefined ? others : [...others, source]);
      },
    };
  };

  const on = (media: Media): Media => ({
    microphone: (settings$, call) =>
      defer(() => {
        const { sound } = takePlace();
        return media.microphone(settings$, call).pipe(
          tap(result => {
            if (!isRight(result)) return;
            const track = result.right;
            sound({ side: 'input', ...callOf(call), stream: () => new MediaStream([track]), volume: 1 });
          }),
          finalize(() => {
            sound(undefined);
          }),
        );
      }),
    play: (stream, settings$, call) =>
      defer(() => {
        const { sound } = takePlace();
        const heard$ = settings$.pipe(
          tap(({ volume, muted }) => {
            sound({ side: 'output', ...callOf(call), stream: () => stream, volume: muted ? 0 : volume });
          }),
        );
        return media.play(stream, heard$, call).pipe(
          finalize(() => {
            sound(undefined);
          }),
        );
      }),
  });

  const level$ = ({ side, call }: Ear): Observable<number> =>
    defer(() => {
      let entered: AudioContext | undefined;
      return source$.pipe(
        map(sources => sources.filter(one => one.side === side && (call === undefined || one.call === call))),
        distinctUntilChanged((a, b) => a.length === b.length && a.every((source, index) => source === b[index])),
        // The analyser follows the track that plays now.
        switchMap(sources => (sources.length === 0 ? of(0) : measured((entered ??= context.enter()), sources))),
        finalize(() => {
          if (entered !== undefined) context.leave();
        }),
      );
    });

  return { on, level$ };
}

function callOf(call: string | undefined): { readonly call?: string } {
  return call === undefined ? {} : { call };
}

/** The loudness of these together, twenty times a second. */
function measured(context: AudioContext, sources: readonly Source[]): Observable<number> {
  return defer(() => {
    const analyser = context.createAnalyser();
    const samples = new Float32Array(analyser.fftSize);
    const nodes = sources.map(({ stream, volume }) => {
      const source = context.createMediaStreamSource(stream());
      const gain = context.createGain();
      gain.gain.value = volume;
      source.connect(gain).connect(analyser);
      return [source, gain];
    });
    return interval(50).pipe(
      map(() => {
        analyser.getFloatTimeDomainData(samples);
        return loudness(samples);
      }),
      finalize(() => {
        nodes.flat().forEach(node => {
          node.disconnect();
        });
      }),
    );
  });
}

/** Silence threshold in dBFS. */
const floor = -60;

/** The root mean square of samples from -1 to 1, in decibels, from 0 for the floor to 1 for full scale. */
export function loudness(samples: ArrayLike<number>): number {
  const square = Array.from(samples).reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  const decibels = 10 * Math.log10(square);
  return Math.min(1, Math.max(0, 1 - decibels / floor));
}
