import type { Millis } from '../kernel/units.js';
import type { Player } from '../rtc/playback.js';

/** What is asked of the browser, and nothing else. Read when someone subscribes, never at import. */
export type Platform = {
  readonly window: EventTarget;
  readonly document: EventTarget & Pick<Document, 'visibilityState'>;
  readonly navigator: {
    readonly onLine: boolean;
    /** Absent on a page that is not served securely. */
    readonly mediaDevices?: EventTarget & Pick<MediaDevices, 'enumerateDevices' | 'getUserMedia'>;
    readonly permissions?: Pick<Permissions, 'query'>;
  };
  readonly now: () => Millis;
  readonly makePlayer: () => Player;
  readonly makeAudioContext: () => AudioContext;
};

/** The page that we live in; `undefined` where there is none (rendering on a server). */
export const pagePlatform = (): Platform | undefined =>
  typeof window === 'undefined' || typeof document === 'undefined'
    ? undefined
    : {
        window,
        document,
        navigator,
        now: () => Date.now(),
        makePlayer: () => document.createElement('audio'),
        makeAudioContext: () => new AudioContext(),
      };
