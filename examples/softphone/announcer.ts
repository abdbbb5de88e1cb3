import type { Call, Client } from 'callstream';
import { distinctUntilChanged, filter, map, merge, mergeMap, pairwise, startWith, type Observable } from 'rxjs';
import { drawn } from './dom.js';
import type { Shown } from './shown-calls.js';
import { connections, nameOf, statusOf } from './words.js';

type Announcement = { readonly urgent: boolean; readonly words: string };

const ofCall = (before: Call | undefined, call: Call): Announcement | undefined => {
  const words = statusOf(call);
  if (before !== undefined && statusOf(before) === words) return undefined;
  return { urgent: before === undefined && call.direction === 'incoming', words: `${words}: ${nameOf(call)}` };
};

/** What somebody who doesn't look at the page should hear of a change. */
const announcements = (before: readonly Shown[], now: readonly Shown[]): readonly Announcement[] =>
  now.flatMap(({ key, call }) => ofCall(before.find(shown => shown.key === key)?.call, call) ?? []);

/** Speaks through the page's two live regions. An incoming call interrupts, everything else waits its turn. */
export const announcer = (
  { session$ }: Client,
  shown$: Observable<readonly Shown[]>,
  polite: HTMLElement,
  urgent: HTMLElement,
): Observable<never> => {
  const line$ = session$.pipe(
    map(({ connection }) => connection),
    distinctUntilChanged(),
    map((connection): Announcement => ({ urgent: false, words: connections[connection] })),
  );
  const call$ = shown$.pipe(
    startWith([]),
    pairwise(),
    mergeMap(([before, now]) => announcements(before, now)),
  );
  return drawn(merge(line$, call$), announcement => {
    (announcement.urgent ? urgent : polite).textContent = announcement.words;
  });
};

/** The title of the page's tab: it may be the only part in sight. */
export const titles = (shown$: Observable<readonly Shown[]>): Observable<never> =>
  drawn(
    shown$.pipe(
      map(all => all.find(({ call }) => call.direction === 'incoming' && call.status === 'ringing')),
      map(ringing => (ringing === undefined ? 'callstream' : `${nameOf(ringing.call)} is calling`)),
      filter(title => title !== document.title),
    ),
    title => {
      document.title = title;
    },
  );
