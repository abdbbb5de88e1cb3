import type { Client } from 'callstream';
import { distinctUntilChanged, filter, groupBy, map, mergeMap, takeUntil, type Observable } from 'rxjs';
import { callCard } from './call-card.js';
import { drawn, el, mounted, shown, type Piece } from './dom.js';
import type { Shown } from './shown-calls.js';
import { swapBar } from './swap-bar.js';

const isSame = (a: Shown, b: Shown): boolean =>
  a.call === b.call && a.calls.length === b.calls.length && a.calls.every((call, place) => call === b.calls[place]);

/**
 * A card for each call that is shown, for as long as it is.
 *
 *     shown$    -(ab)--(ab)--b--|
 *     card a     [-----------]
 *     card b     [--------------]
 */
export const callList = (
  parent: Element,
  client: Client,
  shown$: Observable<readonly Shown[]>,
  friend: string,
): Piece => {
  const link = el(
    'a',
    { href: `?user=${friend}`, target: '_blank', rel: 'noopener' },
    `Open a second tab as ${friend}`,
  );
  const empty = el(
    'div',
    { class: 'empty' },
    el('p', {}, 'No calls yet.'),
    el('p', {}, link, ' and call each other, or call ', el('b', {}, 'echo'), ' and hear yourself.'),
  );
  const bar = el('div', { class: 'swaps' });
  const list = el('div', { class: 'cards' });
  const node = el('div', {}, empty, bar, list);
  const key$ = shown$.pipe(map(all => all.map(({ key }) => key)));

  const gone$ = (key: string) => key$.pipe(filter(keys => !keys.includes(key)));

  const cards$ = shown$.pipe(
    mergeMap(all => all),
    groupBy(({ key }) => key, { duration: ({ key }) => gone$(key) }),
    mergeMap(one$ =>
      callCard(list, client, one$.key, one$.pipe(distinctUntilChanged(isSame))).pipe(takeUntil(gone$(one$.key))),
    ),
  );

  return mounted(
    parent,
    node,
    drawn(key$, keys => {
      shown(empty, keys.length === 0);
    }),
    swapBar(bar, client, shown$),
    cards$,
  );
};
