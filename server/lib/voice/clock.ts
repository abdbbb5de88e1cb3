/** The clock of everything that is played in this process: frames of 10 ms. */
import type { Frame } from './model.js';

/** Samples a second. */
export const rate = 48_000;
export const frameSize = 480;
const frameMs = 10;

/** After a longer stall than so many frames the past is skipped, not made up for. */
const maxStalledFrames = 5;

/** A shared frame of silence; a frame is written by its owner only. */
export const silence: Frame = new Int16Array(frameSize);

/** Calls `tick` for every 10 ms that have passed, because timers are late. The result ends that. */
export function everyFrame(tick: () => void): () => void {
  const start = performance.now();
  let done = 0;
  let over = false;
  const timer = setInterval(() => {
    const due = Math.floor((performance.now() - start) / frameMs);
    done = Math.max(done, due - maxStalledFrames);
    while (done < due && !over) {
      done += 1;
      tick();
    }
  }, frameMs);
  return () => {
    over = true;
    clearInterval(timer);
  };
}
