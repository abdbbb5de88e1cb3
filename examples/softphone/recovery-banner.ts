import type { Call, Client, Session } from 'callstream';
import { exhaustMap, map, switchMap, timer } from 'rxjs';
import { attribute, click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { nameOf } from './words.js';

/** The calls whose line is away, or has not found them yet. */
const adrift = ({ calls }: Session): readonly Call[] =>
  calls.filter(({ status, signalling }) => status !== 'terminated' && signalling !== 'up');

const meaningOf = (call: Call): string =>
  call.signalling === 'lost'
    ? `${nameOf(call)} can be heard, but cannot be told anything any more: hang up when you have spoken.`
    : `The call with ${nameOf(call)} goes on. What you press is passed on when the line is back.`;

/** When the next attempt is, of the lines that are away. */
const nextOf = ({ connection, lines }: Session, now: number): string => {
  if (connection !== 'recovering') return 'Looking for the call…';
  const waits = lines.flatMap(({ retryAt }) => (retryAt === undefined ? [] : [retryAt - now]));
  const seconds = Math.ceil(Math.max(0, ...waits) / 1000);
  return seconds > 0 ? `Next attempt in ${seconds} s.` : 'Connecting…';
};

const isAway = (session: Session): boolean => adrift(session).length > 0 || session.connection === 'recovering';

/** What it means for the calls that the line is away, when it is tried again, and a way to hurry it. */
export const recoveryBanner = (parent: Element, client: Client): Piece => {
  const meaning = el('p', { role: 'status' });
  const next = el('small');
  const retry = el('button', { type: 'button' }, 'Connect now');
  const node = el('div', { class: 'banner' }, el('div', {}, meaning, next), retry);

  return mounted(
    parent,
    node,
    drawn(
      client.session$.pipe(
        // While a new attempt is waited for the seconds run, on the page only.
        switchMap(session => (isAway(session) ? timer(0, 500).pipe(map(() => session)) : [session])),
      ),
      session => {
        const calls = adrift(session);
        shown(node, isAway(session));
        attribute(
          node,
          'data-signalling',
          calls.some(({ signalling }) => signalling === 'lost') ? 'lost' : 'recovering',
        );
        text(
          meaning,
          calls.length === 0 ? 'The line is away and comes back by itself.' : calls.map(meaningOf).join(' '),
        );
        text(next, nextOf(session, Date.now()));
        shown(retry, session.connection === 'recovering');
      },
    ),
    // A second press while the first is on its way is the same wish.
    click$(retry).pipe(exhaustMap(() => client.reconnect())),
  );
};
