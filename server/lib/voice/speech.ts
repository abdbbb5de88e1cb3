/** Speech in a room: words become sound by `espeak-ng`, a program that may be installed or not. */
import { everyFrame, frameSize, silence } from './clock.js';
import type { CopyTable, Frame } from './model.js';
import { speaker } from './audio-sources.js';
import { synthesize } from './synthesis.js';

/** What is to be said, and how. */
export interface Words {
  /** Text, or a document of SSML. */
  readonly text: string;
  readonly ssml: boolean;
  /** From -1, which is silent, by 0, as spoken, to 1, which is twice as loud. */
  readonly level: number;
  /** How often; 0 is until it is stopped. */
  readonly loop: number;
  /** The name of a hosted voice; any other is plain English. */
  readonly voice?: string;
}

/** Words that are being said. */
export interface Speaking {
  /** `silent` when nobody heard anything: no espeak-ng, no sound in the words, or stopped before it began. Never rejects. */
  readonly done: Promise<'spoken' | 'silent'>;
  readonly stop: () => void;
}

export interface Speech {
  /** Says it to everybody in the room, at once; who waits for whom is the caller's affair. */
  readonly say: (words: Words, table: CopyTable, room: string) => Speaking;
}

export interface SpeechSettings {
  readonly log: (line: string) => void;
  readonly command?: string;
}

/** So many frames of silence follow, for those who hear by a queue. */
const rest = 10;

export function createSpeech({ log, command = 'espeak-ng' }: SpeechSettings): Speech {
  let told = false;

  function missing(): void {
    if (!told) log(`say is silent: there is no ${command} here (Debian: apt-get install espeak-ng)`);
    told = true;
  }

  return {
    say: (words, table, room) => {
      const stopped = new AbortController();
      const { signal } = stopped;
      const done = synthesize(command, words, { signal, missing }).then(async sound => {
        if (sound.length === 0 || signal.aborted) return 'silent';
        await play(framed(sound, gainOf(words.level)), words.loop, { table, room, signal });
        return 'spoken';
      });
      return {
        done,
        stop: () => {
          stopped.abort();
        },
      };
    },
  };
}

interface Stage {
  readonly table: CopyTable;
  readonly room: string;
  readonly signal: AbortSignal;
}

/** Resolves when it was said so often, or when it is stopped. */
function play(frames: readonly Frame[], loop: number, { table, room, signal }: Stage): Promise<void> {
  return new Promise(resolve => {
    const { hear, say } = speaker();
    const seat = table.enter(room, { hear, play: () => undefined });
    const last = loop > 0 ? loop * frames.length + rest : Infinity;
    let said = 0;
    const end = (): void => {
      stopClock();
      signal.removeEventListener('abort', end);
      seat.leave();
      resolve();
    };
    const stopClock = everyFrame(() => {
      const speaks = loop === 0 || said < loop * frames.length;
      say((speaks ? frames[said % frames.length] : undefined) ?? silence);
      said += 1;
      if (said >= last) end();
    });
    signal.addEventListener('abort', end);
  });
}

function gainOf(level: number): number {
  return 1 + Math.max(-1, Math.min(1, level));
}

function framed(sound: Int16Array, gain: number): readonly Frame[] {
  const loud = sound.map(sample => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))));
  return Array.from({ length: Math.ceil(loud.length / frameSize) }, (_, index) => {
    const frame = new Int16Array(frameSize);
    frame.set(loud.subarray(index * frameSize, (index + 1) * frameSize));
    return frame;
  });
}
