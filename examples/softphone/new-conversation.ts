import { isLeft, type Messaging, type NewConversation } from 'callstream';
import { exhaustMap, filter, fromEvent, map, of, tap } from 'rxjs';
import { attribute, click$, drawn, el, mounted, shown, type Piece } from './dom.js';
import { icon } from './icons.js';
import { select } from './selection.js';

const view = () => {
  const open = el(
    'button',
    { type: 'button', class: 'begin', 'aria-expanded': 'false' },
    icon('plus'),
    'New conversation',
  );
  const title = el('input', { required: '', autocomplete: 'off' });
  const name = el('input', { autocomplete: 'off', autocapitalize: 'off', placeholder: 'Optional, unique' });
  const cancel = el('button', { type: 'button', class: 'quiet' }, 'Cancel');
  const form = el(
    'form',
    { hidden: '', 'aria-label': 'New conversation' },
    el('label', {}, 'Title', title),
    el('label', {}, 'Name', name),
    el('div', { class: 'row' }, el('button', { class: 'call' }, 'Begin'), cancel),
  );
  return { open, title, name, cancel, form, node: el('div', { class: 'new' }, open, form) };
};

/** Begins a conversation and joins it: whoever makes one is not in it by that alone. */
export const newConversation = (parent: Element, client: Messaging): Piece => {
  const { open, title, name, cancel, form, node } = view();
  const show = (on: boolean): void => {
    shown(form, on);
    shown(open, !on);
    attribute(open, 'aria-expanded', String(on));
    (on ? title : open).focus();
  };
  const wish$ = fromEvent(form, 'submit').pipe(
    tap(event => {
      event.preventDefault();
    }),
    map((): NewConversation => {
      const unique = name.value.trim();
      return { displayName: title.value.trim(), ...(unique === '' ? {} : { name: unique }) };
    }),
    filter(({ displayName }) => displayName !== ''),
  );
  const escape$ = fromEvent<KeyboardEvent>(form, 'keydown').pipe(filter(({ key }) => key === 'Escape'));

  return mounted(
    parent,
    node,
    drawn(click$(open), () => {
      show(true);
    }),
    drawn(click$(cancel), () => {
      show(false);
    }),
    drawn(escape$, () => {
      show(false);
    }),
    wish$.pipe(
      // A second press while the first is on its way is the same wish.
      exhaustMap(wish =>
        client.createConversation(wish).pipe(
          exhaustMap(created =>
            isLeft(created)
              ? of(created)
              : client.joinConversation(created.right).pipe(
                  tap(joined => {
                    if (isLeft(joined)) return;
                    title.value = name.value = '';
                    show(false);
                    select(created.right);
                  }),
                ),
          ),
        ),
      ),
    ),
  );
};
