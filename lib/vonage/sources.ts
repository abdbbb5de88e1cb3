import { EMPTY, filter, map, switchMap, type Observable } from 'rxjs';
import { toEvent } from './telling.js';
import type { Sources } from './listeners.js';
import type { Login } from './login.js';
import type { News } from './news.js';

/** What callbacks hear: always of the session that has begun last. */
export const sourcesOf = (present$: Observable<Login | undefined>): Sources => {
  // The former session is over when another one is present.
  const news$ = present$.pipe(switchMap(login => login?.news$ ?? EMPTY));
  const told = (tag: 'reconnecting' | 'reconnection'): Observable<[]> =>
    news$.pipe(
      filter(({ _tag }) => _tag === tag),
      map(() => []),
    );
  return {
    // The same for its events.
    conversationEvent: present$.pipe(
      switchMap(login => login?.client.event$ ?? EMPTY),
      map(toEvent),
      filter(event => event !== undefined),
      map(event => [event]),
    ),
    sessionError: news$.pipe(
      filter((news): news is Extract<News, { readonly _tag: 'error' }> => news._tag === 'error'),
      map(({ reason }) => [reason]),
    ),
    reconnecting: told('reconnecting'),
    reconnection: told('reconnection'),
  };
};
