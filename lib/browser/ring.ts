import {
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  map,
  ReplaySubject,
  switchMap,
  type Observable,
} from 'rxjs';
import { isLeft, type Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { OutputSettings } from '../media/model.js';
import type { DeviceReport } from '../media/port.js';
import { played, playing, type Stage } from '../rtc/playback.js';
import type { SharedContext } from './context.js';
import type { Platform } from './platform.js';

/** Source of the ringing sound: a URL, or a generated tone. */
export type Ring = string | true;

/**
 * Rings as long as it is wished, on the loudspeaker that is wished.
 *
 *     wish    --a--b--u--      a  on this loudspeaker  b  on that one  u  not any more
 *     ring    --r-----x--
 *     report  -----f-----      f  there is no such loudspeaker: it rings on where it rang
 *
 * Unsubscribing makes it silent.
 */
export function rung(
  wish$: Observable<OutputSettings | undefined>,
  ring: (settings$: Observable<OutputSettings>) => Observable<Either<Fault, undefined>>,
): Observable<DeviceReport> {
  return wish$.pipe(
    connect(
      shared$ =>
        shared$.pipe(
          map(wish => wish !== undefined),
          distinctUntilChanged(),
          // The latest settings apply.
          switchMap(on => (on ? ring(shared$.pipe(filter(wish => wish !== undefined))) : EMPTY)),
        ),
      // A ring that starts reads the settings at its start.
      { connector: () => new ReplaySubject(1) },
    ),
    filter(isLeft),
    map(({ left }) => ({ _tag: 'fault', fault: left })),
  );
}

/** This ring on this platform. */
export function ringOf({ makePlayer }: Pick<Platform, 'makePlayer'>, ring: Ring, stage: Stage, context: SharedContext) {
  return (settings$: Observable<OutputSettings>): Observable<Either<Fault, undefined>> =>
    defer(() => {
      if (ring !== true) return playing(makePlayer(ring), settings$, stage);
      const tone = toned(context.enter());
      return played(makePlayer, stage)(tone.stream, settings$).pipe(
        finalize(() => {
          tone.stop();
          context.leave();
        }),
      );
    });
}

function toned(context: AudioContext): { readonly stream: MediaStream; readonly stop: () => void } {
  const samples = ringSamples(context.sampleRate);
  const buffer = context.createBuffer(1, samples.length, context.sampleRate);
  buffer.copyToChannel(samples, 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.loop = true;
  const output = context.createMediaStreamDestination();
  source.connect(output);
  source.start();
  return {
    stream: output.stream,
    stop: () => {
      source.stop();
      source.disconnect();
    },
  };
}

/** Seconds of sound and of silence, the two tones in hertz, and how long the sound takes to swell and to fade. */
const cadence = { on: 1, off: 2, tones: [440, 480], edge: 0.02 } as const;

/** One round of the ring: two tones together, then silence; never louder than half of full scale. */
export function ringSamples(rate: number): Float32Array<ArrayBuffer> {
  const { on, off, tones, edge } = cadence;
  return Float32Array.from({ length: Math.round((on + off) * rate) }, (_, index) => {
    const at = index / rate;
    const envelope = Math.max(0, Math.min(1, at / edge, (on - at) / edge));
    const sum = tones.reduce((total, hertz) => total + Math.sin(2 * Math.PI * hertz * at), 0);
    return (envelope * sum) / (2 * tones.length);
  });
}
