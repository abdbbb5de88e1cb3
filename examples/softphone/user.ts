import type { Message, Session } from 'callstream';
import { distinctUntilChanged, map, type Observable } from 'rxjs';

/** Who we are to the service, by id: what we have said ourselves stands on the other side. */
export const user$ = (session$: Observable<Session>): Observable<string | undefined> =>
  session$.pipe(
    map(({ user }) => user?.id),
    distinctUntilChanged(),
  );

export const isOwn = ({ from }: Pick<Message, 'from'>, user: string | undefined): boolean =>
  from.kind === 'embeddedInfo' && from.user.id === user;
