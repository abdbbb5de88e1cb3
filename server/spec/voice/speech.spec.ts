import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Frame, Party } from '../../lib/voice/model.js';
import { createSpeech, type Words } from '../../lib/voice/speech.js';
import { createMixer } from '../../lib/voice/mixer.js';
import { parseWav } from '../../lib/voice/wav.js';
import { levelIn } from '../support/caller.js';

const words: Words = { text: 'one', ssml: false, level: 0, loop: 1 };
const installed = (process.env['PATH'] ?? '').split(delimiter).some(at => existsSync(join(at, 'espeak-ng')));
const folder = mkdtempSync(join(tmpdir(), 'callstream-speech-'));

/** A program that is called as espeak-ng is, notes what it was told, and says 400 Hz for 0.2 s by its kind of WAV. */
const program = (name: string): { readonly command: string; readonly told: () => string } => {
  const [command, notes] = [join(folder, name), join(folder, `${name}.txt`)];
  writeFileSync(
    command,
    `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
writeFileSync(${JSON.stringify(notes)}, process.argv.slice(2).join(' ') + '\\n' + readFileSync(0, 'utf8'));
const head = Buffer.alloc(44);
head.write('RIFF....WAVEfmt ');
head.writeUInt32LE(16, 16);
head.writeUInt16LE(1, 20);
head.writeUInt16LE(1, 22);
head.writeUInt32LE(22050, 24);
head.writeUInt32LE(44100, 28);
head.writeUInt16LE(2, 32);
head.writeUInt16LE(16, 34);
head.write('data', 36);
head.writeUInt32LE(0x7ffff000, 40);
const sound = Int16Array.from({ length: 4410 }, (_, i) => 8000 * Math.sin((2 * Math.PI * 400 * i) / 22050));
process.stdout.write(Buffer.concat([head, Buffer.from(sound.buffer)]));
`,
  );
  chmodSync(command, 0o755);
  return { command, told: () => readFileSync(notes, 'utf8') };
};

const listener = (): Party & { readonly heard: readonly Frame[]; readonly until: (count: number) => Promise<void> } => {
  const heard: Frame[] = [];
  const waiting = new Set<(frame: Frame) => void>();
  return {
    heard,
    play: frame => {
      heard.push(frame);
      for (const look of waiting) look(frame);
    },
    hear: () => () => undefined,
    until: count =>
      new Promise(resolve => {
        let left = count;
        const look = (frame: Frame): void => {
          left -= loud([frame]).length;
          if (left > 0) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      }),
  };
};

const loud = (frames: readonly Frame[]): readonly Frame[] => frames.filter(frame => levelIn(frame)(400) > 0.02);
const peak = (frames: readonly Frame[]): number =>
  Math.max(0, ...frames.map(frame => Math.max(...frame.map(Math.abs))));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('server speech: espeak-ng', () => {
  it('is heard where it is installed; elsewhere the log says what is missing', async () => {
    const lines: string[] = [];
    const table = createMixer();
    const alice = listener();
    const seat = table.enter('r', alice);
    const { done } = createSpeech({ log: line => lines.push(line) }).say(words, table, 'r');
    expect(await done).toBe(installed ? 'spoken' : 'silent');
    expect(peak(alice.heard) > 1000).toBe(installed);
    expect(lines.length).toBe(installed ? 0 : 1);
    seat.leave();
  });

  it('is missed once, and nobody waits for it', async () => {
    const lines: string[] = [];
    const table = createMixer();
    const speech = createSpeech({ log: line => lines.push(line), command: join(folder, 'nothing') });
    expect(await speech.say(words, table, 'r').done).toBe('silent');
    expect(await speech.say(words, table, 'r').done).toBe('silent');
    expect(lines).toEqual([expect.stringContaining('apt-get install espeak-ng')]);
  });
});

describe('server speech: SSML to espeak-ng', () => {
  it.each([
    [undefined, 'en'],
    ['Amy', 'en-gb+f2'],
    ['hans', 'de+m3'],
    ['constructor', 'en'],
    ['--help', 'en'],
  ])('in the voice of %s are said by %s', async (voice, known) => {
    const { command, told } = program('voices');
    const { done } = createSpeech({ log: () => undefined, command }).say(
      { ...words, text: '-v de & <b> $(id)', ...(voice === undefined ? {} : { voice }) },
      createMixer(),
      'r',
    );
    expect(await done).toBe('spoken');
    expect(told()).toBe(`--stdin --stdout -v ${known}\n-v de & <b> $(id)`);
  });

  it('may be SSML, but only of how it is said: an element could open a file', async () => {
    const { command, told } = program('ssml');
    const text =
      '<speak>a<break time="1s"/><audio src="/etc/passwd">b</audio><\u0161udio src="/etc/passwd">c<sp<audio>eak><voice name="x">';
    await createSpeech({ log: () => undefined, command }).say({ ...words, text, ssml: true }, createMixer(), 'r').done;
    expect(told()).toBe('--stdin --stdout -v en -m\n<speak>a<break time="1s"/> b  c  eak> ');
  });

  it('are heard at their own pitch, from the first to the last', async () => {
    const { command } = program('pitch');
    const table = createMixer();
    const alice = listener();
    const seat = table.enter('r', alice);
    const { done } = createSpeech({ log: () => undefined, command }).say(words, table, 'r');
    expect(await done).toBe('spoken');
    const heard = loud(alice.heard);
    expect(heard.length).toBe(20);
    expect(heard.every(frame => levelIn(frame)(400) > 0.2 && levelIn(frame)(800) < 0.02)).toBe(true);
    seat.leave();
  });

  it.each([
    [-1, 0],
    [-7, 0],
    [-0.5, 4000],
    [0, 8000],
    [1, 16_000],
    [9, 16_000],
  ])('at level %d have peaks of %d', async (level, expected) => {
    const { command } = program('level');
    const table = createMixer();
    const alice = listener();
    const seat = table.enter('r', alice);
    await createSpeech({ log: () => undefined, command }).say({ ...words, level }, table, 'r').done;
    expect(Math.abs(peak(alice.heard) - expected)).toBeLessThanOrEqual(expected / 50);
    seat.leave();
  });

  it('are said as often as wanted', async () => {
    const { command } = program('loop');
    const table = createMixer();
    const alice = listener();
    const seat = table.enter('r', alice);
    await createSpeech({ log: () => undefined, command }).say({ ...words, loop: 3 }, table, 'r').done;
    expect(loud(alice.heard).length).toBe(60);
    seat.leave();
  });

  it('go on until they are stopped, and are heard by all in the room', async () => {
    const { command } = program('endless');
    const table = createMixer();
    const [alice, bob] = [listener(), listener()];
    const seats = [table.enter('r', alice), table.enter('r', bob)];
    const speaking = createSpeech({ log: () => undefined, command }).say({ ...words, loop: 0 }, table, 'r');
    await Promise.all([alice.until(50), bob.until(50)]);
    speaking.stop();
    expect(await speaking.done).toBe('spoken');
    const before = alice.heard.length;
    await new Promise<void>(resolve => {
      const stop = setInterval(() => {
        if (alice.heard.length < before + 20) return;
        clearInterval(stop);
        resolve();
      }, 10);
    });
    expect(loud(alice.heard.slice(before))).toEqual([]);
    for (const seat of seats) seat.leave();
  });

  it('are not said when they are stopped before they begin', async () => {
    const { command } = program('never');
    const table = createMixer();
    const alice = listener();
    const seat = table.enter('r', alice);
    const speaking = createSpeech({ log: () => undefined, command }).say(words, table, 'r');
    speaking.stop();
    speaking.stop();
    expect(await speaking.done).toBe('silent');
    expect(peak(alice.heard)).toBe(0);
    seat.leave();
  });
});

describe('server speech: WAV', () => {
  it.each([
    ['nothing', ''],
    ['something else', 'OggS and more of it than a head needs, really'],
    ['a head alone', 'RIFF....WAVE'],
    ['a format cut off', 'RIFF....WAVEfmt \x10\0\0\0\x01\0'],
  ])('%s has no sound', (_, bytes) => {
    expect(parseWav(Buffer.from(bytes, 'latin1'))).toBeUndefined();
  });
});
