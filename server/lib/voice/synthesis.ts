/** Words as sound: one run of `espeak-ng`, which reads from its input and writes WAV to its output. */
import { spawn } from 'node:child_process';
import { rate } from './clock.js';
import { stretched } from './frames.js';
import { voiceOf } from './voices.js';
import { parseWav } from './wav.js';

interface Wanted {
  readonly text: string;
  readonly ssml: boolean;
  readonly voice?: string;
}

interface Around {
  readonly signal: AbortSignal;
  /** There is no such program, or it can't be run. */
  readonly missing: () => void;
}

/** How long it may take, in ms. */
const patience = 30_000;
/** About ten minutes of speech. */
const mostBytes = 30_000_000;

/** Samples at 48 kHz; none when the text cannot be spoken or was stopped. Never rejects. */
export function synthesize(command: string, words: Wanted, { signal, missing }: Around): Promise<Int16Array> {
  return new Promise(resolve => {
    const { text, ssml, voice } = words;
    const options = ['--stdin', '--stdout', '-v', voiceOf(voice), ...(ssml ? ['-m'] : [])];
    const end = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    const child = spawn(command, options, { stdio: ['pipe', 'pipe', 'ignore'], signal: end });
    const chunks: Buffer[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostBytes) child.kill();
    });
    child.on('error', error => {
      if (error.name !== 'AbortError') missing();
      resolve(new Int16Array(0));
    });
    child.on('close', () => {
      resolve(end.aborted ? new Int16Array(0) : soundOf(Buffer.concat(chunks)));
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(ssml ? harmless(text) : text);
  });
}

/** Allowed SSML elements. Others name files, which espeak-ng would open for any caller. */
const manner = /^<\/?(?:speak|p|s|break|emphasis|prosody|say-as|sub)(?=[ \t\r\n/>])[^<>]*>$/i;

function harmless(ssml: string): string {
  return ssml.replace(/<[^<>]*>?/g, tag => (manner.test(tag) ? tag : ' '));
}

function soundOf(wav: Buffer): Int16Array {
  const recording = parseWav(wav);
  if (!recording) return new Int16Array(0);
  return stretched(recording.samples, 0, Math.round((recording.samples.length * rate) / recording.rate));
}
