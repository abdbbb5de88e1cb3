import { tabLock } from 'callstream/browser';
import { EMPTY, map, merge, of, share, switchMap, timer, type Observable } from 'rxjs';
import { drawn, shown } from './dom.js';

/** To be asked takes a moment also where no other tab is there. */
const moment = 300;

/**
 * What one tab of a browser does at a time for a user: two that register would answer each other's calls.
 *
 *     other tab  u-------x
 *     here       -e------w---    e  in use elsewhere  w  works
 *
 * The tab that waits takes over when the other one is gone.
 */
export const oneTab = (
  user: string,
  elsewhere: HTMLElement,
  place: HTMLElement,
  work: Observable<never>,
): Observable<never> => {
  const mine$ = tabLock(`softphone/${user}`).hold$.pipe(share());
  return merge(
    drawn(mine$.pipe(switchMap(mine => (mine ? of(true) : timer(moment).pipe(map(() => false))))), mine => {
      shown(elsewhere, !mine);
      shown(place, mine);
    }),
    mine$.pipe(switchMap(mine => (mine ? work : EMPTY))),
  );
};
