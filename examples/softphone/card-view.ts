import { el } from './dom.js';
import { icon, type Icon } from './icons.js';
import { keypad } from './keypad.js';

const button = (kind: string, drawing: Icon, label: string): HTMLButtonElement =>
  el('button', { type: 'button', class: kind }, icon(drawing), el('span', {}, label));

/** The nodes of a card: made once, so that the focus stays where it is whatever changes. */
export const cardView = (id: string) => {
  const name = el('h3', { id: `name-${id}` });
  const number = el('span');
  const line = el('span', { class: 'by' });
  const status = el('span', { class: 'status' });
  const quality = el('span', { class: 'quality', title: 'Mean opinion score: 1 is bad, 4.5 is as good as it gets' });
  const time = el('span', { class: 'time', role: 'timer' });
  const received = el('p', { class: 'received', role: 'status' });
  const sent = el('output', { class: 'sent', 'aria-label': 'Keys pressed' });

  const answer = button('answer', 'call', 'Answer');
  const refuse = button('refuse', 'end', 'Refuse');
  const mute = button('toggle', 'mute', 'Mute');
  const hold = button('toggle', 'hold', 'Hold');
  const keys = button('toggle', 'keys', 'Keypad');
  const transfer = button('toggle', 'transfer', 'Transfer');
  const hangup = button('hangup', 'end', 'Hang up');
  const pad = keypad('Keys for this call');
  const drawer = el('div', { class: 'drawer', id: `keys-${id}` }, sent, pad.node);
  const asked = el('div', { class: 'asked' });
  const sound = el('div', { class: 'sounds' });
  const handing = el('div', { class: 'hand' });
  const more = el('div', { class: 'more' });
  drawer.hidden = true;
  keys.setAttribute('aria-expanded', 'false');
  keys.setAttribute('aria-controls', drawer.id);

  const card = el(
    'article',
    { class: 'card', tabindex: '-1', 'aria-labelledby': name.id },
    el(
      'div',
      { class: 'who' },
      el('div', {}, name, el('p', { class: 'extension' }, number, line)),
      el('p', { class: 'state' }, status, quality, time),
    ),
    received,
    asked,
    sound,
    el('div', { class: 'controls' }, answer, refuse, mute, hold, keys, transfer, hangup),
    handing,
    drawer,
    more,
  );
  return {
    ...{ card, name, number, line, status, quality, time, received, sent, asked, sound, handing, more },
    ...{ answer, refuse, mute, hold, keys, transfer, hangup, pad, drawer },
  };
};

export type CardView = ReturnType<typeof cardView>;
