/** Queue of texts for each room: one text after the other. */
import type { Mixer } from './model.js';
import type { Speaking, Speech, Words } from './speech.js';

export interface SpeechQueue {
  /**
   * Says a text when those before it are done, or at once in the place of all of them. Resolves when it is over, also
   * when it was cut.
   */
  readonly say: (room: string, words: Words, queue?: boolean) => Promise<void>;
  readonly speaksIn: (room: string) => boolean;
  /** Stops the present text of a room and drops its queue. */
  readonly hush: (room: string) => void;
  readonly close: () => void;
}

interface Waiting {
  readonly words: Words;
  readonly done: () => void;
  speaking?: Speaking;
}

export function createSpeechQueue(speech: Speech, table: Mixer): SpeechQueue {
  /** The first of each queue is being spoken. */
  const rooms = new Map<string, Waiting[]>();

  function begin(room: string): void {
    const first = rooms.get(room)?.[0];
    if (!first) {
      rooms.delete(room);
      return;
    }
    const speaking = speech.say(first.words, table, room);
    first.speaking = speaking;
    const over = (): void => {
      if (rooms.get(room)?.[0] !== first) return;
      rooms.get(room)?.shift();
      first.done();
      begin(room);
    };
    speaking.done.then(over, over);
  }

  function hush(room: string): void {
    const all = rooms.get(room) ?? [];
    rooms.delete(room);
    for (const { speaking, done } of all) {
      speaking?.stop();
      done();
    }
  }

  return {
    say: (room, words, queue = true) =>
      new Promise(done => {
        if (!queue) hush(room);
        const waiting = rooms.get(room) ?? [];
        rooms.set(room, waiting);
        waiting.push({ words, done });
        if (waiting.length === 1) begin(room);
      }),
    speaksIn: room => rooms.has(room),
    hush,
    close: () => {
      for (const room of [...rooms.keys()]) hush(room);
    },
  };
}
