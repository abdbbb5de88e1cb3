import type { Client, Conversation, EventId, Messaging } from 'callstream';
import {
  animationFrameScheduler,
  auditTime,
  combineLatest,
  filter,
  fromEvent,
  map,
  mergeMap,
  Subject,
  tap,
  type Observable,
} from 'rxjs';
import { attribute, click$, drawn, el, mounted, shown, type Piece } from './dom.js';
import { icon } from './icons.js';
import { keyed } from './keyed.js';
import { messageMenus, oneStop } from './message-menus.js';
import { rowView } from './message-view.js';
import { placeIn } from './place.js';
import { rowsOf, sameRow, type Row } from './rows.js';
import { seenReceipts } from './seen.js';
import { user$ } from './user.js';

const view = () => {
  const older = el('button', { type: 'button', class: 'quiet older', hidden: '' }, 'Load older messages');
  const list = el('ol', { class: 'rows' });
  const log = el('div', { class: 'log', role: 'log', 'aria-label': 'Messages', tabindex: '0' }, older, list);
  const fresh = el('button', { type: 'button', class: 'fresh', hidden: '' }, icon('down'), 'New messages');
  return { older, list, log, fresh, node: el('div', { class: 'timeline' }, log, fresh) };
};

type Pressed = { readonly what: string; readonly key: string; readonly id: EventId };

const pressed$ = (list: HTMLElement): Observable<Pressed> =>
  click$(list).pipe(
    map(({ target }) => (target instanceof Element ? target.closest<HTMLElement>('[data-do]') : null)),
    filter(button => button !== null),
    map(button => {
      const { key = '', id } = button.closest<HTMLElement>('.message')?.dataset ?? {};
      return { what: button.dataset['do'] ?? '', key, id: Number(id) };
    }),
  );

/** Whether rows were put before the first: they are history, and nobody is told them as news. */
const isHistory = (before: readonly Row[], rows: readonly Row[]): boolean => before[0]?.key !== rows[0]?.key;

/** What was said, oldest first, with what still waits at the end. */
export const timelineView = (parent: Element, client: Client & Messaging, id: string): Piece => {
  const { older, list, log, fresh, node } = view();
  const place = placeIn(log, list);
  const show = keyed<Row>(list, { key: ({ key }) => key, same: sameRow, make: rowView });
  const drawn$ = new Subject<Conversation>();
  let rows: readonly Row[] = [];

  const draw = (conversation: Conversation, user: string | undefined): void => {
    const next = rowsOf(conversation, user);
    const known = new Set(rows.map(({ key }) => key));
    const added = next.slice(rows.length === 0 ? next.length : 0).filter(row => !known.has(row.key));
    const history = isHistory(rows, next);
    // A page of history is not read out.
    attribute(log, 'aria-live', history ? 'off' : 'polite');
    if (added.some(row => row.kind === 'said' && row.unsent !== undefined)) place.toEnd();
    place.keep(() => {
      show(next);
      oneStop(list);
      shown(older, conversation.history.before);
    });
    if (!history && !place.atEnd() && added.some(row => row.kind === 'said' && !row.own)) shown(fresh, true);
    attribute(older, 'aria-busy', String(conversation.history.loading));
    rows = next;
  };

  const command = ({ what, key, id: event }: Pressed) => {
    if (what === 'delete') return client.deleteEvent(id, event);
    return what === 'resend' ? client.resend(id, key) : client.unsend(id, key);
  };

  return mounted(
    parent,
    node,
    drawn(
      combineLatest([client.conversation$(id), user$(client.session$)]).pipe(
        // At most once a frame, however much arrives.
        auditTime(0, animationFrameScheduler),
      ),
      ([conversation, user]) => {
        draw(conversation, user);
        drawn$.next(conversation);
      },
    ),
    place.work,
    messageMenus(list),
    drawn(fromEvent(log, 'scroll', { passive: true }), () => {
      if (place.atEnd()) shown(fresh, false);
    }),
    drawn(click$(fresh), () => {
      place.toEnd();
      shown(fresh, false);
      log.focus();
    }),
    seenReceipts(client, id, log, drawn$),
    click$(older).pipe(mergeMap(() => client.loadOlder(id))),
    pressed$(list).pipe(
      tap(() => {
        // The button goes with what it was for.
        log.focus();
      }),
      mergeMap(command),
    ),
  );
};
