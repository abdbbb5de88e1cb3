import { defer, filter, fromEvent, interval, map, merge, type Observable } from 'rxjs';
import type { DeviceReport } from '../media/port.js';
import type { Platform } from './platform.js';
import type { Millis } from '../core/port.js';

/** When a late tick means that the machine slept. */
export type Wake = {
  /** How often the clock is looked at. */
  readonly every: Millis;
  /** How late a tick of a visible page is when the machine slept. */
  readonly late: Millis;
  /** The same for a hidden page, whose timers a browser may slow down to one a minute. */
  readonly lateHidden: Millis;
};

/** A visible page may be busy for some seconds; a hidden one waits for a minute as a matter of course. */
export const detectSleep: Wake = { every: 5_000, late: 10_000, lateHidden: 75_000 };

/**
 * That the machine slept or the page was frozen, and for how long: measured by a clock that jumped.
 *
 *     tick     --t--t--------t--
 *     report   --------------w--     w  the third came late by more than `late`
 *
 * Emits when the page returns from the back/forward cache or from being frozen. Never errors;
 * unsubscribing takes the timer and the listeners away.
 */
export function resumeReports(
  { window, document, now }: Pick<Platform, 'window' | 'document' | 'now'>,
  { every, late, lateHidden }: Wake = detectSleep,
): Observable<DeviceReport> {
  return defer(() => {
    let looked = now();
    let wasHidden = document.visibilityState === 'hidden';

    /** How long it is since we last looked, beyond what is usual: nothing when it is usual. */
    const jump = (usual: Millis): Millis => {
      const at = now();
      const passed = at - looked;
      looked = at;
      const isHidden = document.visibilityState === 'hidden';
      const allowed = wasHidden || isHidden ? lateHidden : late;
      wasHidden = isHidden;
      return passed - usual > allowed ? passed - usual : 0;
    };

    const back = (): Millis => {
      const passed = Math.max(0, now() - looked);
      looked = now();
      return passed;
    };

    const jumped$ = merge(
      interval(every).pipe(map(() => jump(every))),
      // A page that was frozen while hidden gets visibilitychange first.
      fromEvent(document, 'visibilitychange').pipe(map(() => jump(0))),
    ).pipe(filter(ms => ms > 0));
    const back$ = merge(
      fromEvent(document, 'resume'),
      fromEvent<PageTransitionEvent>(window, 'pageshow').pipe(filter(({ persisted }) => persisted)),
    ).pipe(map(back));

    return merge(jumped$, back$).pipe(map((sleptMs): DeviceReport => ({ _tag: 'woke', sleptMs })));
  });
}
