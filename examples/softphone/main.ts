import { finalize, fromEvent, map, merge, switchMap, takeUntil } from 'rxjs';
import type { Account } from './account.js';
import { click$, drawn, part, shown } from './dom.js';
import { oneTab } from './one-tab.js';
import { forget, signIn } from './sign-in.js';
import { strip } from './strip.js';
import { workspace } from './workspace.js';

const form = part('#sign-in') as HTMLFormElement;
const field = part('#user') as HTMLInputElement;

const hide = (node: HTMLElement): void => {
  shown(node, false);
};

const signedIn = (on: boolean): void => {
  shown(form, !on);
  if (!on) [part('#workspace'), part('#elsewhere')].forEach(hide);
  shown(part('#sign-out'), on);
};

/** Also a page that is left hangs up and unregisters. */
const leave$ = merge(click$(part('#sign-out')), fromEvent(window, 'pagehide'));

const account$ = signIn(form, field, part('#trouble'));

const workspace$ = account$.pipe(
  switchMap((account: Account) => {
    signedIn(true);
    return oneTab(account.name, part('#elsewhere'), part('#workspace'), workspace(account)).pipe(
      takeUntil(leave$),
      finalize(() => {
        signedIn(false);
        field.focus();
      }),
    );
  }),
);

// A page that is only left keeps its address, so that a reload signs in again.
const signOut$ = drawn(click$(part('#sign-out')), forget);

// The one subscription of the page.
merge(strip(part('#strip'), account$.pipe(map(({ client }) => client))), workspace$, signOut$).subscribe();
