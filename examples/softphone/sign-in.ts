import { catchError, EMPTY, exhaustMap, filter, fromEvent, map, merge, of, share, tap, type Observable } from 'rxjs';
import { account, type Account } from './account.js';
import { text } from './dom.js';

/** `?user=alice` signs in at once, so that a second tab is one click away and a reload stays signed in. */
const asked = (): string => new URLSearchParams(location.search).get('user')?.trim() ?? '';

const remember = (name: string): void => {
  // What follows the # is the conversation that is open.
  const signedIn = `?user=${encodeURIComponent(name)}${location.hash}`;
  history.replaceState(null, '', name === '' ? location.pathname : signedIn);
};

export const forget = (): void => {
  remember('');
};

/** Event. Each account that somebody signed in with. */
export const signIn = (form: HTMLFormElement, field: HTMLInputElement, trouble: HTMLElement): Observable<Account> => {
  const submitted$ = fromEvent(form, 'submit').pipe(
    tap(event => {
      event.preventDefault();
    }),
    map(() => field.value.trim()),
  );
  return merge(of(asked()), submitted$).pipe(
    filter(name => name !== ''),
    tap(() => {
      text(trouble, '');
    }),
    // A second press while the first is on its way asks for nothing new.
    exhaustMap(name =>
      account(name).pipe(
        catchError((error: unknown) => {
          text(trouble, error instanceof Error ? error.message : 'The server cannot be reached.');
          return EMPTY;
        }),
      ),
    ),
    tap(({ name }) => {
      remember(name);
    }),
    share(),
  );
};
