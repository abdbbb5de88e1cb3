import type { Client, ConversationId, Messaging } from 'callstream';
import { filter, map, merge, scan, startWith, withLatestFrom, type Observable } from 'rxjs';
import { isMessage } from './event-kind.js';
import { selected$ } from './selection.js';
import { isOwn, user$ } from './user.js';

export type Unread = ReadonlyMap<ConversationId, number>;

type Change = (unread: Unread) => Unread;

const without = (unread: Unread, id: ConversationId): Unread => new Map([...unread].filter(([one]) => one !== id));

/** How many messages of others have come, since the page was opened, in conversations that were not open. State. */
export const unread$ = ({ event$, session$ }: Client & Messaging): Observable<Unread> => {
  const came$ = event$.pipe(
    withLatestFrom(user$(session$), selected$),
    filter(([event, user, open]) => isMessage(event) && !isOwn(event, user) && event.conversationId !== open),
    map(
      ([{ conversationId }]): Change =>
        unread =>
          new Map(unread).set(conversationId, (unread.get(conversationId) ?? 0) + 1),
    ),
  );
  const opened$ = selected$.pipe(
    map(
      (id): Change =>
        unread =>
          without(unread, id),
    ),
  );
  return merge(came$, opened$).pipe(
    scan((unread: Unread, change) => change(unread), new Map()),
    startWith(new Map()),
  );
};
