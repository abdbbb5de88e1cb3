import { isLeft } from 'callstream';
import { filter, ignoreElements, map, merge, Observable } from 'rxjs';
import type { Account } from './account.js';
import { chat } from './chat.js';
import { part } from './dom.js';
import { lineBadge } from './line-badge.js';
import { notices } from './notices.js';
import { panes } from './panes.js';
import { phone } from './phone.js';
import { preferred$ } from './preference.js';
import { shownCalls } from './shown-calls.js';

/** A telephone and its conversations, for one account: one client, connected while this is subscribed to. */
export const workspace = (account: Account): Observable<never> => {
  const { client, name, extension } = account;
  const shown$ = shownCalls(client.session$, preferred$);
  const refused$ = merge(
    lineBadge(part('#line'), client, `${name} · ${extension}`),
    panes(part('#panes'), client, shown$),
    ...phone(account, shown$),
    ...chat(account),
  ).pipe(
    filter(isLeft),
    map(({ left }) => left),
  );
  // How the line stands is state and shown as such; a notice of it would still be there when it is up again.
  const survived$ = client.fault$.pipe(filter(({ code }) => code !== 'line-lost'));
  return merge(
    notices(part('#notices'), merge(refused$, survived$)).pipe(ignoreElements()),
    new Observable<never>(() => client.connect()),
  );
};
