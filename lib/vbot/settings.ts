import type { VBotInput, VBotInputChange, VBotOutput, VBotOutputChange } from './model.js';

/** The settings of one side as they are now; of a loudspeaker, `audioProcessing` says nothing. */
type Present = {
  readonly id: string | undefined;
  readonly volume: number;
  readonly audioProcessing: boolean;
  readonly muted: boolean;
};

/** Accessors over `read` and `write`. */
export function inputOf(read: () => Present, write: (change: VBotInputChange) => unknown): VBotInput {
  return Object.freeze({
    get id() {
      return read().id;
    },
    set id(id) {
      write({ id });
    },
    get volume() {
      return read().volume;
    },
    set volume(volume) {
      write({ volume });
    },
    get audioProcessing() {
      return read().audioProcessing;
    },
    set audioProcessing(audioProcessing) {
      write({ audioProcessing });
    },
    get muted() {
      return read().muted;
    },
    set muted(muted) {
      write({ muted });
    },
  });
}

/** The same for a loudspeaker. */
export function outputOf(
  read: () => Omit<Present, 'audioProcessing'>,
  write: (change: VBotOutputChange) => unknown,
): VBotOutput {
  return Object.freeze({
    get id() {
      return read().id;
    },
    set id(id) {
      write({ id });
    },
    get volume() {
      return read().volume;
    },
    set volume(volume) {
      write({ volume });
    },
    get muted() {
      return read().muted;
    },
    set muted(muted) {
      write({ muted });
    },
  });
}
