import type { Call, Leg } from 'callstream';
import type { Observable } from 'rxjs';
import { attribute, drawn, el, shown, text } from './dom.js';
import { icon } from './icons.js';
import { keyed, type Kept } from './keyed.js';

const kinds: Readonly<Record<string, string>> = {
  app: 'somebody at a page',
  phone: 'a telephone',
  sip: 'a SIP phone',
  websocket: 'a program',
};

const calledOf = ({ party, type = '' }: Leg): string => party ?? kinds[type] ?? 'somebody';

const legView = (): Kept<Leg> => {
  const name = el('span', { class: 'name' });
  const status = el('small');
  const muted = el('span', { class: 'mark', title: 'muted' }, icon('mute'), el('span', { class: 'sr' }, 'muted'));
  const deaf = el('small', {}, 'does not listen');
  const node = el('li', {}, name, muted, deaf, status);
  return {
    node,
    draw: leg => {
      text(name, calledOf(leg));
      text(status, leg.status);
      attribute(node, 'data-status', leg.status);
      shown(muted, leg.muted);
      shown(deaf, leg.earmuffed);
    },
  };
};

/** The others in a call of the service, and how they stand. */
export const legsView = (call$: Observable<Call>) => {
  const node = el('ul', { class: 'legs', 'aria-label': 'The others in this call' });
  const show = keyed<Leg>(node, { key: ({ id }) => id, same: (a, b) => a === b, make: legView });
  const work = drawn(call$, ({ legs, status }) => {
    const others = legs.filter(({ mine }) => !mine);
    show(others);
    // How they stood when the call ended is not how they stand.
    shown(node, others.length > 0 && status !== 'terminated');
  });
  return { node, work };
};
