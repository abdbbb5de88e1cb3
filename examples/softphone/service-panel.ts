import type { Call, Client } from 'callstream';
import { exhaustMap, withLatestFrom, type Observable } from 'rxjs';
import { click$, drawn, el, mounted, shown, type Piece } from './dom.js';
import { legsView } from './legs-view.js';
import { serviceLine } from './lines.js';
import { sayBox } from './say-box.js';

/** What only a call of the service has: the others in it, a voice for everybody, and sound that can be made anew. */
export const servicePanel = (parent: Element, client: Client, call$: Observable<Call>): Piece => {
  const legs = legsView(call$);
  const say = sayBox(client, call$);
  const reconnect = el('button', { type: 'button', class: 'quiet reconnect' }, 'Reconnect the sound');

  const node = el('div', { class: 'served' }, legs.node, say.node, reconnect);

  return mounted(
    parent,
    node,
    drawn(call$, ({ line, status }) => {
      shown(node, line === serviceLine);
      shown(reconnect, status === 'active' || status === 'on_hold');
    }),
    legs.work,
    say.work,
    click$(reconnect).pipe(
      withLatestFrom(call$),
      // A second press while the first is on its way is the same wish.
      exhaustMap(([, { id }]) => client.reconnectCall(id)),
    ),
  );
};
