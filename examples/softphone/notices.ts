import type { Fault } from 'callstream';
import { groupBy, map, mergeMap, NEVER, takeUntil, timer, type Observable } from 'rxjs';
import { click$, el, mounted, type Piece } from './dom.js';
import { icon } from './icons.js';
import { faultOf } from './words.js';

const patience = 20_000;

/** What went wrong, once each, until it is waved away or old. */
export const notices = (parent: Element, fault$: Observable<Fault>): Piece =>
  fault$.pipe(
    map(faultOf),
    groupBy(words => words, { duration: () => timer(patience) }),
    mergeMap(({ key }) => {
      const close = el('button', { type: 'button', class: 'quiet icon', 'aria-label': 'Dismiss' }, icon('close'));
      return mounted(parent, el('p', { class: 'notice' }, key, close), NEVER).pipe(
        takeUntil(click$(close)),
        takeUntil(timer(patience)),
      );
    }),
  );
