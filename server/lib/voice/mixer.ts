/** The copy table: a call, an echo, a conference and a mute are all the same copying of frames. */
import { everyFrame, frameSize, silence } from './clock.js';
import type { Mixer, Frame, Party } from './model.js';

interface Place {
  readonly party: Party;
  /** Frames that the others have not heard yet; only in rooms with more than two. */
  readonly said: Frame[];
  room: string;
  muted: boolean;
  earmuffed: boolean;
  /** True once enough frames are buffered. */
  fluent: boolean;
  /** For how many frames of the clock nothing was played to it. */
  waiting: number;
}

/** Frames buffered before a voice enters the sum, because clocks differ. */
const lead = 2;
/** More than this is the past of a stall: it is skipped. */
const most = 6;
/** After so many frames without sound a party gets silence, so that RTP continues. */
const gap = 5;

/**
 * Two who are alone with each other are copied at once; in a larger room a clock sums the others for each, and somebody
 * alone hears silence. Frames keep flowing to whoever is in a room, whatever is muted.
 */
export function createMixer(): Mixer {
  const rooms = new Map<string, Set<Place>>();
  let stopClock: (() => void) | undefined;

  function sit(place: Place): void {
    const room = rooms.get(place.room) ?? new Set();
    rooms.set(place.room, room.add(place));
    for (const { said } of room) said.length = 0;
    stopClock ??= everyFrame(tick);
  }

  function rise(place: Place): void {
    const room = rooms.get(place.room);
    room?.delete(place);
    if (room?.size === 0) rooms.delete(place.room);
    if (rooms.size > 0) return;
    stopClock?.();
    stopClock = undefined;
  }

  function heard(from: Place, frame: Frame): void {
    const room = rooms.get(from.room) ?? new Set();
    if (room.size > 2) {
      from.said.push(frame);
      if (from.said.length > most) from.said.splice(0, from.said.length - lead);
      return;
    }
    for (const to of room) if (to !== from) play(to, from.muted || to.earmuffed ? silence : frame);
  }

  function tick(): void {
    for (const room of rooms.values()) {
      if (room.size > 2) mix([...room]);
      for (const place of room) {
        place.waiting += 1;
        if (room.size === 1 || place.waiting > gap) play(place, silence);
      }
    }
  }

  return {
    enter: (room, party) => {
      const place = { party, said: [], room, muted: false, earmuffed: false, fluent: false, waiting: 0 };
      sit(place);
      const unhear = party.hear(frame => {
        heard(place, frame);
      });
      let left = false;
      return {
        mute: on => {
          place.muted = on;
        },
        earmuff: on => {
          place.earmuffed = on;
        },
        move: to => {
          if (left || place.room === to) return;
          rise(place);
          place.room = to;
          sit(place);
        },
        leave: () => {
          left = true;
          unhear();
          rise(place);
        },
      };
    },
  };
}

function play(to: Place, frame: Frame): void {
  to.waiting = 0;
  to.party.play(frame);
}

/** Plays to each party the sum of all others. */
function mix(room: readonly Place[]): void {
  const sum = new Int32Array(frameSize);
  const voices = room.map(next);
  for (const voice of voices) voice?.forEach((sample, index) => (sum[index] = (sum[index] ?? 0) + sample));
  for (const [at, place] of room.entries()) play(place, place.earmuffed ? silence : without(sum, voices[at]));
}

/** The next frame of a party; `undefined` when it is muted or late. */
function next(place: Place): Frame | undefined {
  if (place.said.length === 0) place.fluent = false;
  else if (place.said.length >= lead) place.fluent = true;
  const frame = place.fluent ? place.said.shift() : undefined;
  return place.muted ? undefined : frame;
}

function without(sum: Int32Array, own: Frame = silence): Frame {
  return Int16Array.from(sum, (all, index) => Math.max(-32_768, Math.min(32_767, all - (own[index] ?? 0))));
}
