import type { Call, Client } from 'callstream';
import { exhaustMap, map, merge, withLatestFrom, type Observable } from 'rxjs';
import { click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { nameOf, shortOf } from './words.js';

const questionOf = (call: Call): string =>
  call.refer === undefined ? '' : `${nameOf(call)} wants to connect you with ${shortOf(call.refer.target)}.`;

/** Asks whether to call somebody else, where the far side wants that. Without an answer it is refused after a while. */
export const consentBox = (parent: Element, client: Client, call$: Observable<Call>): Piece => {
  const question = el('p');
  const yes = el('button', { type: 'button', class: 'answer' }, 'Connect me');
  const no = el('button', { type: 'button' }, 'Stay here');
  const node = el('div', { class: 'consent', role: 'alert' }, question, el('div', { class: 'row' }, yes, no));

  return mounted(
    parent,
    node,
    drawn(call$, call => {
      text(question, questionOf(call));
      shown(node, call.refer !== undefined);
    }),
    merge(click$(yes).pipe(map(() => true)), click$(no).pipe(map(() => false))).pipe(
      withLatestFrom(call$),
      // The first answer is the answer.
      exhaustMap(([consents, { id }]) => client.consent(id, consents)),
    ),
  );
};
