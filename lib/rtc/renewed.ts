import { ReplaySubject, defer, filter, finalize, map, of, scan, switchMap, take, type Observable } from 'rxjs';
import { isLeft, right, type Either } from '../kernel/either.js';
import type { Failure } from '../kernel/port.js';
import type { Peer, PeerReport } from './model.js';

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
 * An offer that makes the media anew, with candidates by which it can be reached: plain SIP has no trickle.
 *
 *     no server   all candidates
 *     STUN        the first by a server, or all
 *     TURN        the first by a relay, or all
 *
 * Cold; one value. Servers that have all failed have nothing to add.
 */
export const renewed = (peer: Peer, how: Parameters<Peer['offer']>[0]): Observable<Either<Failure, string>> =>
  defer(() => {
    const enough$ = new ReplaySubject<unknown>(1);
    const heard = peer.report$
      .pipe(
        scan(learn, { servers: 'none', enough: false }),
        filter(({ enough }) => enough),
      )
      .subscribe(enough$);
    return peer.offer(how).pipe(
      switchMap((made): Observable<Either<Failure, string>> =>
        isLeft(made)
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
