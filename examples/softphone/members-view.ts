import type { Client, Conversation, Member, Messaging, Presence, PresenceState } from 'callstream';
import {
  combineLatest,
  exhaustMap,
  filter,
  fromEvent,
  map,
  mergeMap,
  tap,
  withLatestFrom,
  type Observable,
} from 'rxjs';
import { attribute, click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { icon } from './icons.js';
import { keyed, type Kept } from './keyed.js';
import { calledOf } from './people.js';
import { lineInUse$ } from './preference.js';
import { select } from './selection.js';

type Entry = { readonly member: Member; readonly me: boolean; readonly presence: PresenceState | undefined };

const states: Readonly<Record<Member['state'], string>> = { INVITED: 'invited', JOINED: '', LEFT: 'left', UNKNOWN: '' };

const entryView = (): Kept<Entry> => {
  const dot = el('span', { class: 'dot' });
  const name = el('span', { class: 'name' });
  const note = el('small');
  const call = el('button', { type: 'button', class: 'quiet icon' }, icon('call'));
  const node = el('li', { class: 'member' }, dot, name, note, call);
  return {
    node,
    draw: ({ member, me, presence }) => {
      const called = member.user === undefined ? 'Somebody' : calledOf(member.user);
      text(name, called);
      attribute(dot, 'data-presence', presence);
      // Whoever has said nothing may be there all the same.
      text(note, [me ? 'you' : presence, states[member.state]].filter(Boolean).join(', '));
      shown(call, !me && member.user !== undefined);
      attribute(call, 'data-call', member.user?.name);
      attribute(call, 'aria-label', `Call ${called}`);
      attribute(call, 'title', `Call ${called}`);
    },
  };
};

const entriesOf = ({ members, me }: Conversation, presence: Presence): readonly Entry[] =>
  members
    .filter(({ state }) => state !== 'LEFT')
    .map(member => ({
      member,
      me: member.id === me?.id,
      presence: member.id === me?.id ? 'online' : presence[member.id],
    }));

/** Who is in the conversation, and who is to come: also the telephone's directory. */
export const membersView = (parent: Element, client: Client & Messaging, id: string): Piece => {
  const list = el('ul');
  const guest = el('input', {
    'aria-label': 'User name',
    placeholder: 'User name',
    autocapitalize: 'off',
    required: '',
  });
  const invite = el('form', { class: 'row' }, guest, el('button', {}, 'Invite'));
  const leave = el('button', { type: 'button', class: 'quiet leave' }, 'Leave the conversation');
  const node = el('div', { class: 'members' }, list, invite, leave);
  const show = keyed<Entry>(list, {
    key: ({ member }) => member.id,
    same: (a, b) => a.member === b.member && a.presence === b.presence && a.me === b.me,
    make: entryView,
  });

  const asked$ = fromEvent(invite, 'submit').pipe(
    tap(event => {
      event.preventDefault();
    }),
    map(() => guest.value.trim()),
    filter(name => name !== ''),
  );
  const called$: Observable<string> = click$(list).pipe(
    map(({ target }) => (target instanceof Element ? target.closest('button')?.dataset['call'] : undefined)),
    filter(name => name !== undefined),
  );

  return mounted(
    parent,
    node,
    drawn(combineLatest([client.conversation$(id), client.presence$(id)]), ([conversation, presence]) => {
      show(entriesOf(conversation, presence));
      shown(invite, conversation.me?.state === 'JOINED');
      shown(leave, conversation.me?.state === 'JOINED');
    }),
    asked$.pipe(
      // One name at a time; a second press asks for nothing new.
      exhaustMap(name => client.inviteToConversation(id, name)),
      tap(outcome => {
        if (outcome._tag === 'Right') guest.value = '';
      }),
    ),
    click$(leave).pipe(
      exhaustMap(() => client.leaveConversation(id)),
      tap(outcome => {
        if (outcome._tag === 'Right') select('');
      }),
    ),
    called$.pipe(
      withLatestFrom(lineInUse$(client.session$)),
      mergeMap(([name, via]) => client.invite(name, { via })),
    ),
  );
};
