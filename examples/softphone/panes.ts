import type { Client } from 'callstream';
import { fromEvent, map, merge, startWith } from 'rxjs';
import { attribute, click$, drawn, el, mounted, part, type Piece } from './dom.js';
import { icon, type Icon } from './icons.js';

type Pane = 'phone' | 'chat';

const tab = (pane: Pane, drawing: Icon, label: string): HTMLButtonElement =>
  el('button', { type: 'button', 'data-pane': pane }, icon(drawing), label, el('span', { class: 'count' }));

/** Where there is room for one pane only, these choose it. */
export const panes = (parent: Element, { session$ }: Client): Piece => {
  const phone = tab('phone', 'call', 'Phone');
  const chat = tab('chat', 'chat', 'Messages');
  const node = el('nav', { class: 'panes', 'aria-label': 'Panes' }, phone, chat);
  const count = phone.querySelector('.count') ?? phone;

  const pane$ = merge(
    click$(phone).pipe(map((): Pane => 'phone')),
    click$(chat).pipe(map((): Pane => 'chat')),
    // Whoever goes to a conversation, by a link or by Back, sees it.
    fromEvent(window, 'hashchange').pipe(map((): Pane => 'chat')),
  ).pipe(startWith<Pane>(location.hash.length > 1 ? 'chat' : 'phone'));

  return mounted(
    parent,
    node,
    drawn(pane$, pane => {
      attribute(part('#workspace'), 'data-pane', pane);
      attribute(phone, 'aria-current', pane === 'phone' ? 'true' : undefined);
      attribute(chat, 'aria-current', pane === 'chat' ? 'true' : undefined);
    }),
    drawn(session$, ({ calls }) => {
      const live = calls.filter(({ status }) => status !== 'terminated');
      const ringing = live.some(({ direction, status }) => direction === 'incoming' && status === 'ringing');
      count.textContent = live.length === 0 ? '' : String(live.length);
      attribute(
        count,
        'aria-label',
        live.length === 0 ? undefined : `${live.length} ${live.length === 1 ? 'call' : 'calls'}`,
      );
      attribute(phone, 'data-ringing', ringing ? '' : undefined);
    }),
  );
};
