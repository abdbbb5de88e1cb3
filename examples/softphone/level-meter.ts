import type { Observable } from 'rxjs';
import { drawn, el, type Piece } from './dom.js';

/** A bar that is as long as it is loud. Speech is far below the loudest that there is, so that the root of it is shown. */
export const levelMeter = (label: string) => {
  const node = el('meter', { min: '0', max: '1', 'aria-label': label });
  const work = (level$: Observable<number>): Piece =>
    drawn(level$, level => {
      node.value = Math.sqrt(level);
    });
  return { node, work };
};
