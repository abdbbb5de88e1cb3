import { concatMap, defer, filter, finalize, map, of, takeWhile, type Observable } from 'rxjs';
import type { Call, CallId } from '../call/model.js';
import { isLeft, right, type Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Outcome } from '../core/port.js';

/** Parts of the client for `dial$`. */
type Dialling = {
  readonly newId: () => CallId;
  readonly invite: (call: CallId) => Outcome<Call>;
  readonly call$: (call: CallId) => Observable<Call | undefined>;
  /** Cancels the invite or hangs up. */
  readonly withdraw: (call: CallId) => void;
};

/**
 * A call that lasts while it is subscribed to.
 *
 *     subscribed   ^-----------!
 *     call         --t--r--a-----    t trying   r ringing   a active
 *     hung up      ------------h-
 */
export function createDial({ newId, invite, call$, withdraw }: Dialling): Observable<Either<Fault, Call>> {
  return defer(() => {
    const id = newId();
    return invite(id).pipe(
      concatMap(begun => (isLeft(begun) ? of(begun) : watched(call$(id)))),
      finalize(() => {
        withdraw(id);
      }),
    );
  });
}

function watched(call$: Observable<Call | undefined>): Observable<Either<Fault, Call>> {
  return call$.pipe(
    filter(call => call !== undefined),
    takeWhile(({ status }) => status !== 'terminated', true),
    map(call => right(call)),
  );
}
