import { EMPTY, defer, filter, fromEvent, map, merge, take, type Observable } from 'rxjs';

/** As long as a finger is on the key, and between two keys. RFC 4733 leaves it open; gateways expect at least 40 / 40. */
const duration = 100;
const gap = 70;

/**
 * Whether a sender speaks RFC 4733 now: the platform can (Node cannot), and the far side has agreed to telephone-event.
 */
export const canSend = (dtmf: RTCDTMFSender | null | undefined): dtmf is RTCDTMFSender => dtmf?.canInsertDTMF === true;

/**
 * One tone as RFC 4733: cold; completes when the tone and its gap have been played, which the platform says by a
 * `tonechange` to nothing. Errors as the platform does. A second `insertDTMF` before that would replace this one.
 */
export const tonePlayed = (dtmf: RTCDTMFSender, tone: string): Observable<undefined> =>
  merge(
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
