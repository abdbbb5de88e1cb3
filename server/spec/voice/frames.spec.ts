import { createFramer } from '../../lib/voice/frames.js';
import { levelIn } from '../support/caller.js';

const sine = (hertz: number, rate: number, from: number): Int16Array =>
  Int16Array.from({ length: rate / 100 }, (_, i) =>
    Math.round(8000 * Math.sin((2 * Math.PI * hertz * (from + i)) / rate)),
  );

describe('server voice: frames of any sample rate', () => {
  it.each([8000, 16_000, 22_050 - 50, 32_000, 44_100, 48_000])('%d Hz is the same tone as frames', rate => {
    const frame = createFramer();
    const frames = Array.from({ length: 5 }, (_, index) =>
      frame({ samples: sine(400, rate, (index * rate) / 100), sampleRate: rate }),
    );
    for (const one of frames) {
      expect(one.length).toBe(480);
      expect(levelIn(one)(400)).toBeGreaterThan(0.23);
    }
    const steps = frames
      .flatMap(one => [...one])
      .slice(480)
      .map((sample, i, all) => Math.abs(sample - (all[i - 1] ?? sample)));
    // No click where one frame ends and the next begins: a sine of 400 Hz never moves further in a sample.
    expect(Math.max(...steps)).toBeLessThan(450);
  });

  it('of two channels is the first of them', () => {
    const samples = Int16Array.from({ length: 960 }, (_, index) => (index % 2 === 0 ? 5 : 9));
    expect(createFramer()({ samples, sampleRate: 48_000, channelCount: 2 })).toEqual(new Int16Array(480).fill(5));
  });

  it('is copied: what is given is written over later', () => {
    const samples = new Int16Array(480).fill(5);
    const frame = createFramer()({ samples, sampleRate: 48_000 });
    samples.fill(9);
    expect(frame).toEqual(new Int16Array(480).fill(5));
  });

  it('that is none is silence', () => {
    expect(createFramer()({ samples: new Int16Array(0), sampleRate: 48_000 })).toEqual(new Int16Array(480));
  });
});
