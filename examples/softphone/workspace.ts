import { isLeft, type Fault } from 'callstream';
import { filter, ignoreElements, map, merge, Observable } from 'rxjs';
import type { Account } from './account.js';
import { chat } from './chat.js';
import { part } from './dom.js';
import { lineBadge } from './line-badge.js';
import { notices } from './notices.js';
import { panes } from './panes.js';
import { phone } from './phone.js';
import { preferred$ } from './preference.js';
import { recoveryBanner } from './recovery-banner.js';
import { shownCalls } from './shown-calls.js';
import { soundBanner } from './sound-banner.js';

/** Also a token that could not be fetched says no more than that the server is away. */
const isOfLine = ({ code, cause }: Fault): boolean =>
  code === 'line-lost' || (code === 'unauthorized' && cause !== undefined);

/** A telephone and its conversations, for one account: one client, connected while this is subscribed to. */
export const workspace = (account: Account): Observable<never> => {
  const { client, name, extension } = account;
  const shown$ = shownCalls(client.session$, preferred$);
  const refused$ = merge(
    lineBadge(part('#line'), client, `${name} · ${extension}`),
    recoveryBanner(part('#banners'), client),
    soundBanner(part('#banners'), client),
    panes(part('#panes'), client, shown$),
    ...phone(account, shown$),
    ...chat(account),
  ).pipe(
    filter(isLeft),
    map(({ left }) => left),
  );
  // How the line stands is state and shown as such; a notice of it would still be there when it is up again.
  const survived$ = client.fault$.pipe(filter(fault => !isOfLine(fault)));
  return merge(
    notices(part('#notices'), merge(refused$, survived$)).pipe(ignoreElements()),
    new Observable<never>(() => client.connect()),
  );
};
