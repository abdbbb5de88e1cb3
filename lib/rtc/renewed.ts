import { ReplaySubject, defer, filter, finalize, map, of, scan, switchMap, take, type Observable } from 'rxjs';
import { isLeft, right, type Either } from '../kernel/either.js';
import type { Failure } from '../kernel/port.js';
import { credentials } from './description.js';
import type { OfferOptions, Peer, PeerReport } from './model.js';

type Gathering = { readonly servers: 'none' | 'stun' | 'turn'; readonly enough: boolean };

const reaches: Readonly<Record<Gathering['servers'], ReadonlySet<string>>> = {
  none: new Set(),
  stun: new Set(['srflx', 'relay']),
  turn: new Set(['relay']),
};

const learn = ({ servers }: Gathering, report: PeerReport): Gathering => {
  if (report._tag === 'gathering') return { servers: report.servers, enough: false };
  if (report._tag === 'candidate') return { servers, enough: reaches[servers].has(report.kind) };
  return { servers, enough: report._tag === 'gathered' || report._tag === 'unreachable' };
};

/**
 * Waits, where it must, until a description has candidates by which it can be reached: plain SIP has no trickle.
 *
 *     no server   all candidates
 *     STUN        the first by a server, or all
 *     TURN        the first by a relay, or all
 *
 * Cold; one value. Servers that have all failed have nothing to add.
 */
const whole = (
  peer: Peer,
  describe: () => Observable<Either<Failure, string>>,
  isBare: (sdp: string) => boolean,
): Observable<Either<Failure, string>> =>
  defer(() => {
    const enough$ = new ReplaySubject<unknown>(1);
    const heard = peer.report$
      .pipe(
        scan(learn, { servers: 'none', enough: false }),
        filter(({ enough }) => enough),
      )
      .subscribe(enough$);
    return describe().pipe(
      switchMap((made): Observable<Either<Failure, string>> =>
        isLeft(made) || !isBare(made.right)
          ? of(made)
          : enough$.pipe(
              take(1),
              map(() => right(peer.localDescription ?? made.right)),
            ),
      ),
      finalize(() => {
        heard.unsubscribe();
      }),
    );
  });

/** An offer that makes the media anew, to be sent at once. */
export const renewed = (peer: Peer, how: OfferOptions): Observable<Either<Failure, string>> =>
  whole(
    peer,
    () => peer.offer(how),
    () => true,
  );

/** An answer within a call, to be sent at once: where the offer makes the media anew it has candidates of its own. */
export const answering = (peer: Peer, offer: string): Observable<Either<Failure, string>> => {
  const before = credentials(peer.localDescription);
  return whole(
    peer,
    () => peer.answer(offer),
    sdp => credentials(sdp) !== before,
  );
};
