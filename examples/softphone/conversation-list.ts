import type { Client, ConversationInfo, Messaging } from 'callstream';
import { combineLatest, filter, map, mergeMap, tap } from 'rxjs';
import { attribute, click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { keyed, type Kept } from './keyed.js';
import { titleOf } from './people.js';
import { linkTo, select, selected$ } from './selection.js';
import { unread$ } from './unread.js';

type Entry = { readonly info: ConversationInfo; readonly open: boolean; readonly unread: number };

const entryView = ({ info: { id } }: Entry): Kept<Entry> => {
  const name = el('span', { class: 'name' });
  const number = el('span');
  const count = el('span', { class: 'count' }, number, el('span', { class: 'sr' }, ' new'));
  const link = el('a', { href: linkTo(id) }, name, ' ', count);
  const join = el('button', { type: 'button', class: 'chip', 'data-join': id }, 'Join');
  const node = el('li', {}, link, join);
  return {
    node,
    draw: ({ info, open, unread }) => {
      const title = titleOf(info);
      text(name, title);
      attribute(link, 'aria-current', open ? 'page' : undefined);
      text(number, String(unread));
      shown(count, unread > 0);
      shown(join, info.me?.state === 'INVITED');
      attribute(join, 'aria-label', `Join ${title}`);
    },
  };
};

const newestFirst = (a: ConversationInfo, b: ConversationInfo): number =>
  (b.timestamp.created ?? '').localeCompare(a.timestamp.created ?? '');

/** Each call of the service takes place in a conversation of its own, which has no title and is no place to talk in. */
const isOfCall = ({ name, displayName }: ConversationInfo): boolean =>
  displayName === undefined && /^NAM-[0-9a-f-]{36}$/.test(name);

/** The conversations that one is in or invited to. Links, because each has an address: Back goes back. */
export const conversationList = (parent: Element, client: Client & Messaging): Piece => {
  const list = el('ul');
  const empty = el('p', { class: 'none' }, 'No conversations yet. Begin one, and invite somebody into it.');
  const node = el('nav', { class: 'conversations', 'aria-label': 'Conversations' }, empty, list);
  const show = keyed<Entry>(list, {
    key: ({ info }) => info.id,
    same: (a, b) => a.info === b.info && a.open === b.open && a.unread === b.unread,
    make: entryView,
  });
  const join$ = click$(list).pipe(
    map(({ target }) => (target instanceof Element ? target.closest('button')?.dataset['join'] : undefined)),
    filter(id => id !== undefined),
  );

  return mounted(
    parent,
    node,
    drawn(combineLatest([client.conversations$, selected$, unread$(client)]), ([infos, open, unread]) => {
      const listed = infos.filter(info => info.id === open || !isOfCall(info));
      show(
        [...listed].sort(newestFirst).map(info => ({ info, open: info.id === open, unread: unread.get(info.id) ?? 0 })),
      );
      shown(empty, listed.length === 0);
    }),
    join$.pipe(
      mergeMap(id =>
        client.joinConversation(id).pipe(
          tap(outcome => {
            if (outcome._tag === 'Right') select(id);
          }),
        ),
      ),
    ),
  );
};
