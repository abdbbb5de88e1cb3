import type { Call, Client } from 'callstream';
import { exhaustMap, filter, map, withLatestFrom, type Observable } from 'rxjs';
import { attribute, click$, drawn, el, mounted, shown, type Piece } from './dom.js';
import { icon } from './icons.js';
import { isTalk, type Shown } from './shown-calls.js';
import { nameOf } from './words.js';

type Pair = { readonly talking: Call; readonly waiting: Call };

/** Of two calls the one that is talking, and the one that waits. */
const pairOf = (all: readonly Shown[]): Pair | undefined => {
  const calls = all.map(({ call }) => call).filter(isTalk);
  const talking = calls.find(({ hold }) => !hold.local);
  const waiting = calls.find(({ hold }) => hold.local);
  return calls.length === 2 && talking && waiting ? { talking, waiting } : undefined;
};

/** One press to talk with the other one of two. */
export const swapBar = (parent: Element, client: Client, shown$: Observable<readonly Shown[]>): Piece => {
  const swap = el('button', { type: 'button', class: 'swap' }, icon('swap'), 'Swap');
  const pair$ = shown$.pipe(map(pairOf));

  return mounted(
    parent,
    swap,
    drawn(pair$, pair => {
      attribute(swap, 'aria-label', pair === undefined ? 'Swap' : `Swap: talk with ${nameOf(pair.waiting)}`);
      shown(swap, pair !== undefined);
    }),
    click$(swap).pipe(
      withLatestFrom(pair$),
      map(([, pair]) => pair),
      filter(pair => pair !== undefined),
      // A second press while the first is on its way is the same wish.
      exhaustMap(({ talking, waiting }) => client.swap(talking.id, waiting.id)),
    ),
  );
};
