import { Observable } from 'rxjs';
import { fault } from '../core/fault.js';
import type { DeviceReport, Notice } from '../media/port.js';
import type { Notifier, Shown } from './platform.js';

/** Content of a notification. */
export type Words = { readonly title: string; readonly body?: string };

/**
 * Shows a notification for each of these calls, where the person has granted the permission: to request it is up to the
 * application (`Notification.requestPermission`, within a gesture). A click brings the page to the front.
 *
 * Reports only what could not be shown; unsubscribing takes away what is shown. https://notifications.spec.whatwg.org
 */
export function noticeReports(
  notice$: Observable<readonly Notice[]>,
  { isAllowed, show, focus }: Notifier,
  wordsOf: (notice: Notice) => Words,
): Observable<DeviceReport> {
  return new Observable(viewer => {
    const shown = new Map<string, Shown>();

    const add = (notice: Notice): void => {
      try {
        const { title, ...rest } = wordsOf(notice);
        const one = show(title, { ...rest, tag: notice.id });
        shown.set(notice.id, one);
        one.addEventListener('click', () => {
          focus();
          one.close();
        });
      } catch (cause) {
        viewer.next({ _tag: 'fault', fault: fault('unsupported', { cause, message: 'The notification failed.' }) });
      }
    };

    const withdraw = (id: string): void => {
      shown.get(id)?.close();
      shown.delete(id);
    };

    // Notifications of this stream are closed on unsubscribe.
    const wishes = notice$.subscribe(notices => {
      const ids = notices.map(({ id }) => id);
      [...shown.keys()].filter(id => !ids.includes(id)).forEach(withdraw);
      if (isAllowed()) notices.filter(({ id }) => !shown.has(id)).forEach(add);
    });
    return () => {
      wishes.unsubscribe();
      [...shown.keys()].forEach(withdraw);
    };
  });
}
