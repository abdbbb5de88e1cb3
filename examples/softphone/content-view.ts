import type { Content } from 'callstream';
import { el } from './dom.js';
import { icon, type Icon } from './icons.js';

/** What others have sent is shown, never run: text as text, and links to the web only. */
export const contentView = (content: Content): HTMLElement => {
  switch (content.kind) {
    case 'text':
      return el('p', { class: 'text' }, content.text);
    case 'image':
      return imageView(content.url);
    case 'audio':
    case 'video':
    case 'file':
    case 'vcard':
      return link(content.url, 'file', labels[content.kind]);
    case 'location':
      return placeView(content.location);
    case 'template':
      return el(
        'p',
        { class: 'text' },
        `Template ${content.template.name}`,
        ...(content.template.parameters ?? []).map(parameter => el('span', { class: 'parameter' }, parameter)),
      );
    case 'custom':
      return data('Custom data', content.customData);
    case 'event':
      return data(content.type, content.body);
  }
};

const labels = { image: 'Image', audio: 'Sound', video: 'Video', file: 'File', vcard: 'Contact' } as const;

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** The end of an address says most of it. */
const fileOf = (url: string): string => {
  const { pathname, host } = new URL(url);
  const [name = ''] = pathname.split('/').slice(-1);
  return name === '' ? host : decoded(name);
};

const decoded = (name: string): string => {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};

const link = (url: string, drawing: Icon, label: string): HTMLElement =>
  isWeb(url)
    ? el(
        'a',
        { class: 'attached', href: url, target: '_blank', rel: 'noopener noreferrer' },
        icon(drawing),
        el('span', {}, `${label}: ${fileOf(url)}`),
      )
    : el('p', { class: 'text' }, `${label}: ${url}`);

const imageView = (url: string): HTMLElement => {
  if (!isWeb(url)) return link(url, 'file', labels.image);
  const image = el('img', {
    src: url,
    alt: `Image: ${fileOf(url)}`,
    loading: 'lazy',
    referrerpolicy: 'no-referrer',
    // Its place is there before it is, so that nothing jumps.
    width: '240',
    height: '180',
  });
  const node = el('a', { class: 'picture', href: url, target: '_blank', rel: 'noopener noreferrer' }, image);
  image.addEventListener('error', () => {
    image.replaceWith(icon('failed'), el('span', {}, `${image.alt} could not be loaded`));
    node.classList.add('broken');
  });
  return node;
};

const isDegrees = (text: string): boolean => /^-?\d{1,3}(?:\.\d+)?$/.test(text);

/** A link that a map on this machine may open; no map is asked for one. RFC 5870. */
const placeView = ({ latitude, longitude, name, address }: Extract<Content, { kind: 'location' }>['location']) => {
  const where = `${latitude}, ${longitude}`;
  const words = el('span', {}, name ?? address ?? 'Location', el('small', {}, where));
  return isDegrees(latitude) && isDegrees(longitude)
    ? el('a', { class: 'attached', href: `geo:${latitude},${longitude}` }, icon('place'), words)
    : el('p', { class: 'attached' }, icon('place'), words);
};

const data = (name: string, value: unknown): HTMLElement =>
  el(
    'details',
    { class: 'data' },
    el('summary', {}, name),
    el('pre', { tabindex: '0' }, JSON.stringify(value, null, 2)),
  );
