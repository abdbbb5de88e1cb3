import type { Call, Client, Session } from 'callstream';
import { filter, map, mergeMap, pairwise, startWith, type Observable } from 'rxjs';
import { drawn } from './dom.js';
import { connections, nameOf, statusOf } from './words.js';

type Announcement = { readonly urgent: boolean; readonly words: string };

const ofCall = (before: Call | undefined, call: Call): Announcement | undefined => {
  const words = statusOf(call);
  if (before !== undefined && statusOf(before) === words) return undefined;
  return { urgent: before === undefined && call.direction === 'incoming', words: `${words}: ${nameOf(call)}` };
};

/** What somebody who doesn't look at the page should hear of a change. */
export const announcements = (before: Session | undefined, now: Session): readonly Announcement[] => {
  const calls = now.calls.map(call =>
    ofCall(
      before?.calls.find(({ id }) => id === call.id),
      call,
    ),
  );
  const line =
    before?.connection === now.connection ? undefined : { urgent: false, words: connections[now.connection] };
  return [line, ...calls].filter(announcement => announcement !== undefined);
};

/** Speaks through the page's two live regions. An incoming call interrupts, everything else waits its turn. */
export const announcer = ({ session$ }: Client, polite: HTMLElement, urgent: HTMLElement): Observable<never> =>
  drawn(
    session$.pipe(
      startWith(undefined),
      pairwise(),
      mergeMap(([before, now]) => (now === undefined ? [] : announcements(before, now))),
    ),
    announcement => {
      (announcement.urgent ? urgent : polite).textContent = announcement.words;
    },
  );

/** The title of the page's tab: it may be the only part in sight. */
export const titles = ({ session$ }: Client): Observable<never> =>
  drawn(
    session$.pipe(
      map(({ calls }) => calls.find(({ direction, status }) => direction === 'incoming' && status === 'ringing')),
      map(ringing => (ringing === undefined ? 'callstream' : `${nameOf(ringing)} is calling`)),
      filter(title => title !== document.title),
    ),
    title => {
      document.title = title;
    },
  );
