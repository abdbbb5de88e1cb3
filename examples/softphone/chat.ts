import { EMPTY, skip, switchMap } from 'rxjs';
import type { Account } from './account.js';
import { conversationList } from './conversation-list.js';
import { attribute, drawn, el, mounted, part, type Piece } from './dom.js';
import { flaky } from './flaky.js';
import { newConversation } from './new-conversation.js';
import { room } from './room.js';
import { selected$ } from './selection.js';

/** Whoever goes somewhere by keyboard arrives there. */
const arrive = (node: HTMLElement, id: string): void => {
  const title = node.querySelector<HTMLElement>('.room h3');
  (id === '' ? node.querySelector<HTMLElement>('.conversations a, .begin') : title)?.focus();
};

/** The pane of conversations: the list, and the one that is open. */
export const chat = (account: Account): readonly Piece[] => {
  const { client } = account;
  const node = part('#chat');
  const side = el('div', { class: 'side' });
  const nothing = el('p', { class: 'empty' }, 'Choose a conversation, or begin one.');
  const main = el('div', { class: 'main' }, nothing);
  const body = el('div', { class: 'chat' }, side, main);

  return [
    flaky(part('#chat-head'), account),
    mounted(
      node,
      body,
      conversationList(side, client),
      newConversation(side, client),
      drawn(selected$, id => {
        // On a phone there is room for one of the two.
        attribute(node, 'data-open', id === '' ? undefined : '');
      }),
      // Another conversation takes the place of the one before.
      selected$.pipe(switchMap(id => (id === '' ? EMPTY : room(main, client, id)))),
      drawn(selected$.pipe(skip(1)), id => {
        arrive(node, id);
      }),
    ),
  ];
};
