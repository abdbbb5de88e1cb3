import type { TypedEvents, VonageClient, VonagePlatform } from 'callstream/vonage';
import { peerConnection } from '../../sip/adapter/platform.js';
import { toneMicrophone } from '../../support/wrtc.js';
import { world, type World } from './world.js';

/** What a callback was called with, one call after the other. */
export type Told<Name extends keyof TypedEvents> = {
  readonly all: readonly Readonly<Parameters<TypedEvents[Name]>>[];
  /** The next one that was not taken yet. */
  readonly next: () => Promise<Readonly<Parameters<TypedEvents[Name]>>>;
};

export const told = <Name extends keyof TypedEvents>(client: VonageClient, event: Name): Told<Name> => {
  type One = Readonly<Parameters<TypedEvents[Name]>>;
  const all: One[] = [];
  const waiting: ((one: One) => void)[] = [];
  let taken = 0;
  client.on(event, ((...args: Parameters<TypedEvents[Name]>) => {
    all.push(args);
    const next = waiting.shift();
    if (next === undefined) return;
    taken += 1;
    next(args);
  }) as unknown as TypedEvents[Name]);
  return {
    all,
    next: () =>
      new Promise(resolve => {
        const one = all[taken];
        if (one === undefined) waiting.push(resolve);
        else {
          taken += 1;
          resolve(one);
        }
      }),
  };
};

export type Switchboard = World & {
  /** Somebody who is signed in, and has a microphone that hums. */
  readonly caller: (user: string, platform?: VonagePlatform) => Promise<VonageClient>;
};

/** A local server that carries calls, with real media on both sides. */
export const switchboard = (options: Parameters<typeof world>[0] = {}): (() => Switchboard) => {
  const home = world({ media: true, ...options });
  let microphone: ReturnType<typeof toneMicrophone>;
  beforeEach(() => {
    microphone = toneMicrophone(440);
  });
  afterEach(() => {
    microphone.stop();
  });
  return () => ({
    ...home(),
    caller: (user, platform = {}) =>
      home().person(user, { peerConnection, userMedia: microphone.userMedia, ...platform }),
  });
};
