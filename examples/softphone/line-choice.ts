import type { Client } from 'callstream';
import { distinctUntilChanged, filter, fromEvent, map, merge } from 'rxjs';
import { drawn, el, mounted, type Piece } from './dom.js';
import { isUp, lineNames } from './lines.js';
import { lineInUse$, prefer } from './preference.js';

const choices = () =>
  lineNames.map(([line, name]) => {
    const input = el('input', { type: 'radio', name: 'line', value: line });
    return { line, input, node: el('label', {}, input, el('span', {}, name)) };
  });

/** By which line to call. A line that is away cannot be chosen. */
export const lineChoice = (parent: Element, { session$ }: Client): Piece => {
  const all = choices();
  const node = el(
    'div',
    { class: 'segments', role: 'radiogroup', 'aria-label': 'Call by' },
    ...all.map(choice => choice.node),
  );

  return mounted(
    parent,
    node,
    drawn(lineInUse$(session$), used => {
      all.forEach(({ line, input }) => {
        input.checked = line === used;
      });
    }),
    ...all.map(({ line, input }) =>
      drawn(
        session$.pipe(
          map(session => isUp(session, line)),
          distinctUntilChanged(),
        ),
        up => {
          input.disabled = !up;
        },
      ),
    ),
    drawn(
      merge(
        ...all.map(({ line, input }) =>
          fromEvent(input, 'change').pipe(
            filter(() => input.checked),
            map(() => line),
          ),
        ),
      ),
      prefer,
    ),
  );
};
