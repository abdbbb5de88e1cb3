import { concatMap, map, pairwise, type Observable } from 'rxjs';
import type { Call } from '../call/model.js';
import type { Session } from '../client/model.js';

/** Changes of one call from one session state to the next: `undefined` before its begin and after it has left. */
export type CallChange = readonly [before: Call | undefined, now: Call | undefined];

/** A call with a service id, which is the call id of the document. */
export type Named = Call & { readonly ref: string };

export function isNamed(call: Call | undefined): call is Named {
  return call?.ref !== undefined;
}

/**
 * Every change of every call.
 *
 *     session$   n---r---a------e---n    n no call  r ringing  a active  e ended
 *     move$      ----r---a------e---n    each with what was before
 *
 * Event: what there is when it is subscribed is where it begins, and is not told.
 */
export function callChanges(session$: Observable<Pick<Session, 'calls'>>): Observable<CallChange> {
  return session$.pipe(
    map(({ calls }) => calls),
    pairwise(),
    concatMap(([before, now]) => between(before, now)),
  );
}

/** Differences of two call lists: removed, then changed or added. */
function between(before: readonly Call[], now: readonly Call[]): readonly CallChange[] {
  const former = new Map(before.map(call => [call.id, call]));
  const present = new Set(now.map(({ id }) => id));
  return [
    ...before.filter(({ id }) => !present.has(id)).map((call): CallChange => [call, undefined]),
    ...now.filter(call => former.get(call.id) !== call).map((call): CallChange => [former.get(call.id), call]),
  ];
}
