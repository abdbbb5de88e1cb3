import type { Client, Lamp, LampState } from 'callstream';
import { map, merge, mergeMap } from 'rxjs';
import { attribute, click$, drawn, el, mounted, text, type Piece } from './dom.js';
import { icon } from './icons.js';
import { sipLine } from './lines.js';
import { faultOf } from './words.js';

const words: Readonly<Record<LampState, string>> = {
  unknown: 'not known',
  idle: 'free',
  ringing: 'it rings',
  busy: 'talking',
};

const wordsOf = ({ state, watching }: Lamp): string =>
  state === 'unknown' && watching === 'asking' ? 'asking…' : words[state];

/** One colleague: a lamp that has a shape as well as a colour, and a press to call. `away`: the list goes on without them. */
export const lampView = (parent: Element, client: Client, name: string, away: () => void): Piece => {
  const state = el('small');
  const call = el(
    'button',
    { type: 'button', class: 'colleague' },
    el('span', { class: 'bulb', 'aria-hidden': 'true' }),
    el('span', { class: 'name' }, name),
    state,
  );
  const remove = el('button', { type: 'button', class: 'quiet icon', 'aria-label': `Remove ${name}` }, icon('close'));
  const node = el('li', {}, call, remove);

  return mounted(
    parent,
    node,
    drawn(client.lamp$(name, { via: sipLine }), lamp => {
      attribute(node, 'data-lamp', lamp.state);
      attribute(call, 'aria-label', `Call ${name}: ${wordsOf(lamp)}`);
      attribute(call, 'title', lamp.fault === undefined ? undefined : faultOf(lamp.fault));
      text(state, wordsOf(lamp));
    }),
    merge(
      click$(call).pipe(
        map(() => name),
        mergeMap(target => client.invite(target, { via: sipLine })),
      ),
      drawn(click$(remove), away),
    ),
  );
};
