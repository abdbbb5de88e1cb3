/** Text to speech by `espeak-ng`, an optional program. */
import { everyFrame, frameSize, silence } from './clock.js';
import type { Mixer, Frame } from './model.js';
import { speaker } from './audio-sources.js';
import { synthesize } from './synthesis.js';

/** A text and its voice. */
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

/** A text that is being spoken. */
export interface Speaking {
  /** `silent` when no sound was played: no espeak-ng, an empty text, or stopped before the start. Never rejects. */
  readonly done: Promise<'spoken' | 'silent'>;
  readonly stop: () => void;
}

export interface Speech {
  /** Speaks to a room at once; the caller queues texts. */
  readonly say: (words: Words, table: Mixer, room: string) => Speaking;
}

export interface SpeechSettings {
  readonly log: (line: string) => void;
  readonly command?: string;
}

/** Frames of silence after a text, for listeners that buffer. */
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
  readonly table: Mixer;
  readonly room: string;
  readonly signal: AbortSignal;
}

/** Resolves after the last repetition, or when it is stopped. */
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
