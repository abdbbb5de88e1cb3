import { everyFrame } from '../../lib/voice/clock.js';
import type { Frame, Party } from '../../lib/voice/model.js';
import { echo, speaker, tone } from '../../lib/voice/audio-sources.js';
import { createMixer } from '../../lib/voice/mixer.js';
import { levelIn } from '../support/caller.js';

interface Guest extends Party {
  readonly say: (frame: Frame) => void;
  readonly heard: readonly Frame[];
  /** Resolves once so many frames in a row, from here on, are these samples throughout. */
  readonly hears: (sample: number, frames?: number) => Promise<void>;
  /** Says this without end. */
  readonly hum: (sample: number) => void;
}

const flat = (sample: number): Frame => new Int16Array(480).fill(sample);
const ends: (() => void)[] = [];

function guest(): Guest {
  const { hear, say } = speaker();
  const heard: Frame[] = [];
  const listeners = new Set<(frame: Frame) => void>();
  return {
    hear,
    say,
    heard,
    play: frame => {
      heard.push(frame);
      for (const listener of listeners) listener(frame);
    },
    hears: (sample, frames = 10) =>
      new Promise(resolve => {
        let run = 0;
        const listener = (frame: Frame): void => {
          run = frame.length === 480 && frame.every(one => one === sample) ? run + 1 : 0;
          if (run < frames) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      }),
    hum: sample => {
      ends.push(
        everyFrame(() => {
          say(flat(sample));
        }),
      );
    },
  };
}

/** How many clocks run that were begun in this spec. */
const clocks = (): (() => number) => {
  const begun = jest.spyOn(globalThis, 'setInterval');
  const ended = jest.spyOn(globalThis, 'clearInterval');
  return () => {
    const over = new Set<unknown>(ended.mock.calls.map(([timer]) => timer));
    return begun.mock.results.filter(({ value }) => !over.has(value)).length;
  };
};

afterEach(() => {
  for (const end of ends.splice(0)) end();
  jest.restoreAllMocks();
});

describe('mixer: two parties', () => {
  it('hear each other at once, and nobody else', () => {
    const table = createMixer();
    const [alice, bob, carol] = [guest(), guest(), guest()];
    const seats = [table.enter('one', alice), table.enter('one', bob), table.enter('two', carol)];
    alice.say(flat(7));
    bob.say(flat(8));
    expect([alice, bob, carol].map(({ heard }) => heard.map(frame => frame[0]))).toEqual([[8], [7], []]);
    for (const seat of seats) seat.leave();
  });

  it.each(['mute', 'earmuff'] as const)('%s keeps the frames flowing, as silence', what => {
    const table = createMixer();
    const [alice, bob] = [guest(), guest()];
    const seats = { mute: table.enter('r', alice), earmuff: table.enter('r', bob) };
    seats[what === 'mute' ? 'earmuff' : 'mute'].mute(false);
    alice.say(flat(7));
    seats[what][what](true);
    alice.say(flat(7));
    bob.say(flat(8));
    seats[what][what](false);
    alice.say(flat(7));
    expect(bob.heard.map(frame => frame[100])).toEqual([7, 0, 7]);
    expect(alice.heard.map(frame => frame[100])).toEqual([8]);
    seats.mute.leave();
    seats.earmuff.leave();
  });

  it('one hears silence while the other says nothing', async () => {
    const table = createMixer();
    const [alice, bob] = [guest(), guest()];
    const seats = [table.enter('r', alice), table.enter('r', bob)];
    await alice.hears(0);
    bob.hum(5);
    await alice.hears(5, 30);
    for (const seat of seats) seat.leave();
  });

  it('an echo is one of them, and so are two echoes', async () => {
    const table = createMixer();
    const alice = guest();
    const seats = [table.enter('r', alice), table.enter('r', echo())];
    alice.say(flat(9));
    expect(alice.heard.map(frame => frame[0])).toEqual([9]);
    seats.push(table.enter('empty', echo()), table.enter('empty', echo()));
    await alice.hears(0);
    for (const seat of seats) seat.leave();
  });

  it('a tone has its pitch, and ends', async () => {
    const running = clocks();
    const table = createMixer();
    const alice = guest();
    const hum = tone(400);
    const seats = [table.enter('r', alice), table.enter('r', hum)];
    await new Promise<void>(resolve => {
      const play = alice.hear(() => undefined);
      const stop = hum.hear(frame => {
        expect(levelIn(frame)(400)).toBeGreaterThan(0.2);
        expect(levelIn(frame)(700)).toBeLessThan(0.01);
        if (alice.heard.length < 20) return;
        stop();
        play();
        resolve();
      });
    });
    for (const seat of seats) seat.leave();
    hum.close();
    expect(running()).toBe(0);
  });
});

describe('mixer: one party', () => {
  it('hears silence, ten milliseconds at a time', async () => {
    const table = createMixer();
    const alice = guest();
    const seat = table.enter('r', alice);
    const began = performance.now();
    await alice.hears(0, 30);
    expect(performance.now() - began).toBeGreaterThan(240);
    seat.leave();
  });

  it('leaves nothing behind', async () => {
    const running = clocks();
    const table = createMixer();
    const [alice, bob] = [guest(), guest()];
    const [one, other] = [table.enter('r', alice), table.enter('s', bob)];
    expect(running()).toBe(1);
    await alice.hears(0);
    one.leave();
    one.leave();
    expect(running()).toBe(1);
    other.leave();
    expect(running()).toBe(0);
    alice.say(flat(1));
    one.move('s');
    expect(running()).toBe(0);
  });
});

describe('mixer: three parties', () => {
  it('hear the sum of the others', async () => {
    const table = createMixer();
    const [alice, bob, carol] = [guest(), guest(), guest()];
    const seats = [alice, bob, carol].map(one => table.enter('r', one));
    alice.hum(1000);
    bob.hum(200);
    carol.hum(30);
    await Promise.all([alice.hears(230), bob.hears(1030), carol.hears(1200)]);
    seats[1]!.mute(true);
    await Promise.all([alice.hears(30), bob.hears(1030), carol.hears(1000)]);
    seats[0]!.earmuff(true);
    await Promise.all([alice.hears(0), bob.hears(1030), carol.hears(1000)]);
    seats[2]!.leave();
    await Promise.all([alice.hears(0), bob.hears(1000)]);
    for (const seat of seats) seat.leave();
  });

  it('are never louder than a sample can be', async () => {
    const table = createMixer();
    const [alice, bob, carol] = [guest(), guest(), guest()];
    const seats = [alice, bob, carol].map(one => table.enter('r', one));
    bob.hum(30_000);
    carol.hum(30_000);
    await alice.hears(32_767);
    alice.hum(-30_000);
    await bob.hears(0);
    for (const seat of seats) seat.leave();
  });

  it('skip the past of a stall', async () => {
    const table = createMixer();
    const [alice, bob, carol] = [guest(), guest(), guest()];
    const seats = [alice, bob, carol].map(one => table.enter('r', one));
    for (let number = 1; number <= 100; number += 1) bob.say(flat(number));
    await alice.hears(100, 1);
    const heard = alice.heard.map(frame => frame[0]!).filter(number => number > 0);
    expect(heard[0]).toBeGreaterThan(90);
    expect(heard.at(-1)).toBe(100);
    for (const seat of seats) seat.leave();
  });
});

describe('mixer: other rooms', () => {
  it('is entered with what was muted', async () => {
    const table = createMixer();
    const [alice, bob, carol] = [guest(), guest(), guest()];
    const seats = [table.enter('one', alice), table.enter('one', bob), table.enter('two', carol)];
    seats[0]!.mute(true);
    seats[0]!.move('two');
    alice.hum(7);
    carol.hum(8);
    await Promise.all([alice.hears(8), carol.hears(0), bob.hears(0)]);
    expect(carol.heard.every(frame => frame[0] === 0)).toBe(true);
    seats[0]!.mute(false);
    await carol.hears(7);
    for (const seat of seats) seat.leave();
  });
});
