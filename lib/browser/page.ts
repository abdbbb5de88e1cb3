import { defer, distinctUntilChanged, fromEvent, map, merge, startWith, type Observable } from 'rxjs';
import type { DeviceReport } from '../media/port.js';
import type { Platform } from './platform.js';

/**
 * Whether the page has a network and is being looked at: once at subscribe, then whenever it changes.
 * Never errors; unsubscribing takes its listeners away.
 */
export const pageReports = ({
  window,
  document,
  navigator,
}: Pick<Platform, 'window' | 'document' | 'navigator'>): Observable<DeviceReport> =>
  defer(() => {
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
