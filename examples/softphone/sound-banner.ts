import type { Client } from 'callstream';
import { distinctUntilChanged, exhaustMap, map } from 'rxjs';
import { click$, drawn, el, mounted, shown, type Piece } from './dom.js';

/** A browser plays nothing on a page that nobody has touched yet: this is where to touch it. */
export const soundBanner = (parent: Element, client: Client): Piece => {
  const unlock = el('button', { type: 'button' }, 'Let me hear');
  const node = el(
    'div',
    { class: 'banner', role: 'alert' },
    el('p', {}, 'The browser keeps the sound of this page back.'),
    unlock,
  );

  return mounted(
    parent,
    node,
    drawn(
      client.device$.pipe(
        map(({ playback }) => playback === 'blocked'),
        distinctUntilChanged(),
      ),
      blocked => {
        shown(node, blocked);
      },
    ),
    click$(unlock).pipe(exhaustMap(() => client.unlockAudio())),
  );
};
