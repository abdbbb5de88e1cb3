/** The fan-out port: from whoever stores an event to whoever holds the sockets of those who should hear it. */
import type { Json } from './model.js';

/** One thing for a client to hear, in the words of the wire. */
export interface Frame {
  readonly type: string;
  readonly payload: { readonly [key: string]: Json };
  /** Of an event with a number: where it stands in which log. */
  readonly place?: { readonly conversation: string; readonly id: number };
  /** The payload for these devices, which ring by SIP already. */
  readonly ringing?: { readonly devices: readonly string[]; readonly payload: Frame['payload'] };
}

/** The frame as this device is to hear it. */
export function frameFor(frame: Frame, device: string | undefined): Frame {
  const { ringing, ...rest } = frame;
  return ringing && device !== undefined && ringing.devices.includes(device)
    ? { ...rest, payload: ringing.payload }
    : rest;
}

/** Of one user's frames, those of one conversation are heard in the order in which they were published. */
export interface FanOut {
  readonly publish: (user: string, frame: Frame) => void;
  /** Calls `hear` for everything that is published; the result ends that. */
  readonly listen: (hear: (user: string, frame: Frame) => void) => () => void;
}

/** Within this process. */
export function createFanOut(): FanOut {
  const listeners = new Set<(user: string, frame: Frame) => void>();
  return {
    publish: (user, frame) => {
      for (const hear of listeners) hear(user, frame);
    },
    listen: hear => {
      listeners.add(hear);
      return () => {
        listeners.delete(hear);
      };
    },
  };
}
