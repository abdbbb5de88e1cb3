import type { Client } from 'callstream';
import { distinctUntilChanged, filter, groupBy, map, mergeMap, takeUntil } from 'rxjs';
import { callCard } from './call-card.js';
import { drawn, el, mounted, shown, type Piece } from './dom.js';

/**
 * A card for each call of the session, for as long as the session has the call.
 *
 *     session$  -(ab)--(ab)--b--|
 *     card a     [-----------]
 *     card b     [--------------]
 */
export const callList = (parent: Element, client: Client, friend: string): Piece => {
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
  const list = el('div', { class: 'cards' });
  const node = el('div', {}, empty, list);
  const id$ = client.session$.pipe(map(({ calls }) => calls.map(({ id }) => id)));

  const gone$ = (id: string) => id$.pipe(filter(ids => !ids.includes(id)));

  const cards$ = client.session$.pipe(
    mergeMap(({ calls }) => calls),
    groupBy(call => call.id, { duration: ({ key }) => gone$(key) }),
    mergeMap(call$ =>
      callCard(list, client, call$.key, call$.pipe(distinctUntilChanged())).pipe(takeUntil(gone$(call$.key))),
    ),
  );

  return mounted(
    parent,
    node,
    drawn(id$, ids => {
      shown(empty, ids.length === 0);
    }),
    cards$,
  );
};
