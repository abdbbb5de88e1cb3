import type { Content } from 'callstream';
import { filter, fromEvent, map, merge, share, tap } from 'rxjs';
import { click$, el, shown } from './dom.js';

const field = (label: string, attributes: Readonly<Record<string, string>>) => {
  const input = el('input', { autocomplete: 'off', required: '', ...attributes });
  return { input, node: el('label', {}, el('span', {}, label), input) };
};

const degrees = { inputmode: 'decimal', pattern: String.raw`-?\d{1,3}(\.\d+)?` };

/** What can be sent besides text. Nothing is uploaded: the service carries addresses. */
export const attachForm = () => {
  const kind = el(
    'select',
    { 'aria-label': 'What to attach' },
    el('option', { value: 'image' }, 'Image'),
    el('option', { value: 'file' }, 'File'),
    el('option', { value: 'location' }, 'Location'),
  );
  const url = field('Address', { type: 'url', pattern: 'https?://.+', placeholder: 'https://' });
  const latitude = field('Latitude', { ...degrees, placeholder: '52.5163' });
  const longitude = field('Longitude', { ...degrees, placeholder: '13.3777' });
  const cancel = el('button', { type: 'button', class: 'quiet' }, 'Cancel');
  const node = el(
    'form',
    { class: 'attach', 'aria-label': 'Attach', hidden: '' },
    kind,
    url.node,
    latitude.node,
    longitude.node,
    el('div', { class: 'row' }, el('button', {}, 'Attach'), cancel),
  );

  const choose = (): void => {
    const place = kind.value === 'location';
    shown(url.node, !place);
    [latitude, longitude].forEach(({ node: label }) => {
      shown(label, place);
    });
    // What is hidden can't be asked for.
    url.input.disabled = place;
    latitude.input.disabled = longitude.input.disabled = !place;
  };
  const contentOf = (): Content =>
    kind.value === 'location'
      ? { kind: 'location', location: { latitude: latitude.input.value, longitude: longitude.input.value } }
      : { kind: kind.value === 'image' ? 'image' : 'file', url: url.input.value };
  const empty = (): void => {
    [url, latitude, longitude].forEach(({ input }) => {
      input.value = '';
    });
  };
  choose();
  kind.addEventListener('change', choose);

  const content$ = fromEvent(node, 'submit').pipe(
    tap(event => {
      event.preventDefault();
    }),
    map(contentOf),
    tap(empty),
    share(),
  );
  const escape$ = fromEvent<KeyboardEvent>(node, 'keydown').pipe(filter(({ key }) => key === 'Escape'));
  return {
    node,
    content$,
    close$: merge(content$, click$(cancel), escape$),
    focus: () => {
      kind.focus();
    },
  };
};
