import type { Choice, Device } from 'callstream';
import { fromEvent, map, type Observable } from 'rxjs';
import { attribute, el, text } from './dom.js';

/** One kind of device: which one is wished for, and which one is in use. */
export type DeviceRow = {
  readonly node: HTMLElement;
  readonly show: (devices: readonly Device[], choice: Choice) => void;
  /** Event: the id of the device, or the platform's own. */
  readonly wish$: Observable<string | undefined>;
};

const labelOf = (devices: readonly Device[], id: string | undefined): string =>
  devices.find(device => device.id === id)?.label ?? '';

/** Browsers keep the names to themselves until the page may use the microphone. */
const options = (devices: readonly Device[], { chosen }: Choice): readonly HTMLOptionElement[] => [
  new Option('As the system has it', '', false, chosen === undefined),
  ...devices.map(
    ({ id, label }, place) => new Option(label === '' ? `Device ${place + 1}` : label, id, false, id === chosen),
  ),
  ...(chosen === undefined || devices.some(({ id }) => id === chosen)
    ? []
    : [new Option('Unplugged', chosen, false, true)]),
];

const useOf = (devices: readonly Device[], { use, actual }: Choice): string => {
  const label = labelOf(devices, actual);
  if (use === 'lost') return 'It is gone, and there is no other one.';
  if (use === 'fallback') return `It is gone, in its place: ${label === '' ? 'another one' : label}`;
  return label === '' ? '' : `In use: ${label}`;
};

export const deviceRow = (label: string, ...more: readonly Node[]): DeviceRow => {
  const select = el('select');
  const use = el('small');
  const node = el('div', { class: 'choice' }, el('label', {}, el('span', {}, label), select), use, ...more);
  return {
    node,
    show: (devices, choice) => {
      select.replaceChildren(...options(devices, choice));
      text(use, useOf(devices, choice));
      attribute(node, 'data-use', choice.use);
    },
    wish$: fromEvent(select, 'change').pipe(map(() => (select.value === '' ? undefined : select.value))),
  };
};
