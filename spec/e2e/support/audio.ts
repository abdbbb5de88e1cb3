import type { Page } from 'playwright-core';
import { eventually } from './eventually.js';

declare global {
  interface Window {
    /** Every peer connection that the page has made: the test's own door, put there before the page's script runs. */
    peers: RTCPeerConnection[];
    /** The tones that the browser has begun to send by RFC 4733, in order. */
    tonesSent: string;
    /** The far side's decoded sound, 16 000 samples a second, once `record` has been called. */
    recording: number[];
  }
}

/** Runs in the page. */
export const gatherPeers = (): void => {
  const peers: RTCPeerConnection[] = [];
  window.peers = peers;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      peers.push(this);
    }
  };

  window.tonesSent = '';
  const watched = new WeakSet<RTCDTMFSender>();
  const insert = Object.getOwnPropertyDescriptor(RTCDTMFSender.prototype, 'insertDTMF');
  RTCDTMFSender.prototype.insertDTMF = function (...tones: Parameters<RTCDTMFSender['insertDTMF']>) {
    if (!watched.has(this)) {
      watched.add(this);
      // Empty when the last tone is over.
      this.addEventListener('tonechange', ({ tone }) => {
        window.tonesSent += tone;
      });
    }
    (insert?.value as RTCDTMFSender['insertDTMF']).apply(this, tones);
  };
};

/** Runs in the page: a microphone line that has no way to send tones by RFC 4733, so that INFO is what is left. */
export const withoutToneSender = (): void => {
  Object.defineProperty(RTCRtpSender.prototype, 'dtmf', { get: () => null });
};

/** What arrived in a while: packets, and the energy of the sound in them (the square of its level, times seconds). */
export type Heard = { readonly energy: number; readonly packets: number };

/** The fake microphone beeps now and then: within this time it has. */
const span = 2500;
/** Between the two there are orders of magnitude: a beep gives about 0.1, silence about 0.000001. */
const loud = 0.005;
const quiet = 0.0005;

const total = (page: Page): Promise<Heard> =>
  page.evaluate(async () => {
    type Inbound = { readonly type: string; readonly totalAudioEnergy?: number; readonly packetsReceived?: number };
    const live = window.peers.filter(({ connectionState }) => connectionState !== 'closed');
    const reports = await Promise.all(live.map(peer => peer.getStats()));
    const stats = reports.flatMap(report => [...report.values()] as Inbound[]);
    const inbound = stats.filter(({ type }) => type === 'inbound-rtp');
    return {
      energy: inbound.reduce((sum, { totalAudioEnergy = 0 }) => sum + totalAudioEnergy, 0),
      packets: inbound.reduce((sum, { packetsReceived = 0 }) => sum + packetsReceived, 0),
    };
  });

const pause = (ms: number): Promise<void> => new Promise(go => setTimeout(go, ms));

/** Measures what the page hears for a while. */
const heard = async (page: Page, ms = span): Promise<Heard> => {
  const before = await total(page);
  await pause(ms);
  const after = await total(page);
  return { energy: after.energy - before.energy, packets: after.packets - before.packets };
};

/** Fails unless the page hears a sound, from now on and within ten seconds: the next beep may be a while away. */
export const expectSound = async (page: Page): Promise<void> => {
  const before = await total(page);
  const energy = await eventually(
    async () => (await total(page)).energy - before.energy,
    gained => gained > loud,
  );
  expect(energy).toBeGreaterThan(loud);
};

/** Fails if the page hears anything while somebody does this, or in the time in which a beep would have come. */
export const expectSilenceDuring = async (page: Page, act: () => Promise<void>): Promise<void> => {
  const before = await total(page);
  await act();
  await pause(span);
  expect((await total(page)).energy - before.energy).toBeLessThan(quiet);
};

/**
 * Fails unless the page hears nothing: what was on its way may run out first, then a whole span must be silent. Beeps are
 * about half a second apart, so that none that is on its way can be missed between them.
 */
export const expectSilence = async (page: Page): Promise<Heard> => {
  for (let tries = 0; (await heard(page, 600)).energy > quiet && tries < 10;) tries += 1;
  const measured = await heard(page);
  expect(measured.energy).toBeLessThan(quiet);
  return measured;
};

/**
 * Records what the far side's sound decodes to, from now on: every sample, so that a busy page misses no short tone.
 * A browser shows no received RFC 4733 events, but Chromium renders them as sound.
 */
const record = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const tap = `registerProcessor('tap', class extends AudioWorkletProcessor {
      process([[samples]]) { if (samples) this.port.postMessage(samples.slice()); return true; }
    })`;
    const peer = window.peers.filter(({ connectionState }) => connectionState === 'connected').at(-1);
    const track = peer?.getReceivers()[0]?.track;
    if (!track) throw new Error('nothing to listen to');
    const context = new AudioContext({ sampleRate: 16_000 });
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([tap], { type: 'text/javascript' })));
    const recorder = new AudioWorkletNode(context, 'tap');
    const samples: number[] = [];
    window.recording = samples;
    recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      samples.push(...data);
    };
    context
      .createMediaStreamSource(new MediaStream([track]))
      .connect(recorder)
      .connect(context.destination);
  });

/** The keys whose dual tones are in the recording, in order: one character for each 5 ms that a key was heard. */
const keysHeard = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const rate = 16_000;
    const span = 0.02 * rate;
    const step = 0.005 * rate;
    const keys = ['123A', '456B', '789C', '*0#D'];

    /** Goertzel: the power of one frequency, in the unit of the mean square. */
    const powerOf = (samples: readonly number[], hertz: number): number => {
      const turn = 2 * Math.cos((2 * Math.PI * hertz) / rate);
      const [last, previous] = samples.reduce<readonly [number, number]>(
        ([one, two], sample) => [sample + turn * one - two, one],
        [0, 0],
      );
      return (2 * (last * last + previous * previous - turn * last * previous)) / samples.length ** 2;
    };
    const strongest = (powers: readonly number[]): number => powers.indexOf(Math.max(...powers));

    /** The key, where the sound is little more than these two tones, and has both of them. */
    const keyIn = (samples: readonly number[]): string => {
      const whole = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      if (whole < 1e-5) return '';
      const rows = [697, 770, 852, 941].map(hertz => powerOf(samples, hertz));
      const columns = [1209, 1336, 1477, 1633].map(hertz => powerOf(samples, hertz));
      const [row, column] = [Math.max(...rows), Math.max(...columns)];
      const pure = row + column > 0.5 * whole && Math.min(row, column) > 0.15 * whole;
      return pure ? (keys[strongest(rows)]?.charAt(strongest(columns)) ?? '') : '';
    };

    const { recording } = window;
    const windows = Math.max(0, Math.floor((recording.length - span) / step));
    return Array.from({ length: windows }, (_, place) =>
      keyIn(recording.slice(place * step, place * step + span)),
    ).join('');
  });

/**
 * Fails unless a pressed key is heard on the far page as its dual tone, and nothing else is.
 *
 * Chromium's receiver renders a tone of 100 ms for about 50, and rarely for only 10, with every packet received: seen in
 * one of 225 tones, too short to be recognised. So the key is pressed up to three times; but each press must have left
 * the sender exactly once, or a tone that we lost ourselves would pass for one that was not rendered.
 */
export const expectKeyHeard = async (from: Page, to: Page, key: string, press: () => Promise<void>): Promise<void> => {
  await record(to);
  const before = await from.evaluate(() => window.tonesSent);
  let heardKeys = '';
  for (let presses = 1; presses <= 3 && heardKeys.length < 2; presses += 1) {
    await press();
    const wanted = before + key.repeat(presses);
    expect(
      await eventually(
        () => from.evaluate(() => window.tonesSent),
        sent => sent.length >= wanted.length,
      ),
    ).toBe(wanted);
    heardKeys = await eventually(
      () => keysHeard(to),
      keys => keys.length > 1,
      1500,
    );
  }
  expect([...new Set(heardKeys)]).toEqual([key]);
  expect(heardKeys.length).toBeGreaterThan(1);
};
