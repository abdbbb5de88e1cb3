/** Parties that are nobody: an echo and a tone. */
import { everyFrame, frameSize, rate } from './clock.js';
import type { Frame, Party } from './model.js';

type Listener = (frame: Frame) => void;

/** A party that is a program: `say` is heard by whoever listens. */
export function speaker(): { readonly hear: Party['hear']; readonly say: Listener } {
  const listeners = new Set<Listener>();
  return {
    hear: listener => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    say: frame => {
      for (const listener of listeners) listener(frame);
    },
  };
}

/** Says what it hears, frame by frame. */
export function echo(): Party {
  const { hear, say } = speaker();
  let saying = false;
  return {
    hear,
    play: frame => {
      // Two echoes would answer each other for ever.
      if (saying) return;
      saying = true;
      say(frame);
      saying = false;
    },
  };
}

/** A sine of so many hertz, until it is closed. It hears nothing. */
export function tone(hertz: number): Party & { readonly close: () => void } {
  const { hear, say } = speaker();
  let sent = 0;
  const close = everyFrame(() => {
    const start = sent;
    sent += frameSize;
    say(
      Int16Array.from({ length: frameSize }, (_, index) =>
        Math.round(9000 * Math.sin((2 * Math.PI * hertz * (start + index)) / rate)),
      ),
    );
  });
  return { hear, play: () => undefined, close };
}
