import { EMPTY, map, merge, Observable, Subject } from 'rxjs';
import { right } from '../core/either.js';
import type { DeviceOrder, DevicePort, DeviceReport, Ear, Media } from '../media/port.js';
import { done } from './replies.js';

/** Every microphone opens and everything plays; there is no sound. */
const silent: Media = {
  microphone: settings$ => settings$.pipe(map(() => right({} as MediaStreamTrack))),
  play: (_, settings$) => settings$.pipe(map(() => right(undefined))),
};

export type FakeDevicesOptions = {
  /** Reports of the platform, as a marble. */
  readonly report$?: Observable<DeviceReport>;
  /** Replies to orders. Default: permission is granted. */
  readonly reply?: (order: DeviceOrder) => readonly DeviceReport[];
  /** Sound levels, as a marble. Default: none. */
  readonly level$?: (ear: Ear) => Observable<number>;
};

export type FakeDevices = DevicePort & {
  /** Every order, as it is given. Event. */
  readonly order$: Observable<DeviceOrder>;
};

/**
 * A platform made of a marble string, for `createClient({ devices })`.
 *
 *     report$   ---d-----p---    d these devices are there  p the page is hidden
 *     order$    r----h-------    what the client asked the platform to do
 */
export function fakeDevices({
  report$ = new Observable(),
  reply = order => ('ref' in order ? [done(order)] : []),
  level$ = () => EMPTY,
}: FakeDevicesOptions = {}): FakeDevices {
  const order$ = new Subject<DeviceOrder>();
  const reply$ = new Subject<DeviceReport>();
  return {
    report$: merge(report$, reply$),
    order$: order$.asObservable(),
    perform: order => {
      order$.next(order);
      reply(order).forEach(report => {
        reply$.next(report);
      });
    },
    media: silent,
    level$,
  };
}
