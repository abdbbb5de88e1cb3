import type { Client, Conversation, Gone } from 'callstream';
import { combineLatest, distinctUntilChanged, map, of, switchMap, timer, type Observable } from 'rxjs';
import { attribute, drawn, el, shown, text } from './dom.js';
import { chatIsUp } from './lines.js';
import { faultOf } from './words.js';

/** A line that is only lost for a moment is nobody's concern. */
const calm = 400;

const farewells: Readonly<Record<Gone, string>> = {
  deleted: 'This conversation has been deleted.',
  left: 'You have left this conversation.',
  removed: 'You were removed from this conversation.',
  forbidden: 'This conversation is not open to you any more.',
};

const wordsOf = (sync: Conversation['sync'], up: boolean): string => {
  if (typeof sync === 'object')
    return 'gone' in sync ? farewells[sync.gone] : `This conversation could not be loaded. ${faultOf(sync.failed)}`;
  if (sync === 'live') return '';
  if (!up) return 'No line. What you write waits here.';
  return sync === 'loading' ? 'Loading…' : 'Catching up…';
};

/** Whether what is shown is all there is, where it is not. */
export const syncStrip = ({ session$ }: Client, conversation$: Observable<Conversation>) => {
  const words = el('span');
  const retry = el('button', { type: 'button', class: 'quiet' }, 'Try again');
  const node = el('div', { class: 'sync', role: 'status', hidden: '' }, words, retry);
  const work = drawn(
    combineLatest([
      conversation$.pipe(
        map(({ sync }) => sync),
        distinctUntilChanged(),
      ),
      session$.pipe(map(chatIsUp), distinctUntilChanged()),
    ]).pipe(switchMap(now => (now[0] === 'live' ? of(now) : timer(calm).pipe(map(() => now))))),
    ([sync, up]) => {
      attribute(node, 'data-sync', typeof sync === 'object' ? Object.keys(sync).join() : sync);
      text(words, wordsOf(sync, up));
      shown(node, sync !== 'live');
      shown(retry, typeof sync === 'object' && 'failed' in sync);
    },
  );
  return { node, retry, work };
};
