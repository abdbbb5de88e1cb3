import type { Messaging } from 'callstream';
import {
  distinctUntilChanged,
  filter,
  fromEvent,
  ignoreElements,
  map,
  merge,
  mergeMap,
  skip,
  startWith,
  switchMap,
  throttleTime,
  type Observable,
} from 'rxjs';

/** A sign that is not repeated fades after six seconds. */
const repeat = 3_000;

/**
 * Tells that we are writing, every few seconds while we are, and that we no longer are.
 *
 *     keys     -a-b-c------d---x-    x  sent, emptied or left
 *     typing   -y----------y---n-
 */
export const writing = (
  client: Messaging,
  id: string,
  field: HTMLTextAreaElement,
  sent$: Observable<unknown>,
): Observable<never> => {
  const input$ = fromEvent(field, 'input').pipe(map(() => field.value.trim() !== ''));
  const over$ = merge(sent$, fromEvent(field, 'blur'), input$.pipe(filter(something => !something)));
  const writing$ = over$.pipe(
    startWith(undefined),
    // Whoever begins anew says so at once.
    switchMap(() => input$.pipe(filter(Boolean), throttleTime(repeat))),
  );
  return merge(writing$, over$.pipe(map(() => false))).pipe(
    startWith(false),
    // Nobody stops twice.
    distinctUntilChanged((before, now) => !before && !now),
    skip(1),
    // A sign is for the moment: whether it arrived matters to nobody.
    mergeMap(on => client.typing(id, on)),
    ignoreElements(),
  );
};
