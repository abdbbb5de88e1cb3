import type { Client } from 'callstream';
import { filter, fromEvent, map, merge, mergeMap, tap, withLatestFrom } from 'rxjs';
import { click$, drawn, el, mounted, type Piece } from './dom.js';
import { icon } from './icons.js';
import { isKey, keypad } from './keypad.js';
import { lineChoice } from './line-choice.js';
import { lineInUse$ } from './preference.js';

/** Numbers that the local server answers by itself. */
const trials = [
  ['echo', 'says what you say'],
  ['early', 'plays before it answers'],
  ['busy', 'is always busy'],
] as const;

/** Fields, calls and conversations take keystrokes for themselves; everything else leaves digits to the dial pad. */
const elsewhere = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, select, textarea, .card, #chat') !== null;

const view = (friend: string) => {
  const field = el('input', {
    id: 'number',
    name: 'number',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: 'Number or name',
    enterkeyhint: 'go',
    'data-refuge': '',
  });
  const erase = el('button', { type: 'button', class: 'quiet icon', 'aria-label': 'Erase' }, icon('erase'));
  const pad = keypad('Dial pad');
  const line = el('div');
  const call = el('button', { class: 'call' }, icon('call'), 'Call');
  const people = [[friend, 'in the second tab'] as const, ...trials].map(([name, does]) =>
    el('button', { type: 'button', class: 'chip', 'data-dial': name, title: `${name} ${does}` }, name),
  );
  const form = el(
    'form',
    { class: 'dialer' },
    el('div', { class: 'number' }, el('label', { for: 'number', class: 'sr' }, 'Number or name'), field, erase),
    pad.node,
    line,
    call,
    el('div', { class: 'chips', role: 'group', 'aria-label': 'Call at once' }, el('span', {}, 'Call'), ...people),
  );
  return { form, field, erase, line, key$: pad.key$, people };
};

/** Where a number is put together and dialled, by mouse, finger or keyboard. */
export const dialPad = (parent: Element, client: Client, friend: string): Piece => {
  const { form, field, erase, line, key$, people } = view(friend);

  const typed$ = fromEvent<KeyboardEvent>(document, 'keydown').pipe(
    filter(event => isKey(event) && !elsewhere(event.target)),
    tap(event => {
      event.preventDefault();
      field.focus();
    }),
    map(({ key }) => key),
  );
  const written$ = fromEvent(form, 'submit').pipe(
    tap(event => {
      event.preventDefault();
    }),
    map(() => field.value),
  );
  const chosen$ = merge(...people.map(person => click$(person).pipe(map(() => person.dataset['dial'] ?? ''))));

  return mounted(
    parent,
    form,
    lineChoice(line, client),
    drawn(merge(key$, typed$), key => {
      field.value += key;
    }),
    drawn(click$(erase), () => {
      field.value = field.value.slice(0, -1);
      field.focus();
    }),
    // Each is a call of its own: a second number may be dialled while the first one is being tried.
    merge(written$, chosen$).pipe(
      withLatestFrom(lineInUse$(client.session$)),
      mergeMap(([number, via]) => client.invite(number, { via })),
      tap(outcome => {
        if (outcome._tag === 'Right') field.value = '';
      }),
    ),
  );
};
