import { EMPTY, NEVER, Subject, defer, filter, from, map, merge, mergeMap, share, type Observable } from 'rxjs';
import { isLeft, left, right } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { DeviceOrder, DevicePort, DeviceReport, Notice } from '../media/port.js';
import { stopTracks, type UserMedia } from '../rtc/microphone.js';
import { played, thawsOf } from '../rtc/playback.js';
import { sharedContext } from './context.js';
import { deviceReports } from './devices.js';
import { createGain } from './gain.js';
import { createListener } from './level.js';
import { createOpener } from './microphone.js';
import { noticeReports, type Words } from './notifications.js';
import { guarded, leavingReports, pageReports } from './page.js';
import { permissionReports } from './permission.js';
import type { Platform } from './platform.js';
import { ringOf, rung, type Ring } from './ring.js';
import { createAudioPlayer } from './audio-player.js';
import { resumeReports, type Wake } from './resume.js';

/** Options of the page besides its devices. */
export type Extras = { readonly ring?: Ring; readonly notify?: (notice: Notice) => Words };

type Is<Tag extends DeviceOrder['_tag']> = Extract<DeviceOrder, { readonly _tag: Tag }>;

/**
 * A device port on this platform, which is looked for when someone subscribes or opens something. Where there is none,
 * it has nothing to report and every opening fails.
 */
export function portOn(
  platform: () => Platform | undefined,
  wake: Wake,
  { ring, notify }: Extras = {},
): DevicePort & Required<Pick<DevicePort, 'level$'>> {
  const order$ = new Subject<DeviceOrder>();
  const context = sharedContext(() => present(platform()).makeAudioContext());
  const playbill = createAudioPlayer(thawsOf(() => platform()?.document));
  const listener = createListener(context);

  const ask: UserMedia = constraints => {
    const { mediaDevices } = present(platform()).navigator;
    if (mediaDevices === undefined) throw new TypeError('The microphone needs https.');
    return mediaDevices.getUserMedia(constraints);
  };
  const opener = createOpener(ask, createGain(context));

  /** The permission is asked for by opening a microphone, which is released at once. */
  const permitted$ = ({ ref }: Is<'ask-permission'>): Observable<DeviceReport> =>
    opener.open$({ audio: true }).pipe(
      map(result => {
        if (isLeft(result)) return { _tag: 'done', ref, result: left({ fault: result.left }) };
        stopTracks(result.right);
        return { _tag: 'done', ref, result: right(undefined) };
      }),
    );

  const unlocked$ = ({ ref }: Is<'unlock'>): Observable<DeviceReport> =>
    defer(() => {
      context.resume();
      return from(playbill.unlock());
    }).pipe(map(plays => ({ _tag: 'done', ref, result: plays ? right(undefined) : left({ fault: silent() }) })));

  const only = <Tag extends DeviceOrder['_tag']>(...tags: readonly Tag[]): Observable<Is<Tag>> =>
    order$.pipe(filter((order): order is Is<Tag> => (tags as readonly string[]).includes(order._tag)));

  /** Executes the orders of the page while it is subscribed. */
  const performed$ = (here: Platform): Observable<DeviceReport> =>
    merge(
      // These are independent of each other; unsubscribing releases what they would still bring.
      only('ask-permission').pipe(mergeMap(permitted$)),
      only('unlock').pipe(mergeMap(unlocked$)),
      guarded(here, only('guard').pipe(map(({ on }) => on))),
      ring === undefined
        ? EMPTY
        : rung(
            only('ring', 'hush').pipe(map(order => (order._tag === 'ring' ? order.output : undefined))),
            ringOf(here, ring, playbill, context),
          ),
      notify === undefined || here.notifier === undefined
        ? EMPTY
        : noticeReports(only('notify').pipe(map(({ calls }) => calls)), here.notifier, notify),
    );

  return {
    report$: defer(() => {
      const here = platform();
      if (here === undefined) return NEVER;
      const { permissions, mediaDevices } = here.navigator;
      const permission$ = permissionReports(permissions, opener.opened$).pipe(share());
      return merge(
        pageReports(here),
        leavingReports(here),
        permission$,
        deviceReports(mediaDevices, { ...opener, permitted$: permission$ }),
        resumeReports(here, wake),
        playbill.playback$.pipe(map((playback): DeviceReport => ({ _tag: 'playback', playback }))),
        performed$(here),
      );
    }),
    perform: order => {
      order$.next(order);
    },
    media: listener.on({
      microphone: opener.microphone,
      play: (stream, settings$) =>
        defer(() => {
          const here = platform();
          return here === undefined
            ? settings$.pipe(map(() => left(fault('output-failed'))))
            : played(here.makePlayer, playbill)(stream, settings$);
        }),
    }),
    level$: ear => defer(() => (platform() === undefined ? EMPTY : listener.level$(ear))),
  };
}

function silent() {
  return fault('output-failed', { message: 'Playback needs a gesture of the user.' });
}

function present(platform: Platform | undefined): Platform {
  if (platform === undefined) throw new TypeError('There is no page here.');
  return platform;
}
