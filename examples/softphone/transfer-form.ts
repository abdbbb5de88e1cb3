import type { Call, Client, Session } from 'callstream';
import {
  combineLatest,
  distinctUntilChanged,
  exhaustMap,
  filter,
  fromEvent,
  map,
  merge,
  startWith,
  Subject,
  tap,
  withLatestFrom,
  type Observable,
} from 'rxjs';
import { attribute, click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { keyed, type Kept } from './keyed.js';
import { sipLine } from './lines.js';
import { isTalk } from './shown-calls.js';
import { nameOf } from './words.js';

const view = (key: string) => {
  const field = el('input', { 'aria-label': 'Hand over to', placeholder: 'Number or name', autocomplete: 'off' });
  const others = el('div', { class: 'others' });
  const form = el(
    'form',
    { class: 'handing', id: `handing-${key}`, 'aria-label': 'Hand over' },
    el('div', { class: 'row' }, field, el('button', {}, 'Hand over')),
    others,
  );
  const progress = el('p', { class: 'told', role: 'status' });
  return { field, others, form, progress, node: el('div', { class: 'hands' }, form, progress) };
};

/** What a hand-over has come to. RFC 3515 §2.4.5: it is told by the status codes of the call that is made then. */
const progressOf = ({ transfer }: Call): string => {
  if (transfer === undefined) return '';
  return transfer.statusCode < 180
    ? `Handing over to ${transfer.to}…`
    : `Handing over to ${transfer.to}: it rings there…`;
};

const canHandOver = (call: Call): boolean => call.line === sipLine && isTalk(call) && call.transfer === undefined;

/** The other calls that its far side can be connected with. */
const partnersOf = ({ calls }: Session, call: Call): readonly Call[] =>
  calls.filter(other => other.id !== call.id && canHandOver(other));

/**
 * Hands the far side of a call over: to a number, or to the far side of another call. `toggle` opens it.
 *
 *     call      a----t--------e    t  a hand-over is under way  e  handed over
 *     form      o----x             o  can be opened
 *     progress  -----"rings there"
 */
export const transferForm = (
  parent: Element,
  toggle: HTMLElement,
  client: Client,
  call$: Observable<Call>,
  key: string,
): Piece => {
  const { field, others, form, progress, node } = view(key);
  const partner$ = new Subject<string>();
  attribute(toggle, 'aria-controls', form.id);

  const open = (on: boolean): void => {
    attribute(toggle, 'aria-expanded', String(on));
    shown(form, on);
  };

  const connect = (): Kept<Call> => {
    const button = el('button', { type: 'button' });
    return {
      node: button,
      draw: other => {
        text(button, `Connect with ${nameOf(other)}`);
        button.onclick = () => {
          partner$.next(other.id);
        };
      },
    };
  };
  const show = keyed<Call>(others, { key: ({ id }) => id, same: (a, b) => a === b, make: connect });

  const written$ = fromEvent(form, 'submit').pipe(
    tap(event => {
      event.preventDefault();
    }),
    map(() => field.value.trim()),
    filter(to => to !== ''),
  );
  const wish$ = merge(written$, partner$.pipe(map(call => ({ call }))));

  return mounted(
    parent,
    node,
    drawn(call$.pipe(map(canHandOver), distinctUntilChanged(), startWith(false)), can => {
      shown(toggle, can);
      open(false);
    }),
    drawn(click$(toggle), () => {
      open(form.hidden);
      if (!form.hidden) field.focus();
    }),
    drawn(call$, call => {
      text(progress, progressOf(call));
    }),
    drawn(combineLatest([client.session$, call$]), ([session, call]) => {
      show(partnersOf(session, call));
    }),
    wish$.pipe(
      withLatestFrom(call$),
      // A second press while the first is on its way is the same wish.
      exhaustMap(([to, { id }]) => client.transfer(id, to)),
      tap(({ _tag }) => {
        if (_tag === 'Right') field.value = '';
      }),
    ),
  );
};
