/** Line drawings in a box of 24, drawn in the colour of the text. */
const drawings = {
  call: 'M6.5 3.5 9 4l1 4-2 1.5a12 12 0 0 0 6.5 6.5L16 14l4 1 .5 2.5a3 3 0 0 1-3 3C10 20.5 3.5 14 3.5 6.5a3 3 0 0 1 3-3Z',
  mute: 'M9 9V6a3 3 0 0 1 6 0v5M15 14.5A3 3 0 0 1 9 12M5.5 11.5a6.5 6.5 0 0 0 10.8 5M18.3 13a6.5 6.5 0 0 0 .2-1.5M12 18v3M4 3.5l16 17',
  hold: 'M9 6v12M15 6v12',
  swap: 'M4 8.5h15M15 4.5l4 4-4 4M20 15.5H5M9 11.5l-4 4 4 4',
  transfer: 'M4 17v-2a5 5 0 0 1 5-5h10M15 5.5 19.5 10 15 14.5',
  keys: 'M6 6h.01M12 6h.01M18 6h.01M6 12h.01M12 12h.01M18 12h.01M6 18h.01M12 18h.01M18 18h.01',
  erase: 'M9 6h11v12H9l-5.5-6ZM12 9.5l5 5M17 9.5l-5 5',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  people:
    'M3.5 19a5.5 5.5 0 0 1 11 0M9 11a3.25 3.25 0 1 0 0-6.5A3.25 3.25 0 0 0 9 11M15.5 4.9a3.25 3.25 0 0 1 0 5.7M17.5 14a5.5 5.5 0 0 1 3 5',
  plus: 'M12 5v14M5 12h14',
  send: 'M4 12 20 4.5 14.5 20l-3-6.5ZM11.5 13.5 20 4.5',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  down: 'M12 5v13M6.5 12.5 12 18l5.5-5.5',
  chat: 'M4 5.5h16v11H11L6.5 20v-3.5H4Z',
  sent: 'M5 12.5 10 17.5 19 7',
  delivered: 'M2.5 12.5 7 17 15.5 7M12 16l1 1 8.5-10',
  waiting: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4.5l3 1.5',
  failed: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v5M12 16h.01',
  file: 'M7 3.5h7l4 4v13H7ZM14 3.5v4h4',
  place:
    'M12 21c-4.5-4.5-6.5-7.5-6.5-11a6.5 6.5 0 0 1 13 0c0 3.5-2 6.5-6.5 11ZM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5',
} as const;

export type Icon = keyof typeof drawings | 'end';

/** Decoration: the words beside it, or the label of its button, say what it means. */
export const icon = (name: Icon): SVGElement => {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const laid = name === 'end';
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', drawings[laid ? 'call' : name]);
  // Hanging up is the same handset, laid down.
  if (laid) path.setAttribute('transform', 'rotate(135 12 12)');
  svg.append(path);
  return svg;
};
