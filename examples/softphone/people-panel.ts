import type { Client, Mailbox } from 'callstream';
import { filter, fromEvent, map, mergeMap, pairwise, startWith, takeUntil, tap } from 'rxjs';
import { colleaguesOf } from './colleagues.js';
import { attribute, click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { icon } from './icons.js';
import { lampView } from './lamp-view.js';
import { sipLine } from './lines.js';

const waitingOf = ({ waiting, counts }: Mailbox): string => {
  const many = Object.values(counts).reduce((sum, count) => sum + count.new, 0);
  if (!waiting) return '';
  return many === 0 ? 'Messages in your mailbox' : `${many} new in your mailbox`;
};

const view = () => {
  const mailbox = el('p', { class: 'mailbox', role: 'status' });
  const quiet = el(
    'button',
    { type: 'button', class: 'switch', role: 'switch', 'aria-checked': 'false' },
    'Do not disturb',
  );
  const list = el('ul', { class: 'colleagues', 'aria-label': 'Colleagues' });
  const field = el('input', { 'aria-label': 'Colleague', placeholder: 'Name or number', autocomplete: 'off' });
  const form = el(
    'form',
    { class: 'row', 'aria-label': 'Watch a colleague' },
    field,
    el('button', { class: 'icon', 'aria-label': 'Watch' }, icon('plus')),
  );
  const node = el('div', { class: 'people' }, mailbox, quiet, list, form);
  return { mailbox, quiet, list, field, form, node };
};

/** Who of the colleagues is free, whether messages wait, and whether one is to be left alone. */
export const peoplePanel = (parent: Element, client: Client, user: string): Piece => {
  const { mailbox, quiet, list, field, form, node } = view();
  const { names$, add, remove } = colleaguesOf(user);

  /** Each that has come to the list. */
  const new$ = names$.pipe(
    startWith<readonly string[]>([]),
    pairwise(),
    mergeMap(([before, now]) => now.filter(name => !before.includes(name))),
  );
  const gone$ = (name: string) => names$.pipe(filter(names => !names.includes(name)));

  return mounted(
    parent,
    node,
    new$.pipe(
      mergeMap(name =>
        lampView(list, client, name, () => {
          remove(name);
        }).pipe(takeUntil(gone$(name))),
      ),
    ),
    drawn(client.mailbox$(undefined, { via: sipLine }), box => {
      text(mailbox, waitingOf(box));
    }),
    drawn(client.session$.pipe(map(({ doNotDisturb }) => doNotDisturb)), on => {
      attribute(quiet, 'aria-checked', String(on));
    }),
    drawn(names$, names => {
      shown(list, names.length > 0);
    }),
    drawn(
      fromEvent(form, 'submit').pipe(
        tap(event => {
          event.preventDefault();
        }),
        map(() => field.value.trim()),
        filter(name => name !== ''),
      ),
      name => {
        add(name);
        field.value = '';
      },
    ),
    click$(quiet).pipe(
      map(() => quiet.getAttribute('aria-checked') !== 'true'),
      mergeMap(on => client.doNotDisturb(on)),
    ),
  );
};
