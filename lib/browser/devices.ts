import { catchError, defer, distinctUntilChanged, fromEvent, map, merge, of, switchMap, type Observable } from 'rxjs';
import { fault } from '../kernel/fault.js';
import type { Device } from '../media/model.js';
import type { DeviceReport } from '../media/port.js';

type MediaDevicesLike = EventTarget & Pick<MediaDevices, 'enumerateDevices'>;

/**
 * Which microphones and loudspeakers there are.
 *
 *     changed  ----c----c--
 *     again    ------a-----     a  a microphone was opened: now the browser tells the names
 *     report   d---d-D-----     and nothing where nothing has changed
 *
 * Devices without an id are left out: before there is permission a browser shows one nameless device of each kind.
 * Looks again with the latest event only. Never errors; unsubscribing takes its listener away.
 */
export const deviceReports = (
  mediaDevices: MediaDevicesLike | undefined,
  again$: Observable<unknown>,
): Observable<DeviceReport> => {
  if (mediaDevices === undefined) return defer(() => of(insecure()));
  return merge(of(undefined), fromEvent(mediaDevices, 'devicechange'), again$).pipe(
    switchMap(() =>
      defer(() => mediaDevices.enumerateDevices()).pipe(
        map(listed),
        catchError((cause: unknown) => of<DeviceReport>({ _tag: 'fault', fault: fault('internal', { cause }) })),
      ),
    ),
    distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
  );
};

const insecure = (): DeviceReport => ({
  _tag: 'fault',
  fault: fault('unsupported', { message: 'The browser gives no devices to this page: it must be served by https.' }),
});

const listed = (all: readonly MediaDeviceInfo[]): DeviceReport => {
  const those = (kind: MediaDeviceKind): readonly Device[] =>
    all
      .filter(device => device.kind === kind && device.deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { _tag: 'devices', inputs: those('audioinput'), outputs: those('audiooutput') };
};
