import { compact } from '../core/compact.js';
import type { Millis } from '../core/units.js';
import type { DevicePort, Notice } from '../media/port.js';
import type { Words } from './notifications.js';
import { pagePlatform } from './platform.js';
import { portOn } from './port.js';
import { detectSleep } from './resume.js';

export type { Words } from './notifications.js';
export { indexedDbOutbox, localStorageOutbox, outboxOn, type Shelf } from './outbox.js';
export { tabLock, type TabLock } from './tablock.js';

export type BrowserOptions = {
  /** How late the clock of a visible page must be to say that the machine slept. Ten seconds by default. */
  readonly sleptAfter?: Millis;
  /**
   * Whether incoming calls ring here: `true` by a tone of two frequencies, or the address of a sound file, which is
   * played again and again. On the loudspeaker of `chooseRinger`. Silent unless told.
   */
  readonly ring?: boolean | string;
  /**
   * What is said of an incoming call while nobody looks at the page, as a Notification. Shown where the person has allowed
   * it: `Notification.requestPermission()` is the application's to call, within a gesture. Nothing is shown unless given.
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
export const browser = ({ sleptAfter = detectSleep.late, ring = false, notify }: BrowserOptions = {}): DevicePort =>
  portOn(
    pagePlatform,
    { ...detectSleep, late: sleptAfter, lateHidden: Math.max(sleptAfter, detectSleep.lateHidden) },
    { ...(ring === false ? {} : { ring }), ...compact({ notify }) },
  );
