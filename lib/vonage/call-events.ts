import { concatMap, withLatestFrom, type Observable } from 'rxjs';
import type { CallEvent } from '../call/model.js';
import type { Client } from '../client/model.js';
import { LegStatus } from './enums.js';
import { isNamed } from './call-changes.js';

type Tag = CallEvent['_tag'];
type Moment<T extends Tag> = Extract<CallEvent, { readonly _tag: T }>;

/**
 * One kind of moment within calls, each made into something, or nothing, that begins with the call's name.
 *
 *     callEvent$   --t---m---t--    t a transfer  m somebody is muted
 *     transfer$    --t-------t--
 */
export function callEventsOf<T extends Tag, A>(
  { session$, callEvent$ }: Pick<Client, 'session$' | 'callEvent$'>,
  tag: T,
  to: (ref: string, moment: Moment<T>) => readonly A[],
): Observable<A> {
  return callEvent$.pipe(
    // `session$` has emitted before the event.
    withLatestFrom(session$),
    concatMap(([event, { calls }]) => {
      const call = calls.find(({ id }) => id === event.call);
      return isNamed(call) && isOf(event, tag) ? to(call.ref, event) : [];
    }),
  );
}

function isOf<T extends Tag>(event: CallEvent, tag: T): event is Moment<T> {
  return event._tag === tag;
}

const statuses: Readonly<Partial<Record<string, LegStatus>>> = {
  ringing: LegStatus.Ringing,
  answered: LegStatus.Answered,
  completed: LegStatus.Completed,
};

/** Leg states that the document defines: not those of one's own leg, and neither busy nor unreachable. */
export function legStatusOf(
  ref: string,
  { leg: { id, mine, status } }: Moment<'leg'>,
): readonly (readonly [callId: string, legId: string, status: LegStatus])[] {
  const word = Object.hasOwn(statuses, status) ? statuses[status] : undefined;
  return mine || word === undefined ? [] : [[ref, id, word]];
}
