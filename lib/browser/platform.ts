import type { Player } from '../rtc/playback.js';
import type { Millis } from '../core/port.js';

/** Browser APIs that the adapter uses. Read at subscription, never at import. */
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
  /** Plays a stream that it is given later; or this file, again and again. */
  readonly makePlayer: (file?: string) => Player;
  readonly makeAudioContext: () => AudioContext;
  /** The Notification API, where it exists. */
  readonly notifier?: Notifier;
};

export interface Notifier {
  readonly isAllowed: () => boolean;
  /** Throws where the platform shows nothing by a page alone. */
  readonly show: (title: string, options: NotificationOptions) => Shown;
  /** Brings the page to the front. */
  readonly focus: () => void;
}

export type Shown = EventTarget & Pick<Notification, 'close'>;

/** The platform of this page; `undefined` without a window, as in server-side rendering. */
export function pagePlatform(): Platform | undefined {
  return typeof window === 'undefined' || typeof document === 'undefined'
    ? undefined
    : {
        window,
        document,
        navigator,
        now: () => Date.now(),
        makePlayer: file => {
          const element = document.createElement('audio');
          return file === undefined ? element : Object.assign(element, { src: file, loop: true });
        },
        makeAudioContext: () => new AudioContext(),
        ...(typeof Notification === 'undefined' ? {} : { notifier }),
      };
}

const notifier: Notifier = {
  isAllowed: () => Notification.permission === 'granted',
  show: (title, options) => new Notification(title, options),
  focus: () => {
    window.focus();
  },
};
