import { map, ReplaySubject, share, startWith, type Observable } from 'rxjs';
import { held } from './locks.js';

/** A name that one tab of an origin has at a time. */
export type TabLock = {
  /**
   * True while this tab owns the lock; the first tab in the queue gets it when the owner has gone.
   *
   *     other tab  h-----x------     h  owns it  x  has gone, or has released it
   *     hold$      f-----t---!       and releases it
   *
   * State: has a value at once, replays the latest, never errors. However often it is watched, it is asked for once; it is
   * let go when nobody watches any more. Where the platform has no locks every tab has every name. Web Locks.
   */
  readonly hold$: Observable<boolean>;
};

/**
 * Lets one tab at a time do what only one may: register with an account, or ring.
 *
 *     tabLock('sip:alice@example.com').hold$.pipe(switchMap(mine => (mine ? line$ : EMPTY)))
 */
export function tabLock(name: string): TabLock {
  return {
    hold$: held(`callstream/tab/${name}`).pipe(
      map(() => true),
      startWith(false),
      share({ connector: () => new ReplaySubject(1) }),
    ),
  };
}
