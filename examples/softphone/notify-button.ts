import { defer, exhaustMap, from, map, startWith } from 'rxjs';
import { click$, drawn, el, mounted, shown, type Piece } from './dom.js';

/** Whether somebody can still be asked: who has answered is not asked again, and not every browser can show anything. */
const canAsk = (): boolean => 'Notification' in window && Notification.permission === 'default';

/** Asks, within a press, whether calls may be shown while nobody looks at the page. */
export const notifyButton = (parent: Element): Piece => {
  const button = el('button', { type: 'button', class: 'quiet' }, 'Show calls outside of this page');

  return mounted(
    parent,
    button,
    drawn(
      click$(button).pipe(
        exhaustMap(() => defer(() => from(Notification.requestPermission()))),
        startWith(undefined),
        map(canAsk),
      ),
      ask => {
        shown(button, ask);
      },
    ),
  );
};
