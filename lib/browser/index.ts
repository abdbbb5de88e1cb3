import { compact } from '../core/compact.js';
import type { DevicePort, Notice } from '../media/port.js';
import type { Words } from './notifications.js';
import { pagePlatform } from './platform.js';
import { portOn } from './port.js';
import { detectSleep } from './resume.js';
import type { Millis } from '../core/port.js';

export type { Words } from './notifications.js';
export { indexedDbOutbox, localStorageOutbox, outboxOn, type Shelf } from './outbox.js';
export { tabLock, type TabLock } from './tablock.js';

export type BrowserOptions = {
  /** Delay of a visible page's timer that means that the machine slept, in ms. Default: 10 000. */
  readonly sleptAfter?: Millis;
  /**
   * Ringing sound of incoming calls: `true` for a tone of two frequencies, or the URL of a sound file, which is looped.
   * Plays on the loudspeaker of `chooseRinger`. Default: silent.
   */
  readonly ring?: boolean | string;
  /**
   * Text of the Notification that is shown for an incoming call while the page is hidden and permission is granted.
   * The application calls `Notification.requestPermission()`, within a gesture. Default: no notification.
   */
  readonly notify?: (call: Notice) => Words;
};

/**
 * The browser as `devices:` of a client: microphones and loudspeakers, the permission, the page, and sound.
 *
 *     createClient({ devices: browser(), … })
 *
 * Touches nothing until the client connects or opens a microphone, so it may be made while rendering on a server.
 */
export function browser({ sleptAfter = detectSleep.late, ring = false, notify }: BrowserOptions = {}): DevicePort {
  return portOn(
    pagePlatform,
    { ...detectSleep, late: sleptAfter, lateHidden: Math.max(sleptAfter, detectSleep.lateHidden) },
    { ...(ring === false ? {} : { ring }), ...compact({ notify }) },
  );
}
