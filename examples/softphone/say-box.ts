import type { Call, Client } from 'callstream';
import { exhaustMap, filter, fromEvent, map, merge, tap, withLatestFrom, type Observable } from 'rxjs';
import { drawn, el, shown, text, type Piece } from './dom.js';

const view = () => {
  const field = el('input', { 'aria-label': 'What to say', placeholder: 'What to say', autocomplete: 'off' });
  const ssml = el('input', { type: 'checkbox' });
  const told = el('p', { class: 'told', role: 'status' });
  const node = el(
    'form',
    { class: 'say', 'aria-label': 'Say something' },
    el('div', { class: 'row' }, field, el('button', {}, 'Say')),
    el('label', { class: 'check' }, ssml, 'It is SSML'),
    told,
  );
  return { field, ssml, told, node };
};

/** Has the service say something to everybody in a call, while it is under way. */
export const sayBox = (client: Client, call$: Observable<Call>) => {
  const { field, ssml, told, node } = view();

  const said$ = fromEvent(node, 'submit').pipe(
    tap(event => {
      event.preventDefault();
    }),
    map(() => field.value.trim()),
    filter(words => words !== ''),
    withLatestFrom(call$),
    // A second press while the first is on its way is the same wish.
    exhaustMap(([words, { id }]) => client.say(id, ssml.checked ? { text: words, ssml: true } : words)),
    tap(outcome => {
      if (outcome._tag === 'Left') return;
      field.value = '';
      text(told, 'The service says it to everybody.');
    }),
  );
  const work: Piece = merge(
    drawn(call$, ({ status }) => {
      shown(node, status === 'active' || status === 'on_hold');
    }),
    drawn(fromEvent(field, 'input'), () => {
      text(told, '');
    }),
    said$,
  );
  return { node, work };
};
