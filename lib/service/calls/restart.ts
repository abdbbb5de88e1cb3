import { ReplaySubject, debounceTime, defer, filter, map, merge, of, switchMap, take, type Observable } from 'rxjs';
import { isLeft, left, right, type Either } from '../../core/either.js';
import type { Failure } from '../../core/port.js';
import type { Peer } from '../../rtc/model.js';
import { failed } from '../failure.js';
import type { ServiceContext, Settle, ServiceCall } from './context.js';
import { run } from './call.js';
import { asMember, askingToOffer } from './requests.js';

/** Posts our offer, and takes the answer to it, which comes by the socket: maybe before the reply. Cold. */
export function offered(
  agent: ServiceContext,
  call: ServiceCall,
  peer: Peer,
  sdp: string,
): Observable<Either<Failure, undefined>> {
  return defer(() => {
    const answer$ = new ReplaySubject<string>(1);
    call.answer$ = answer$;
    return asMember(agent, call, seat => askingToOffer(seat, sdp)).pipe(
      // One reply, one answer.
      switchMap((posted): Observable<Either<Failure, undefined>> => {
        if (isLeft(posted)) return of(posted);
        return answer$.pipe(
          take(1),
          switchMap(answer => peer.accept('answer', answer)),
        );
      }),
    );
  });
}

/** So long after a candidate the next one may come; what comes later the service learns from our checks. RFC 8445 §7.3.1.3. */
const quiet = 20;

/** An offer with other ICE credentials, and the first candidates in it. */
function renewed(peer: Peer): Observable<Either<Failure, string>> {
  return peer.offer({ iceRestart: true }).pipe(
    switchMap((made): Observable<Either<Failure, string>> => {
      if (isLeft(made)) return of(made);
      return merge(
        peer.report$.pipe(
          filter(({ _tag }) => _tag === 'candidate'),
          debounceTime(quiet),
        ),
        peer.report$.pipe(filter(({ _tag }) => _tag === 'gathered')),
      ).pipe(
        take(1),
        map(() => right(peer.localDescription ?? made.right)),
      );
    }),
  );
}

/** Reconnects the media. One attempt at a time, the latest counts; a failed offer is rolled back. */
export function restart(agent: ServiceContext, call: ServiceCall, settle: Settle<undefined>): void {
  if (!call.answered) {
    settle(left(failed('wrong-state')));
    return;
  }
  call.restarting?.unsubscribe();
  const attempt = run(
    agent,
    call,
    peer => renewed(peer).pipe(switchMap(made => (isLeft(made) ? of(made) : offered(agent, call, peer, made.right)))),
    result => {
      settle(result);
      if (isLeft(result))
        run(
          agent,
          call,
          peer => peer.rollback(),
          () => undefined,
        );
    },
    settle,
  );
  attempt.add(() => {
    settle(left(failed('cancelled')));
  });
  call.restarting = attempt;
}
