import { EMPTY, NEVER, Subject, defer, map, merge, mergeMap, tap, type Observable } from 'rxjs';
import { isLeft, isRight, left, right, type Either } from '../kernel/either.js';
import { fault, type Fault } from '../kernel/fault.js';
import type { DeviceOrder, DevicePort, DeviceReport } from '../media/port.js';
import { microphoneOf } from '../rtc/media.js';
import { constraintsOf, followed, stopTracks, userMedia$, type UserMedia } from '../rtc/microphone.js';
import { played } from '../rtc/playback.js';
import { deviceReports } from './devices.js';
import { createGain } from './gain.js';
import { pageReports } from './page.js';
import { permissionReports } from './permission.js';
import type { Platform } from './platform.js';
import { wakeReports, type Wake } from './wake.js';

/**
 * A device port on this platform, which is looked for when someone subscribes or opens something. Where there is none,
 * it has nothing to report and every opening fails.
 */
export const portOn = (platform: () => Platform | undefined, wake: Wake): DevicePort => {
  const order$ = new Subject<DeviceOrder>();
  const opened$ = new Subject<undefined>();
  const amplified = createGain(() => present(platform()).makeAudioContext());

  const ask: UserMedia = constraints => {
    const { mediaDevices } = present(platform()).navigator;
    if (mediaDevices === undefined) throw new TypeError('The browser gives no microphone to this page.');
    return mediaDevices.getUserMedia(constraints);
  };

  const open$ = (constraints: MediaStreamConstraints): Observable<Either<Fault, MediaStream>> =>
    userMedia$(ask, constraints).pipe(
      tap(result => {
        if (isRight(result)) opened$.next(undefined);
      }),
    );

  /** The permission is asked for by opening a microphone, which is released at once. */
  const perform$ = ({ ref }: Extract<DeviceOrder, { readonly _tag: 'ask-permission' }>): Observable<DeviceReport> =>
    open$({ audio: true }).pipe(
      map(result => {
        if (isLeft(result)) return { _tag: 'done', ref, result: left({ fault: result.left }) };
        stopTracks(result.right);
        return { _tag: 'done', ref, result: right(undefined) };
      }),
    );

  return {
    report$: defer(() => {
      const here = platform();
      if (here === undefined) return NEVER;
      return merge(
        pageReports(here),
        permissionReports(here.navigator.permissions, opened$),
        deviceReports(here.navigator.mediaDevices, opened$),
        wakeReports(here, wake),
        // Orders are independent of each other; unsubscribing releases what they would still bring.
        order$.pipe(mergeMap(order => (order._tag === 'ask-permission' ? perform$(order) : EMPTY))),
      );
    }),
    perform: order => {
      order$.next(order);
    },
    media: {
      microphone: followed((settings, occasion) =>
        open$(constraintsOf(settings, occasion)).pipe(
          map(microphoneOf),
          map(opened => (isLeft(opened) ? opened : right(amplified(opened.right)))),
        ),
      ),
      play: (stream, settings$) =>
        defer(() => {
          const here = platform();
          return here === undefined
            ? settings$.pipe(map(() => left(fault('output-failed'))))
            : played(here.makePlayer)(stream, settings$);
        }),
    },
  };
};

const present = (platform: Platform | undefined): Platform => {
  if (platform === undefined) throw new TypeError('There is no page here.');
  return platform;
};
