import {
  EMPTY,
  ReplaySubject,
  Subject,
  concatMap,
  defer,
  filter,
  from,
  map,
  merge,
  of,
  take,
  type Observable,
  type Subscription,
  fromEvent,
} from 'rxjs';
import { isLeft, isRight, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import type { Microphone } from '../call/port.js';
import type { InputSettings } from '../media/model.js';
import type { Media } from '../media/port.js';
import { failed, ofFault } from './failure.js';
import { isOpen, sameDevice } from './microphone.js';

/** Sending side of a call: the track on the RTCRtpSender, and its `enabled`. */
export interface Voice {
  open(input: InputSettings): Observable<Either<Failure, Microphone>>;
  change(input: InputSettings): Observable<Either<Failure, Microphone>>;
  setLive(live: boolean): void;
  /** Puts the microphone, now and whenever it changes, on this sender. */
  attach(sender: RTCRtpSender): Promise<void>;
  close(): void;
}

/** Sequence number of the latest request that this result answers. */
type Answer = { readonly asked: number; readonly result: Either<Failure, Microphone> };

/** Result of a `Media` request, with the change that it answers. */
type Emission = {
  readonly asked: number;
  readonly wish: InputSettings | undefined;
  readonly result: Either<Fault, MediaStreamTrack>;
};

type Around = { readonly live: boolean; readonly call?: string | undefined };

/**
 * `live` is stored and applied to each track before it is attached, so that a mute during a change of the microphone is kept.
 * `fail` gets the loss of the microphone, and failures of changes without a pending request. `silence` gets whether the
 * platform delivers silence.
 */
export function createVoice(
  media: Media,
  { live, call }: Around,
  fail: (failure: Failure) => void,
  silence: (silenced: boolean) => void,
): Voice {
  const settings$ = new ReplaySubject<InputSettings>(1);
  const answer$ = new Subject<Answer>();
  let heard = live;
  let track: MediaStreamTrack | undefined;
  let sender: RTCRtpSender | undefined;
  let wished: InputSettings | undefined;
  let open: InputSettings | undefined;
  let asked = 0;
  let answered = 0;
  let running: Subscription | undefined;
  let silenced = false;

  // A device that is unplugged ends its track; stopping it ourselves does not.
  const lost = (): void => {
    fail({ fault: fault('mic-missing', { message: 'The microphone was lost.' }) });
  };

  // The system, or a switch on the device, may take the sound away and give it back: the track lasts.
  const heed = (): void => {
    const now = track?.muted === true;
    if (now === silenced) return;
    silenced = now;
    silence(now);
  };

  const ears = { ended: lost, mute: heed, unmute: heed };
  const keep = (next: MediaStreamTrack | undefined): void => {
    for (const [event, ear] of Object.entries(ears)) {
      track?.removeEventListener(event, ear);
      next?.addEventListener(event, ear);
    }
    track = next;
    heed();
  };

  const put = async (next: MediaStreamTrack): Promise<Either<Failure, Microphone>> => {
    next.enabled = heard;
    keep(next);
    try {
      await sender?.replaceTrack(next);
      return right(microphoneOf(next));
    } catch (cause) {
      return failed('mic-failed', cause);
    }
  };

  const take$ = ({ asked: mine, wish, result }: Emission): Observable<Answer> => {
    if (isRight(result)) {
      open = wish;
      return from(put(result.right)).pipe(map(placed => ({ asked: mine, result: placed })));
    }
    // The open microphone stays; if the settings have changed meanwhile, they are requested again.
    if (mine === asked) wished = open;
    return of({ asked: mine, result: ofFault(result.left) });
  };

  const answer = (next: Answer): void => {
    if (next.asked > answered) {
      answered = next.asked;
      answer$.next(next);
    } else if (isLeft(next.result)) fail(next.result.left);
  };

  const start = (): void => {
    // One subscription to `Media.microphone` until `close`; concatMap keeps the replaceTrack calls in order.
    running ??= media
      .microphone(settings$, call)
      .pipe(
        map((result): Emission => ({ asked, wish: wished, result })),
        concatMap(take$),
      )
      .subscribe(answer);
  };

  const ask = (input: InputSettings): Observable<Either<Failure, Microphone>> =>
    defer(() => {
      const mine = (asked += 1);
      // A change of volume alone succeeds at once.
      const stays = open !== undefined && wished === open && sameDevice(open, input);
      if (track !== undefined && isOpen(track) && stays) {
        wished = open = input;
        const result = right<Failure, Microphone>(microphoneOf(track));
        // Also to those whose track is still being put on the line.
        answer({ asked: mine, result });
        settings$.next(input);
        return of(result);
      }
      wished = input;
      const begin$ = defer(() => {
        settings$.next(input);
        start();
        return EMPTY;
      });
      // A result for a later request completes this one too.
      const result$ = answer$.pipe(
        filter(answer => answer.asked >= mine),
        map(answer => answer.result),
      );
      return merge(result$, begin$).pipe(take(1));
    });

  return {
    open: ask,
    change: ask,
    setLive: next => {
      heard = next;
      // While one is being replaced, the former one is still on the line.
      [track, sender?.track].forEach(each => {
        if (each) each.enabled = next;
      });
    },
    attach: async next => {
      sender = next;
      if (track !== undefined && next.track !== track) await next.replaceTrack(track);
    },
    close: () => {
      keep(undefined);
      running?.unsubscribe();
    },
  };
}

function microphoneOf(track: MediaStreamTrack): Microphone {
  const { deviceId } = track.getSettings();
  return deviceId === undefined || deviceId === '' ? {} : { id: deviceId };
}

/** Tone and gap in ms. RFC 4733 sets no limits; gateways need 40 ms of each. */
const duration = 100;
const gap = 70;

/**
 * True when a sender can send RFC 4733 now: the platform supports it (Node does not), and telephone-event was negotiated.
 */
export function canSend(dtmf: RTCDTMFSender | null | undefined): dtmf is RTCDTMFSender {
  return dtmf?.canInsertDTMF === true;
}

/**
 * One tone as RFC 4733: cold; completes when the tone and its gap have been played, which the platform says by a
 * `tonechange` to nothing. Errors as the platform does. A second `insertDTMF` before that would replace this one.
 */
export function tonePlayed(dtmf: RTCDTMFSender, tone: string): Observable<undefined> {
  return merge(
    fromEvent<RTCDTMFToneChangeEvent>(dtmf, 'tonechange'),
    defer(() => {
      dtmf.insertDTMF(tone, duration, gap);
      return EMPTY;
    }),
  ).pipe(
    filter(event => event.tone === ''),
    take(1),
    map(() => undefined),
  );
}
