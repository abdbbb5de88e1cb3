import type { Millis } from '../kernel/units.js';
import type { DevicePort } from '../media/port.js';
import { pagePlatform } from './platform.js';
import { portOn } from './port.js';
import { lightSleeper } from './wake.js';

export { indexedDbOutbox, localStorageOutbox, outboxOn, type Shelf } from './outbox.js';

export type BrowserOptions = {
  /** How late the clock of a visible page must be to say that the machine slept. Ten seconds by default. */
  readonly sleptAfter?: Millis;
};

/**
 * The browser as `devices:` of a client: microphones and loudspeakers, the permission, the page, and sound.
 *
 *     createClient({ devices: browser(), … })
 *
 * Touches nothing until the client connects or opens a microphone, so it may be made while rendering on a server.
 */
export const browser = ({ sleptAfter = lightSleeper.late }: BrowserOptions = {}): DevicePort =>
  portOn(pagePlatform, {
    ...lightSleeper,
    late: sleptAfter,
    lateHidden: Math.max(sleptAfter, lightSleeper.lateHidden),
  });
