import { Subject, type Observable } from 'rxjs';
import { isLeft, left, right, type Either } from '../../lib/core/either.js';
import { fault, type Fault } from '../../lib/core/fault.js';
import type { OutputSettings } from '../../lib/media/model.js';
import type { Media } from '../../lib/media/port.js';
import { createLoudspeaker } from '../../lib/rtc/playback.js';

const full: OutputSettings = { volume: 1, muted: false };
const half: OutputSettings = { volume: 0.5, muted: false };

/** A `Media` whose sound is under the spec's hand. */
const speaker = () => {
  const heard: OutputSettings[] = [];
  const result$ = new Subject<Either<Fault, undefined>>();
  const wishes: Observable<OutputSettings>[] = [];
  const media: Media = {
    microphone: () => new Subject(),
    play: (_, settings$) => {
      wishes.push(settings$);
      settings$.subscribe(settings => heard.push(settings));
      return result$;
    },
  };
  const faults: string[] = [];
  const loudspeaker = createLoudspeaker(media, { output: full }, ({ fault: { code } }) => faults.push(code));
  const ask = (output: OutputSettings): string[] => {
    const told: string[] = [];
    loudspeaker.change(output).subscribe({
      next: result => told.push(isLeft(result) ? result.left.fault.code : 'plays'),
      complete: () => told.push('over'),
    });
    return told;
  };
  const play = (): void => {
    loudspeaker.play({} as MediaStreamTrack, [{} as MediaStream]);
  };
  return { loudspeaker, heard, result$, wishes, faults, ask, play };
};

describe('rtc loudspeaker', () => {
  it('remembers what is asked before there is something to play', () => {
    const { heard, ask, play } = speaker();
    expect(ask(half)).toEqual(['plays', 'over']);
    play();
    expect(heard).toEqual([half]);
  });

  it('answers who asked with what became of it, and who was overtaken with the later answer', () => {
    const { result$, ask, play } = speaker();
    play();
    const [first, second] = [ask(half), ask(full)];
    expect([...first, ...second]).toEqual([]);
    result$.next(right(undefined));
    expect([first, second]).toEqual([
      ['plays', 'over'],
      ['plays', 'over'],
    ]);
    const third = ask(half);
    result$.next(left(fault('output-failed')));
    expect(third).toEqual(['output-failed', 'over']);
  });

  it('tells as a fault what nobody asked for', () => {
    const { result$, faults, play } = speaker();
    play();
    result$.next(left(fault('output-failed')));
    expect(faults).toEqual(['output-failed']);
  });

  it('plays one track once, until it is closed', () => {
    const { loudspeaker, result$, wishes, play } = speaker();
    play();
    play();
    expect(wishes).toHaveLength(1);
    loudspeaker.close();
    expect(result$.observed).toBe(false);
  });

  it('says so where the platform has no stream to play', () => {
    expect(typeof globalThis.MediaStream).toBe('undefined');
    const { loudspeaker, faults, wishes } = speaker();
    loudspeaker.play({} as MediaStreamTrack, []);
    expect(faults).toEqual(['output-failed']);
    expect(wishes).toHaveLength(0);
  });
});
