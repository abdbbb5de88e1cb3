import * as fc from 'fast-check';
import { map, NEVER, Subject, type Observable } from 'rxjs';
import { sharedContext } from '../../lib/browser/context.js';
import { createListener, loudness } from '../../lib/browser/level.js';
import { ringSamples } from '../../lib/browser/ring.js';
import { right, type Either } from '../../lib/core/either.js';
import type { Fault } from '../../lib/core/fault.js';
import type { OutputSettings } from '../../lib/media/model.js';
import type { Ear, Media } from '../../lib/media/port.js';
import { acts, marbles } from '../support/marbles.js';

/** A sine of this amplitude. */
const sine = (amplitude: number): number[] =>
  Array.from({ length: 2048 }, (_, index) => amplitude * Math.sin((2 * Math.PI * index) / 64));

describe('browser: loudness of samples', () => {
  it.each([
    ['silence', sine(0), 0],
    ['what is below the floor', sine(0.0005), 0],
    ['a whisper', sine(0.01), 0.28],
    ['a voice', sine(0.1), 0.62],
    ['the loudest sine', sine(1), 0.95],
    ['full scale', [1, -1, 1, -1], 1],
    ['nothing', [], 0],
  ])('of %s', (_, samples, level) => {
    expect(loudness(samples)).toBeCloseTo(level, 2);
  });

  it('is between 0 and 1, and grows with the sound', () => {
    const amplitude = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(amplitude, amplitude, (a, b) => {
        const [low, high] = [loudness(sine(Math.min(a, b))), loudness(sine(Math.max(a, b)))];
        expect(low >= 0 && high <= 1 && low <= high).toBe(true);
      }),
    );
  });
});

describe('browser: level source', () => {
  it('is a second of sound and two of silence, without a click, and never too loud', () => {
    const samples = [...ringSamples(8000)];
    expect(samples).toHaveLength(24_000);
    expect(loudness(samples.slice(800, 7200))).toBeGreaterThan(0.75);
    expect(loudness(samples.slice(8000))).toBe(0);
    expect(Math.max(...samples.map(Math.abs))).toBeLessThanOrEqual(0.5);
    const steps = samples.map((sample, index) => Math.abs(sample - (samples[index - 1] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.25);
  });
});

/** A stream that is nothing but as loud as it is. */
type Sounding = { readonly amplitude: number };
type Gain = { readonly gain: { value: number }; amplitude: number };
type Analyser = { readonly gains: Set<Gain> };

/** An AudioContext of streams which say themselves how loud they are: what is real is in the e2e. */
const contexts = () => {
  const told = { made: 0, closed: 0, plugged: 0 };
  const make = (): AudioContext => {
    told.made += 1;
    const context = {
      state: 'running',
      close: () => {
        told.closed += 1;
        return Promise.resolve();
      },
      createAnalyser: () => {
        const gains = new Set<Gain>();
        return {
          gains,
          fftSize: 2048,
          getFloatTimeDomainData: (samples: Float32Array) => {
            samples.set(sine([...gains].reduce((sum, { amplitude, gain }) => sum + amplitude * gain.value, 0)));
          },
        };
      },
      createGain: () => {
        const node = {
          gain: { value: 1 },
          amplitude: 0,
          connect: ({ gains }: Analyser) => gains.add(node),
          disconnect: () => undefined,
        };
        return node;
      },
      createMediaStreamSource: ({ amplitude }: Sounding) => {
        told.plugged += 1;
        return {
          connect: (node: Gain) => Object.assign(node, { amplitude }),
          disconnect: () => {
            told.plugged -= 1;
          },
        };
      },
    };
    return context as unknown as AudioContext;
  };
  return { make, told };
};

describe('browser level$', () => {
  beforeAll(() => {
    // A stream of one track is as loud as that track.
    Object.assign(globalThis, {
      MediaStream: function streamOf([track]: readonly Sounding[]) {
        return track;
      },
    });
  });
  afterAll(() => {
    Reflect.deleteProperty(globalThis, 'MediaStream');
  });

  const listened = () => {
    const { make, told } = contexts();
    const listener = createListener(sharedContext(make));
    const track$ = new Subject<Either<Fault, MediaStreamTrack>>();
    const media: Media = listener.on({
      microphone: () => track$,
      play: (_, settings$) => settings$.pipe(map(() => right(undefined))),
    });
    const level = (ear: Ear): Observable<string> => listener.level$(ear).pipe(map(loud => loud.toFixed(2)));
    const speak = (amplitude: number): void => {
      track$.next(right({ amplitude } as unknown as MediaStreamTrack));
    };
    return { told, media, level, speak };
  };
  const far = (amplitude: number): MediaStream => ({ amplitude }) as unknown as MediaStream;
  const values = { z: '0.00', m: '0.95', l: '0.62' };

  it('is that of the open microphone, whichever it is, and 0 when there is none', () => {
    const { told, media, level, speak } = listened();
    marbles(helpers => {
      const open = media.microphone(NEVER, 'c1').subscribe();
      acts(helpers, '10ms a 109ms b 79ms x', {
        a: () => {
          speak(1);
        },
        b: () => {
          speak(0.1);
        },
        x: () => {
          open.unsubscribe();
        },
      });
      const seen = '                                          ^ 299ms !';
      const loud = '                                          z 59ms m 49ms m 59ms l 29ms z';
      helpers.expectObservable(level({ side: 'input' }), seen).toBe(loud, values);
      helpers.expectObservable(level({ side: 'input', call: 'c1' }), seen).toBe(loud, values);
      helpers.expectObservable(level({ side: 'input', call: 'c2' }), seen).toBe('z', values);
      helpers.expectObservable(level({ side: 'output' }), seen).toBe('z', values);
    });
    expect(told).toEqual({ made: 1, closed: 1, plugged: 0 });
  });

  it('is that of what is played, as loud as it is played', () => {
    const { told, media, level } = listened();
    marbles(helpers => {
      const settings$ = helpers.cold<OutputSettings>('  a 99ms b 99ms c', {
        a: { volume: 1, muted: false },
        b: { volume: 0.1, muted: false },
        c: { volume: 1, muted: true },
      });
      const playing = media.play(far(1), settings$).subscribe();
      acts(helpers, '                            270ms x', {
        x: () => {
          playing.unsubscribe();
        },
      });
      const seen = '                             ^ 299ms !';
      // Muted after 200 ms, and over after 270.
      helpers
        .expectObservable(level({ side: 'output' }), seen)
        .toBe('                                  50ms m 99ms l 99ms z 19ms z', values);
    });
    expect(told).toEqual({ made: 1, closed: 1, plugged: 0 });
  });

  it('costs nothing while nobody looks', () => {
    const { told, media, speak } = listened();
    const open = media.microphone(NEVER).subscribe();
    speak(1);
    const playing = media.play(far(1), NEVER).subscribe();
    expect(told.made).toBe(0);
    open.unsubscribe();
    playing.unsubscribe();
  });
});
