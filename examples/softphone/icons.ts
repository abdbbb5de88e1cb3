/** Line drawings in a box of 24, drawn in the colour of the text. */
const drawings = {
  call: 'M6.5 3.5 9 4l1 4-2 1.5a12 12 0 0 0 6.5 6.5L16 14l4 1 .5 2.5a3 3 0 0 1-3 3C10 20.5 3.5 14 3.5 6.5a3 3 0 0 1 3-3Z',
  mute: 'M9 9V6a3 3 0 0 1 6 0v5M15 14.5A3 3 0 0 1 9 12M5.5 11.5a6.5 6.5 0 0 0 10.8 5M18.3 13a6.5 6.5 0 0 0 .2-1.5M12 18v3M4 3.5l16 17',
  hold: 'M9 6v12M15 6v12',
  keys: 'M6 6h.01M12 6h.01M18 6h.01M6 12h.01M12 12h.01M18 12h.01M6 18h.01M12 18h.01M18 18h.01',
  erase: 'M9 6h11v12H9l-5.5-6ZM12 9.5l5 5M17 9.5l-5 5',
  close: 'M6 6l12 12M18 6 6 18',
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
