import type { Content, Messaging } from 'callstream';
import { filter, fromEvent, map, merge, mergeMap, Subject, tap } from 'rxjs';
import { attachForm } from './attach-form.js';
import { attribute, click$, drawn, el, mounted, shown, type Piece } from './dom.js';
import { icon } from './icons.js';
import { writing } from './writing.js';

const view = () => {
  const field = el('textarea', {
    rows: '1',
    'aria-label': 'Message',
    placeholder: 'Message',
    autocomplete: 'off',
    enterkeyhint: 'send',
  });
  const attach = el(
    'button',
    { type: 'button', class: 'icon', 'aria-label': 'Attach', title: 'Attach', 'aria-expanded': 'false' },
    icon('plus'),
  );
  const send = el('button', { class: 'call icon', 'aria-label': 'Send', title: 'Send' }, icon('send'));
  const form = el('form', { class: 'composer' }, attach, field, send);
  return { field, attach, form };
};

/** Enter sends, with Shift it is a new line; while a word is being put together, it belongs to the keyboard. */
const isSend = ({ key, shiftKey, isComposing }: KeyboardEvent): boolean => key === 'Enter' && !shiftKey && !isComposing;

/** Where one writes. Whatever is sent goes into the outbox at once, with a line or without. */
export const composer = (parent: Element, client: Messaging, id: string): Piece => {
  const { field, attach, form } = view();
  const extra = attachForm();
  const node = el('div', { class: 'writing' }, extra.node, form);
  const sent$ = new Subject<undefined>();

  const text$ = fromEvent(form, 'submit').pipe(
    tap(event => {
      event.preventDefault();
    }),
    map((): Content => ({ kind: 'text', text: field.value.trim() })),
    filter(content => content.kind === 'text' && content.text !== ''),
    tap(() => {
      field.value = '';
      sent$.next(undefined);
    }),
  );
  const open = (on: boolean): void => {
    shown(extra.node, on);
    attribute(attach, 'aria-expanded', String(on));
    if (on) extra.focus();
    else field.focus();
  };

  return mounted(
    parent,
    node,
    drawn(fromEvent<KeyboardEvent>(field, 'keydown').pipe(filter(isSend)), event => {
      event.preventDefault();
      form.requestSubmit();
    }),
    drawn(click$(attach), () => {
      open(extra.node.hidden);
    }),
    drawn(extra.close$, () => {
      open(false);
    }),
    writing(client, id, field, sent$),
    // What is wrong with a message is said beside it; each is its own, and none waits for the answer to another.
    merge(text$, extra.content$).pipe(mergeMap(content => client.send(id, content))),
  );
};
