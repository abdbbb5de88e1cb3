import type { Client, Conversation, Messaging } from 'callstream';
import { distinctUntilChanged, EMPTY, defer, exhaustMap, map, merge, repeat, switchMap, takeUntil, tap } from 'rxjs';
import { composer } from './composer.js';
import { attribute, click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { icon } from './icons.js';
import { membersView } from './members-view.js';
import { titleOf } from './people.js';
import { presence } from './presence.js';
import { nothing } from './selection.js';
import { syncStrip } from './sync-strip.js';
import { timelineView } from './timeline-view.js';
import { typingLine } from './typing-line.js';

const view = () => {
  const back = el('a', { class: 'back', href: nothing, 'aria-label': 'All conversations' }, icon('back'));
  const title = el('h3', { tabindex: '-1' });
  const count = el('span');
  const units = el('span', { class: 'unit' });
  const members = el(
    'button',
    { type: 'button', class: 'quiet', id: 'members', 'aria-expanded': 'false' },
    icon('people'),
    el('span', {}, count, units),
  );
  const join = el('button', { type: 'button', class: 'call' }, 'Join');
  const outside = el('div', { class: 'outside', hidden: '' }, el('p'), join);
  const side = el('aside', { 'aria-labelledby': 'members' });
  const talk = el('div', { class: 'talk' });
  const node = el('article', { class: 'room' }, el('header', {}, back, title, members), side, talk);
  return { title, count, units, members, join, outside, side, talk, node };
};

const outsideWords = ({ me }: Conversation): string =>
  me?.state === 'INVITED' ? 'You are invited to this conversation.' : 'You are not in this conversation.';

const isIn = ({ me }: Conversation): boolean => me?.state === 'JOINED';

const once = (parent: Element, client: Client & Messaging, id: string): Piece => {
  const { title, count, units, members, join, outside, side, talk, node } = view();
  const conversation$ = client.conversation$(id);
  const sync = syncStrip(client, conversation$);
  talk.append(sync.node);

  const inside$ = conversation$.pipe(map(isIn), distinctUntilChanged());
  const write$ = inside$.pipe(
    // Whoever is out neither writes nor tells that he is there.
    switchMap(inside => (inside ? merge(composer(talk, client, id), presence(client, id)) : EMPTY)),
  );
  // The panel comes and goes with its button.
  const members$ = click$(members).pipe(
    map(() => members.getAttribute('aria-expanded') !== 'true'),
    tap(open => {
      attribute(members, 'aria-expanded', String(open));
    }),
    switchMap(open => (open ? membersView(side, client, id) : EMPTY)),
  );

  const joined$ = click$(join).pipe(
    exhaustMap(() => client.joinConversation(id)),
    tap(outcome => {
      // The button goes.
      if (outcome._tag === 'Right') title.focus();
    }),
  );

  return mounted(
    parent,
    node,
    drawn(conversation$, conversation => {
      const joined = conversation.members.filter(({ state }) => state === 'JOINED').length;
      text(title, titleOf(conversation));
      const unit = joined === 1 ? ' member' : ' members';
      attribute(members, 'aria-label', `${joined}${unit}`);
      text(count, String(joined));
      text(units, unit);
      shown(outside, !isIn(conversation) && conversation.sync !== 'loading' && typeof conversation.sync !== 'object');
      text(outside.firstElementChild ?? outside, outsideWords(conversation));
    }),
    timelineView(talk, client, id),
    typingLine(talk, client, id),
    mounted(talk, outside, joined$),
    sync.work,
    write$,
    members$,
  ).pipe(takeUntil(click$(sync.retry)));
};

/** One conversation. To try again is to leave it and come back: its window is opened anew. */
export const room = (parent: Element, client: Client & Messaging, id: string): Piece =>
  defer(() => once(parent, client, id)).pipe(repeat());
