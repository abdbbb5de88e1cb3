import {
  catchError,
  defer,
  distinctUntilChanged,
  fromEvent,
  map,
  merge,
  of,
  startWith,
  switchMap,
  type Observable,
} from 'rxjs';
import type { Permission } from '../media/model.js';
import type { DeviceReport } from '../media/port.js';

/**
 * Microphone permission of the page.
 *
 *     asked    s--c-----     s  the browser's answer   c  it changed
 *     opened   -----o---     o  a microphone was opened
 *     report   p--d-g---
 *
 * `unknown` where the browser does not say (older Firefox knows no such permission, and throws), until a microphone
 * was opened. Never errors; unsubscribing takes its listener away.
 */
export function permissionReports(
  permissions: Pick<Permissions, 'query'> | undefined,
  opened$: Observable<unknown>,
): Observable<DeviceReport> {
  return merge(
    permissions === undefined ? of<Permission>('unknown') : told(permissions),
    opened$.pipe(map((): Permission => 'granted')),
  ).pipe(
    distinctUntilChanged(),
    map(permission => ({ _tag: 'permission', permission })),
  );
}

function told(permissions: Pick<Permissions, 'query'>): Observable<Permission> {
  return defer(() => permissions.query({ name: 'microphone' })).pipe(
    switchMap(status =>
      fromEvent(status, 'change').pipe(
        map((): Permission => status.state),
        startWith<Permission>(status.state),
      ),
    ),
    catchError((_: unknown) => of<Permission>('unknown')),
  );
}
