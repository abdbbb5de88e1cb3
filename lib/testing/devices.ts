import { map, merge, Observable, Subject } from 'rxjs';
import { right } from '../kernel/either.js';
import type { DeviceOrder, DevicePort, DeviceReport, Media } from '../media/port.js';
import { done } from './replies.js';

/** Every microphone opens and everything plays; there is no sound. */
const silent: Media = {
  microphone: settings$ => settings$.pipe(map(() => right({} as MediaStreamTrack))),
  play: (_, settings$) => settings$.pipe(map(() => right(undefined))),
};

export type FakeDevicesOptions = {
  /** What the platform says: a marble. */
  readonly report$?: Observable<DeviceReport>;
  /** What the person or the platform answers to an order; permission is granted unless told otherwise. */
  readonly reply?: (order: DeviceOrder) => readonly DeviceReport[];
};

/** A platform made of a marble string, for `createClient({ devices })`. */
export const fakeDevices = ({
  report$ = new Observable(),
  reply = order => ('ref' in order ? [done(order)] : []),
}: FakeDevicesOptions = {}): DevicePort => {
  const reply$ = new Subject<DeviceReport>();
  return {
    report$: merge(report$, reply$),
    perform: order => {
      reply(order).forEach(report => {
        reply$.next(report);
      });
    },
    media: silent,
  };
};
