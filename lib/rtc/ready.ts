import { concatMap, forkJoin, map, of, type Observable, ReplaySubject, defer, finalize, switchMap, take } from 'rxjs';
import { isLeft, type Either, right } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { Microphone } from '../call/port.js';
import type { InputSettings } from '../media/model.js';
import type { Peer, OfferOptions } from './model.js';
import { credentials } from './description.js';

/**
 * Microphone and local description, side by side or one after the other: the first failure, else the microphone.
 * `offer` is the far side's, where there is one. Cold; one value.
 */
export function ready(
  peer: Peer,
  { input, parallel }: { readonly input: InputSettings; readonly parallel: boolean },
  offer: string | undefined,
): Observable<Either<Failure, Microphone>> {
  const microphone = peer.openMicrophone(input);
  const description = offer === undefined ? peer.offer() : peer.answer(offer);
  if (parallel) {
    return forkJoin([microphone, description]).pipe(
      map(([opened, described]) => (isLeft(described) ? described : opened)),
    );
  }
  return microphone.pipe(
    concatMap(opened =>
      isLeft(opened) ? of(opened) : description.pipe(map(described => (isLeft(described) ? described : opened))),
    ),
  );
}

/**
 * Waits, where it must, until a description has candidates by which it can be reached: plain SIP has no trickle. Whoever
 * watches what the peer gathers says by `enough$` when that is; it may be before the platform has set the description.
 *
 * Cold; one value.
 */
function whole(
  peer: Peer,
  enough$: Observable<unknown>,
  describe: () => Observable<Either<Failure, string>>,
  isBare: (sdp: string) => boolean,
): Observable<Either<Failure, string>> {
  return defer(() => {
    const heard$ = new ReplaySubject<unknown>(1);
    const hearing = enough$.subscribe(heard$);
    return describe().pipe(
      switchMap((made): Observable<Either<Failure, string>> =>
        isLeft(made) || !isBare(made.right)
          ? of(made)
          : heard$.pipe(
              take(1),
              map(() => right(peer.localDescription ?? made.right)),
            ),
      ),
      finalize(() => {
        hearing.unsubscribe();
      }),
    );
  });
}

/** An offer that restarts ICE or uses a new connection; emitted after `enough$`, so that it contains candidates. */
export function restartOffer(
  peer: Peer,
  how: OfferOptions,
  enough$: Observable<unknown>,
): Observable<Either<Failure, string>> {
  return whole(
    peer,
    enough$,
    () => peer.offer(how),
    () => true,
  );
}

/** An answer within the dialog. It waits for `enough$` only if its ICE credentials are new. */
export function answering(
  peer: Peer,
  offer: string,
  enough$: Observable<unknown>,
): Observable<Either<Failure, string>> {
  const before = credentials(peer.localDescription);
  return whole(
    peer,
    enough$,
    () => peer.answer(offer),
    sdp => credentials(sdp) !== before,
  );
}
