import type { Client, Device, Devices } from 'callstream';
import { distinctUntilChanged, fromEvent, map, mergeMap, type Observable } from 'rxjs';
import { click$, drawn, el, mounted, shown, text, type Piece } from './dom.js';

const selection = (label: string) => {
  const select = el('select');
  const actual = el('small');
  return { select, actual, node: el('label', { class: 'choice' }, el('span', {}, label), select, actual) };
};

const fill = (select: HTMLSelectElement, devices: readonly Device[], chosen: string | undefined): void => {
  const options = devices.map((device, place) => {
    // Browsers keep the names to themselves until the page may use the microphone.
    const label = device.label === '' ? `Device ${place + 1}` : device.label;
    return new Option(label, device.id, false, device.id === chosen);
  });
  select.replaceChildren(new Option('As the system has it', '', false, chosen === undefined), ...options);
};

/** Emits the devices when what this list shows has changed: an open menu must not be rebuilt by a call's status. */
const changes$ = (device$: Observable<Devices>): Observable<Devices> =>
  device$.pipe(distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)));

const wish$ = (select: HTMLSelectElement): Observable<string | undefined> =>
  fromEvent(select, 'change').pipe(map(() => (select.value === '' ? undefined : select.value)));

/** Which microphone and which loudspeaker, for all calls. */
export const deviceMenu = (parent: Element, client: Client): Piece => {
  const microphone = selection('Microphone');
  const speaker = selection('Loudspeaker');
  const processing = el('input', { type: 'checkbox' });
  const ask = el('button', { type: 'button', class: 'quiet' }, 'Allow the microphone');
  const node = el(
    'details',
    { class: 'devices' },
    el('summary', {}, 'Microphone and loudspeaker'),
    microphone.node,
    speaker.node,
    el('label', { class: 'check' }, processing, 'Suppress echo and noise'),
    ask,
  );

  return mounted(
    parent,
    node,
    drawn(changes$(client.device$), ({ inputs, outputs, input, output, permission }) => {
      fill(microphone.select, inputs, input.chosen);
      fill(speaker.select, outputs, output.chosen);
      const used = inputs.find(({ id }) => id === input.actual)?.label ?? '';
      text(microphone.actual, used === '' ? '' : `In use: ${used}`);
      processing.checked = input.processing;
      shown(ask, permission !== 'granted');
    }),
    wish$(microphone.select).pipe(mergeMap(id => client.chooseInput(id))),
    wish$(speaker.select).pipe(mergeMap(id => client.chooseOutput(id))),
    fromEvent(processing, 'change').pipe(mergeMap(() => client.setProcessing(processing.checked))),
    click$(ask).pipe(mergeMap(() => client.askPermission())),
  );
};
