/** The fan-out port: from the writer of an event to the sockets of its recipients. */
import type { Json } from './model.js';

/** An event for a client, as JSON. */
export interface Frame {
  readonly type: string;
  readonly payload: { readonly [key: string]: Json };
  /** Of an event with a number: where it stands in which log. */
  readonly place?: { readonly conversation: string; readonly id: number };
  /** The payload for these devices, which ring by SIP already. */
  readonly ringing?: { readonly devices: readonly string[]; readonly payload: Frame['payload'] };
}

/** The frame for this device. */
export function frameFor(frame: Frame, device: string | undefined): Frame {
  const { ringing, ...rest } = frame;
  return ringing && device !== undefined && ringing.devices.includes(device)
    ? { ...rest, payload: ringing.payload }
    : rest;
}

/** Frames of one conversation reach a user in the order of publication. */
export interface FanOut {
  readonly publish: (user: string, frame: Frame) => void;
  /** Calls `hear` for each frame to this user; the result removes it. */
  readonly listen: (user: string, hear: (frame: Frame) => void) => () => void;
}

/** Within this process. */
export function createFanOut(): FanOut {
  const listeners = new Map<string, Set<(frame: Frame) => void>>();
  return {
    publish: (user, frame) => {
      for (const hear of listeners.get(user) ?? []) hear(frame);
    },
    listen: (user, hear) => {
      const own = listeners.get(user) ?? new Set();
      listeners.set(user, own.add(hear));
      return () => {
        own.delete(hear);
        if (own.size === 0 && listeners.get(user) === own) listeners.delete(user);
      };
    },
  };
}
