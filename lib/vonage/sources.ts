import { EMPTY, filter, map, switchMap, type Observable } from 'rxjs';
import { toVonageEvent } from './event-mapper.js';
import type { Sources } from './listeners.js';
import type { Login } from './login.js';
import type { SessionEvent } from './session-events.js';
import type { VoiceEvents } from './calling.js';
import { voiceSources } from './voicesources.js';

/** Callback arguments, always of the latest session. */
export function sourcesOf(present$: Observable<Login | undefined>): Sources {
  // The former session is over when another one is present.
  const news$ = present$.pipe(switchMap(login => login?.news$ ?? EMPTY));
  const told = (tag: 'reconnecting' | 'reconnection'): Observable<[]> =>
    news$.pipe(
      filter(({ _tag }) => _tag === tag),
      map(() => []),
    );
  return {
    // Events of the current session only.
    conversationEvent: present$.pipe(
      switchMap(login => login?.client.event$ ?? EMPTY),
      map(toVonageEvent),
      filter(event => event !== undefined),
      map(event => [event]),
    ),
    sessionError: news$.pipe(
      filter((news): news is Extract<SessionEvent, { readonly _tag: 'error' }> => news._tag === 'error'),
      map(({ reason }) => [reason]),
    ),
    reconnecting: told('reconnecting'),
    reconnection: told('reconnection'),
    ...ofCalls(present$),
  };
}

type VoiceSources = Pick<Sources, keyof VoiceEvents>;

function ofCalls(present$: Observable<Login | undefined>): VoiceSources {
  return Object.fromEntries(
    Object.entries(voiceSources).map(([name, source]) => [
      name,
      // Call events of the current session only.
      present$.pipe(
        switchMap((login): Observable<readonly unknown[]> => (login === undefined ? EMPTY : source(login))),
      ),
    ]),
    // The compiler cannot correlate event and arguments.
  ) as VoiceSources;
}
