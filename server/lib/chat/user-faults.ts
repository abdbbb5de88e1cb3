/** The flaky network that a page can switch on for its own user: `POST /dev/chat/faults`. */
import { createCheck, type Check } from './check.js';
import type { Faults } from './faults.js';
import type { Reply } from './reply.js';

/** Services of the user faults. */
export interface UserFaultSettings {
  readonly faults: Faults;
  readonly drop: (user: string) => void;
}

/** The switches of all users. */
export interface UserFaults {
  /** Replaces what the user had switched on: what is absent is off. */
  readonly set: (user: string, body: unknown) => Reply;
  readonly close: () => void;
}

/** A shorter one would leave no time to log in again. */
const minIntervalMs = 100;

export function createUserFaults({ faults, drop }: UserFaultSettings): UserFaults {
  const dropping = new Map<string, NodeJS.Timeout>();

  function set(user: string, body: unknown): Reply {
    const check = createCheck(body);
    const lose = within(check, 'lose', 1);
    const duplicate = within(check, 'duplicate', 1);
    const reorder = within(check, 'reorder', 1);
    const delay = within(check, 'delay', 60_000);
    const every = check.value('drop') ?? false;
    if (typeof every !== 'boolean' && !(typeof every === 'number' && every >= minIntervalMs))
      check.refuse('drop', `must be true, false or at least ${minIntervalMs} milliseconds`);
    const failed = check.failed();
    if (failed) return failed;

    faults.calm(user);
    clearInterval(dropping.get(user));
    dropping.delete(user);
    if (lose > 0) faults.add('lose', { user, probability: lose });
    if (duplicate > 0) faults.add('duplicate', { user, probability: duplicate });
    if (reorder > 0) faults.add('reorder', { user, probability: reorder });
    if (delay > 0) faults.add('delay', { user, probability: 1 }, delay);
    if (every === true) drop(user);
    if (typeof every === 'number') {
      const timer = setInterval(() => {
        drop(user);
      }, every);
      timer.unref();
      dropping.set(user, timer);
    }
    return { status: 200, body: { lose, duplicate, reorder, delay, drop: every } };
  }

  return {
    set,
    close: () => {
      for (const timer of dropping.values()) clearInterval(timer);
    },
  };
}

function within(check: Check, field: string, most: number): number {
  const value = check.number(field) ?? 0;
  if (value < 0 || value > most) check.refuse(field, `must be from 0 to ${most}`);
  return value;
}
