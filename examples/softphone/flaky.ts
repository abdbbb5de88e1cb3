import { fault, left, right, type Client, type Messaging } from 'callstream';
import {
  catchError,
  concatMap,
  defer,
  filter,
  from,
  map,
  merge,
  Observable,
  of,
  pairwise,
  scan,
  startWith,
  switchMap,
  EMPTY,
  tap,
} from 'rxjs';
import type { Account } from './account.js';
import { attribute, click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { counted, noTally, reconnected, tallyWords, type Tally } from './tally.js';

/** Of a hundred events to this user, so many are lost, doubled, or overtaken; and how often the socket is cut, in ms. */
const bad = { lose: 0.2, duplicate: 0.2, reorder: 0.3, drop: 6000 };
const good = {};

/** What has become of the events since the network went bad, as the two streams tell it. */
const tally$ = ({ event$, session$ }: Client & Messaging): Observable<Tally> => {
  const back$ = session$.pipe(
    map(({ connection }) => connection),
    pairwise(),
    filter(([before, now]) => before !== 'connected' && now === 'connected'),
  );
  return merge(
    event$.pipe(map(event => (tally: Tally) => counted(tally, event))),
    back$.pipe(map(() => reconnected)),
  ).pipe(
    scan((tally, change) => change(tally), noTally),
    startWith(noTally),
  );
};

/** Makes the local server's network bad for this user, so that one can watch what it does to the conversations. */
export const flaky = (parent: Element, { client, token }: Account): Piece => {
  const toggle = el(
    'button',
    { type: 'button', class: 'switch', role: 'switch', 'aria-checked': 'false' },
    'Flaky network',
  );
  const words = el('p', { class: 'tally', hidden: '' });

  const put = async (faults: object): Promise<void> => {
    const answer = await fetch('/dev/chat/faults', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `bearer ${await token()}` },
      body: JSON.stringify(faults),
      // Also a page that is being left puts the network right.
      keepalive: true,
    });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  };
  const show = (on: boolean): void => {
    attribute(toggle, 'aria-checked', String(on));
    shown(words, on);
  };

  const wish$ = click$(toggle).pipe(map(() => toggle.getAttribute('aria-checked') !== 'true'));
  const on$ = wish$.pipe(
    // In the order in which they were wished.
    concatMap(on =>
      defer(() => from(put(on ? bad : good))).pipe(
        map(() => right(on)),
        catchError((cause: unknown) => of(left(fault('server-error', { cause })))),
      ),
    ),
    tap(outcome => {
      if (outcome._tag === 'Right') show(outcome.right);
    }),
  );
  const repaired = new Observable<never>(() => () => {
    if (toggle.getAttribute('aria-checked') === 'true') put(good).catch(() => undefined);
  });

  return mounted(
    parent,
    el('div', { class: 'flaky' }, toggle, words),
    on$.pipe(
      switchMap(outcome =>
        outcome._tag === 'Left'
          ? of(outcome)
          : drawn(outcome.right ? tally$(client) : EMPTY, tally => {
              text(words, tallyWords(tally));
            }),
      ),
    ),
    repaired,
  );
};
