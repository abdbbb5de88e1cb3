/** Sound of any rate as frames: one channel, 480 samples, 48 kHz. */
import { frameSize } from './clock.js';
import type { Frame } from './model.js';
import type { Sound } from './webrtc.js';

/**
 * Makes a frame of each 10 ms, in memory of its own: what is given is used again by its giver. The rate is that of the
 * codec and may change from one to the next.
 */
export function createFramer(): (sound: Sound) => Frame {
  let last = 0;
  return ({ samples, channelCount = 1 }) => {
    const one = channelCount === 1 ? samples : samples.filter((_, index) => index % channelCount === 0);
    const from = last;
    last = one[one.length - 1] ?? 0;
    return one.length === frameSize ? one.slice() : stretched(one, from);
  };
}

/** A straight line from each sample to the next, begun at the last one of the frame before. */
export function stretched(samples: Int16Array, from: number, size = frameSize): Frame {
  const step = samples.length / size;
  return Int16Array.from({ length: size }, (_, index) => {
    const at = (index + 1) * step - 1;
    const whole = Math.floor(at);
    const left = whole < 0 ? from : (samples[whole] ?? 0);
    return Math.round(left + ((samples[whole + 1] ?? left) - left) * (at - whole));
  });
}
