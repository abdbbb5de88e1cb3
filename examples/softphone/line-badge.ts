import type { Client } from 'callstream';
import { distinctUntilChanged, map, mergeMap, switchMap, timer } from 'rxjs';
import { attribute, click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { lineOf } from './words.js';

/** How the line stands, who one is on it, and a way to hurry it. */
export const lineBadge = (parent: Element, client: Client, who: string): Piece => {
  const words = el('span', { class: 'words' });
  const retry = el('button', { type: 'button', class: 'quiet', hidden: '' }, 'Try now');
  const node = el('div', { class: 'line' }, el('span', { class: 'lamp' }), el('b', {}, who), words, retry);

  return mounted(
    parent,
    node,
    drawn(
      client.session$.pipe(
        map(({ connection }) => connection),
        distinctUntilChanged(),
      ),
      connection => {
        attribute(node, 'data-status', connection);
        shown(retry, connection === 'recovering');
      },
    ),
    drawn(
      client.session$.pipe(
        distinctUntilChanged((a, b) => a.connection === b.connection && a.lines === b.lines && a.page === b.page),
        // While a new attempt is waited for the seconds run, on the page only.
        switchMap(session =>
          session.connection === 'recovering' ? timer(0, 500).pipe(map(() => session)) : [session],
        ),
        map(session => lineOf(session, Date.now())),
      ),
      line => {
        text(words, line);
      },
    ),
    click$(retry).pipe(mergeMap(() => client.reconnect())),
  );
};
