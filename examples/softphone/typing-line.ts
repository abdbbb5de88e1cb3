import type { Client, Messaging } from 'callstream';
import { combineLatest, map } from 'rxjs';
import { drawn, el, mounted, text, type Piece } from './dom.js';
import { namesOf } from './people.js';

const wordsOf = (names: readonly string[]): string => {
  if (names.length === 0) return '';
  if (names.length > 3) return 'Several people are typing…';
  return `${new Intl.ListFormat('en').format(names)} ${names.length === 1 ? 'is' : 'are'} typing…`;
};

/** Who is writing now. It is not read out: it would interrupt what they have written. */
export const typingLine = (parent: Element, client: Client & Messaging, id: string): Piece => {
  const node = el('p', { class: 'typing' });
  return mounted(
    parent,
    node,
    drawn(
      combineLatest([client.typing$(id), client.conversation$(id)]).pipe(
        map(([typing, { members }]) => {
          const names = namesOf(members);
          return wordsOf(typing.map(member => names.get(member) ?? 'Somebody'));
        }),
      ),
      words => {
        text(node, words);
      },
    ),
  );
};
