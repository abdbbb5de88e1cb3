import { ReplaySubject, defer, finalize, map, of, switchMap, take, type Observable } from 'rxjs';
import { isLeft, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import { credentials } from './description.js';
import type { OfferOptions, Peer } from './model.js';

/**
 * Waits, where it must, until a description has candidates by which it can be reached: plain SIP has no trickle. Whoever
 * watches what the peer gathers says by `enough$` when that is; it may be before the platform has set the description.
 *
 * Cold; one value.
 */
const whole = (
  peer: Peer,
  enough$: Observable<unknown>,
  describe: () => Observable<Either<Failure, string>>,
  isBare: (sdp: string) => boolean,
): Observable<Either<Failure, string>> =>
  defer(() => {
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

/** An offer that makes the media anew, to be sent at once. */
export const renewed = (
  peer: Peer,
  how: OfferOptions,
  enough$: Observable<unknown>,
): Observable<Either<Failure, string>> =>
  whole(
    peer,
    enough$,
    () => peer.offer(how),
    () => true,
  );

/** An answer within a call, to be sent at once: where the offer makes the media anew it has candidates of its own. */
export const answering = (
  peer: Peer,
  offer: string,
  enough$: Observable<unknown>,
): Observable<Either<Failure, string>> => {
  const before = credentials(peer.localDescription);
  return whole(
    peer,
    enough$,
    () => peer.answer(offer),
    sdp => credentials(sdp) !== before,
  );
};
