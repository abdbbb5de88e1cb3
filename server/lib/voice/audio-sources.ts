/** Parties without a person: echo and tone. */
import { everyFrame, frameSize, rate } from './clock.js';
import type { Frame, Party } from './model.js';

type Listener = (frame: Frame) => void;

/** A party whose sound is passed to `say`. */
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

/** Sends each frame back. */
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

/** A sine wave until it is closed. */
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
