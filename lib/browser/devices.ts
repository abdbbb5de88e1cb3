import {
  catchError,
  defer,
  distinctUntilChanged,
  EMPTY,
  fromEvent,
  map,
  merge,
  of,
  scan,
  startWith,
  switchMap,
  type Observable,
} from 'rxjs';
import { fault } from '../core/fault.js';
import type { Device } from '../media/model.js';
import type { DeviceReport } from '../media/port.js';

type MediaDevicesLike = EventTarget & Pick<MediaDevices, 'enumerateDevices'>;

/** Microphone state that the browser's device list does not contain. */
export type Microphones = {
  /** A microphone was opened: its id, where the platform has it. */
  readonly opened$?: Observable<string | undefined>;
  /** A microphone in use has gone: its track has ended. */
  readonly ended$?: Observable<string | undefined>;
  /** The permission is another one. */
  readonly permitted$?: Observable<unknown>;
};

/** Microphones that have gone since the last devicechange event. */
type Gone = ReadonlySet<string | undefined>;
const nothing: Gone = new Set();

/**
 * Which microphones and loudspeakers there are.
 *
 *     changed  ----c------c-
 *     opened   ------o------     now the browser tells the names
 *     ended    ---------e---     the one in use is gone, and the browser has not noticed yet
 *     report   d---d-D--d-D-     and nothing where nothing has changed
 *
 * Devices without an id are left out: before there is permission a browser shows one nameless device of each kind.
 * Looks again with the latest event only. Never errors; unsubscribing takes its listener away.
 */
export function deviceReports(
  mediaDevices: MediaDevicesLike | undefined,
  { opened$ = EMPTY, ended$ = EMPTY, permitted$ = EMPTY }: Microphones = {},
): Observable<DeviceReport> {
  if (mediaDevices === undefined) return defer(() => of(insecure()));
  return merge(
    merge(fromEvent(mediaDevices, 'devicechange'), permitted$).pipe(map(() => (): Gone => nothing)),
    opened$.pipe(
      map(
        id =>
          (gone: Gone): Gone =>
            new Set([...gone].filter(other => other !== id)),
      ),
    ),
    ended$.pipe(
      map(
        id =>
          (gone: Gone): Gone =>
            new Set([...gone, id]),
      ),
    ),
  ).pipe(
    scan((gone, change) => change(gone), nothing),
    startWith(nothing),
    switchMap(gone =>
      defer(() => mediaDevices.enumerateDevices()).pipe(
        map(all => listed(all, gone)),
        catchError((cause: unknown) => of<DeviceReport>({ _tag: 'fault', fault: fault('internal', { cause }) })),
      ),
    ),
    distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
  );
}

function insecure(): DeviceReport {
  return {
    _tag: 'fault',
    fault: fault('unsupported', { message: 'Devices need https.' }),
  };
}

function listed(all: readonly MediaDeviceInfo[], gone: Gone): DeviceReport {
  const those = (kind: MediaDeviceKind): readonly Device[] =>
    all
      .filter(device => device.kind === kind && device.deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return {
    _tag: 'devices',
    inputs: those('audioinput').filter(({ id }) => !gone.has(id)),
    outputs: those('audiooutput'),
  };
}
