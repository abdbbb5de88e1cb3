import type { Client, Messaging } from 'callstream';
import { fromEvent, map, merge, startWith, type Observable } from 'rxjs';
import { attribute, click$, drawn, el, mounted, part, shown, text, type Piece } from './dom.js';
import { icon, type Icon } from './icons.js';
import type { Shown } from './shown-calls.js';
import { unread$ } from './unread.js';

type Pane = 'phone' | 'chat';

/** A button with a number that says what waits behind it. */
const tab = (drawing: Icon, label: string) => {
  const number = el('span');
  const unit = el('span', { class: 'sr' });
  const badge = el('span', { class: 'count' }, number, unit);
  const button = el('button', { type: 'button' }, icon(drawing), label, ' ', badge);
  const count = (many: number, one: string, more: string): void => {
    shown(badge, many > 0);
    text(number, String(many));
    text(unit, ` ${many === 1 ? one : more}`);
  };
  return { button, count };
};

/** Where there is room for one pane only, these choose it. */
export const panes = (parent: Element, client: Client & Messaging, shown$: Observable<readonly Shown[]>): Piece => {
  const phone = tab('call', 'Phone');
  const chat = tab('chat', 'Messages');
  const node = el('nav', { class: 'panes', 'aria-label': 'Panes' }, phone.button, chat.button);

  const pane$ = merge(
    click$(phone.button).pipe(map((): Pane => 'phone')),
    click$(chat.button).pipe(map((): Pane => 'chat')),
    // Whoever goes to a conversation, by a link or by Back, sees it.
    fromEvent(window, 'hashchange').pipe(map((): Pane => 'chat')),
  ).pipe(startWith<Pane>(location.hash.length > 1 ? 'chat' : 'phone'));

  return mounted(
    parent,
    node,
    drawn(pane$, pane => {
      attribute(part('#workspace'), 'data-pane', pane);
      attribute(phone.button, 'aria-current', pane === 'phone' ? 'true' : undefined);
      attribute(chat.button, 'aria-current', pane === 'chat' ? 'true' : undefined);
    }),
    drawn(shown$, all => {
      const live = all.map(({ call }) => call).filter(({ status }) => status !== 'terminated');
      const ringing = live.some(({ direction, status }) => direction === 'incoming' && status === 'ringing');
      phone.count(live.length, 'call', 'calls');
      attribute(phone.button, 'data-ringing', ringing ? '' : undefined);
    }),
    drawn(unread$(client), unread => {
      const all = [...unread.values()].reduce((sum, one) => sum + one, 0);
      chat.count(all, 'new', 'new');
    }),
  );
};
