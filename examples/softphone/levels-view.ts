import type { Call, Client } from 'callstream';
import { distinctUntilChanged, EMPTY, map, switchMap, type Observable } from 'rxjs';
import { drawn, el, mounted, shown, type Piece } from './dom.js';
import { levelMeter } from './level-meter.js';

/** How loud the two sides of a call are, while it talks. */
export const levelsView = (parent: Element, client: Client, call$: Observable<Call>): Piece => {
  const you = levelMeter('How loud you are');
  const they = levelMeter('How loud they are');
  const node = el('div', { class: 'levels' }, el('span', {}, 'You'), you.node, el('span', {}, 'They'), they.node);
  /** What is held is not measured. */
  const talking$ = call$.pipe(
    map(({ id, status }) => (status === 'active' ? id : undefined)),
    distinctUntilChanged(),
  );
  const level$ = (side: 'input' | 'output'): Observable<number> =>
    talking$.pipe(switchMap(call => (call === undefined ? EMPTY : client.level$(side, { call }))));

  return mounted(
    parent,
    node,
    drawn(talking$, id => {
      shown(node, id !== undefined);
    }),
    you.work(level$('input')),
    they.work(level$('output')),
  );
};
