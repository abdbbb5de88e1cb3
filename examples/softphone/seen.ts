import { isRight, type Conversation, type EventId, type Messaging } from 'callstream';
import { auditTime, exhaustMap, filter, fromEvent, map, merge, tap, withLatestFrom, type Observable } from 'rxjs';
import { drawn } from './dom.js';
import { seenOf } from './people.js';

/** The newest message of somebody else that is in sight now. */
const inSight = (log: HTMLElement): EventId | undefined => {
  if (document.visibilityState !== 'visible') return undefined;
  const { top, bottom, height } = log.getBoundingClientRect();
  // Another pane may be in front of it.
  if (height === 0) return undefined;
  const messages = [...log.querySelectorAll<HTMLElement>('.message[data-id]:not([data-own])')].reverse();
  const newest = messages.find(message => {
    const box = message.getBoundingClientRect();
    return box.bottom <= bottom + 1 && box.bottom > top;
  });
  return newest === undefined ? undefined : Number(newest.dataset['id']);
};

/**
 * Says of the newest message in sight that it was seen: each once, and only while somebody can look at the page.
 *
 *     drawn, scrolled, page shown   -d--s----v--
 *     in sight                       3  3    5
 *     seen                          -3-------5--
 */
export const seenReceipts = (
  client: Messaging,
  id: string,
  log: HTMLElement,
  drawn$: Observable<Conversation>,
): Observable<never> => {
  let told: EventId = 0;
  const look$ = merge(drawn$, fromEvent(log, 'scroll', { passive: true }), fromEvent(document, 'visibilitychange'));
  const fresh$ = look$.pipe(
    auditTime(100),
    withLatestFrom(drawn$),
    map(([, conversation]) => ({
      newest: inSight(log) ?? 0,
      known: Math.max(told, seenOf(conversation).get(conversation.me?.id ?? '') ?? 0),
      joined: conversation.me?.state === 'JOINED',
    })),
    filter(({ newest, known, joined }) => joined && newest > known),
  );
  return drawn(
    fresh$.pipe(
      // One at a time. What is seen meanwhile is seen again when the receipt comes back as an event and is drawn.
      exhaustMap(({ newest }) =>
        client.seen(id, newest).pipe(
          tap(outcome => {
            if (isRight(outcome)) told = newest;
          }),
        ),
      ),
    ),
    () => undefined,
  );
};
