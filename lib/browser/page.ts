import {
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  fromEvent,
  ignoreElements,
  map,
  merge,
  startWith,
  switchMap,
  tap,
  type Observable,
} from 'rxjs';
import type { DeviceReport } from '../media/port.js';
import type { Platform } from './platform.js';

/**
 * Network and visibility of the page: once at subscribe, then whenever they change.
 * Never errors; unsubscribing removes its listeners.
 */
export function pageReports({
  window,
  document,
  navigator,
}: Pick<Platform, 'window' | 'document' | 'navigator'>): Observable<DeviceReport> {
  return defer(() => {
    const now = () => ({ online: navigator.onLine, visible: document.visibilityState === 'visible' });
    return merge(
      fromEvent(window, 'online'),
      fromEvent(window, 'offline'),
      fromEvent(document, 'visibilitychange'),
    ).pipe(
      map(now),
      startWith(now()),
      distinctUntilChanged((a, b) => a.online === b.online && a.visible === b.visible),
      map((page): DeviceReport => ({ _tag: 'page', ...page })),
    );
  });
}

/** That the page is left and does not come back: one that goes into the back/forward cache may. */
export function leavingReports({ window }: Pick<Platform, 'window'>): Observable<DeviceReport> {
  return fromEvent<PageTransitionEvent>(window, 'pagehide').pipe(
    filter(({ persisted }) => !persisted),
    map(() => ({ _tag: 'leaving' })),
  );
}

/**
 * Has the person asked whether the page is to be left, while that is wished. Emits nothing; it listens only meanwhile, as
 * a page that does is kept out of the back/forward cache by some browsers.
 */
export function guarded({ window }: Pick<Platform, 'window'>, on$: Observable<boolean>): Observable<never> {
  return on$.pipe(
    distinctUntilChanged(),
    switchMap(on => (on ? fromEvent<BeforeUnloadEvent>(window, 'beforeunload').pipe(tap(ask)) : EMPTY)),
    ignoreElements(),
  );
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
