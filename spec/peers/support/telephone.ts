import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../e2e/support/eventually.js';
import { within } from './within.js';

/** A thing that happened to the telephone, in its own words: `CALL_ESTABLISHED`, `CALL_DTMF_START` with the key … */
export type PhoneEvent = { readonly type: string; readonly param?: string };

/** A telephone that answers every call, plays a tone into it, and writes down what it hears. */
export type Telephone = {
  /** Does what one of its own commands says: `dial`, `hangup`, `hold`, `resume`. */
  readonly perform: (command: string, params?: string) => void;
  /** The first event of this type that was not taken yet, or the next to come. */
  readonly next: (type: string) => Promise<PhoneEvent>;
  /** How loud 500 ms are that it hears from now on, as root mean square from 0 to 1. */
  readonly hears: () => Promise<number>;
  readonly close: () => void;
};

/** Frames of the control port: netstrings of JSON. The rest is what is not complete yet. */
const unframed = (text: string): { readonly whole: readonly string[]; readonly rest: string } => {
  const length = /^(\d+):/.exec(text);
  const start = length?.[0].length ?? 0;
  const end = start + Number(length?.[1] ?? Infinity);
  if (text.length <= end) return { whole: [], rest: text };
  const { whole, rest } = unframed(text.slice(end + 1));
  return { whole: [text.slice(start, end), ...whole], rest };
};

/** What it has written down so far: how many bytes, by file, one for each call. */
const recorded = async (folder: string): Promise<ReadonlyMap<string, number>> => {
  const files = (await readdir(folder)).filter(name => name.endsWith('-dec.wav')).map(name => join(folder, name));
  return new Map(await Promise.all(files.map(async file => [file, (await stat(file)).size] as const)));
};

/** 16-bit samples, 8000 a second, after a header that is written only in the end. */
const header = 44;
const span = 8_000;

const levelOf = (sound: Buffer): number => {
  const samples = new Int16Array(sound.buffer.slice(sound.byteOffset, sound.byteOffset + span));
  return Math.sqrt(samples.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / samples.length);
};

export const telephone = async (port: number, recordings: string): Promise<Telephone> => {
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.setEncoding('utf8');
  await once(socket, 'connect');
  let text = '';
  let events: readonly PhoneEvent[] = [];
  const seen = new EventTarget();
  socket.on('data', (chunk: string) => {
    const { whole, rest } = unframed(text + chunk);
    text = rest;
    events = [...events, ...whole.map(json => JSON.parse(json) as PhoneEvent)];
    seen.dispatchEvent(new Event('more'));
  });

  const taken = async (type: string): Promise<PhoneEvent> => {
    for (;;) {
      const found = events.find(event => event.type === type);
      if (found !== undefined) {
        events = events.filter(event => event !== found);
        return found;
      }
      await once(seen, 'more');
    }
  };

  return {
    perform: (command, params = '') => {
      const json = JSON.stringify({ command, params });
      socket.write(`${json.length}:${json},`);
    },
    next: type => within(taken(type), () => `the telephone says ${type} after ${JSON.stringify(events)}`),
    hears: async () => {
      const before = await recorded(recordings);
      const startOf = (file: string): number => Math.max(header, before.get(file) ?? 0);
      const after = await eventually(
        async () => [...(await recorded(recordings))].find(([file, size]) => size >= startOf(file) + span),
        grown => grown !== undefined,
      );
      if (after === undefined) throw new Error('nothing arrives at the telephone');
      const [file] = after;
      return levelOf((await readFile(file)).subarray(startOf(file), startOf(file) + span));
    },
    close: () => {
      socket.destroy();
    },
  };
};
