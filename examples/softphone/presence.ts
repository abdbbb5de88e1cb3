import type { Messaging } from 'callstream';
import {
  filter,
  fromEvent,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  pairwise,
  startWith,
  switchMap,
  timer,
  type Observable,
} from 'rxjs';

/** A sign that is not repeated fades after a minute and a half. */
const repeat = 45_000;

const visible$ = fromEvent(document, 'visibilitychange').pipe(
  startWith(undefined),
  map(() => document.visibilityState === 'visible'),
);

/**
 * Says that we are here, again and again while the page can be seen; and to whoever has just come, so that they need
 * not wait for it.
 */
export const presence = (client: Messaging, id: string): Observable<never> => {
  const beat$ = visible$.pipe(
    switchMap(visible => (visible ? timer(0, repeat).pipe(map(() => 'online' as const)) : of('away' as const))),
  );
  const greeting$ = client.presence$(id).pipe(
    map(present => Object.keys(present)),
    startWith<readonly string[]>([]),
    pairwise(),
    filter(([before, now]) => now.some(member => !before.includes(member)) && document.visibilityState === 'visible'),
    map(() => 'online' as const),
  );
  return merge(beat$, greeting$).pipe(
    mergeMap(state => client.presence(id, state)),
    ignoreElements(),
  );
};
