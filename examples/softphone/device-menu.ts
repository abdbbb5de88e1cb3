import type { Client, Devices } from 'callstream';
import { distinctUntilChanged, EMPTY, fromEvent, map, mergeMap, startWith, switchMap, type Observable } from 'rxjs';
import { deviceRow } from './device-row.js';
import { click$, drawn, el, mounted, shown, type Piece } from './dom.js';
import { levelMeter } from './level-meter.js';
import { notifyButton } from './notify-button.js';

/** Emits the devices when what this list shows has changed: an open menu must not be rebuilt by a call's status. */
const changes$ = (device$: Observable<Devices>): Observable<Devices> =>
  device$.pipe(distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)));

/** Which microphone, which loudspeaker, and where it rings, for all calls; and how loud they are, while this is open. */
export const deviceMenu = (parent: Element, client: Client): Piece => {
  const heard = levelMeter('Level of the microphone');
  const played = levelMeter('Level of the loudspeaker');
  const microphone = deviceRow('Microphone', heard.node);
  const speaker = deviceRow('Loudspeaker', played.node);
  const ringer = deviceRow('Ringing');
  const processing = el('input', { type: 'checkbox' });
  const ask = el('button', { type: 'button', class: 'quiet' }, 'Allow the microphone');
  const node = el(
    'details',
    { class: 'devices' },
    el('summary', {}, 'Microphone and loudspeaker'),
    microphone.node,
    speaker.node,
    ringer.node,
    el('label', { class: 'check' }, processing, 'Suppress echo and noise'),
    ask,
  );
  /** Nothing is measured for a menu that is closed. */
  const whileOpen = <A>(source$: Observable<A>): Observable<A> =>
    fromEvent(node, 'toggle').pipe(
      startWith(undefined),
      switchMap(() => (node.open ? source$ : EMPTY)),
    );

  return mounted(
    parent,
    node,
    drawn(changes$(client.device$), ({ inputs, outputs, input, output, ringer: bell, permission }) => {
      microphone.show(inputs, input);
      speaker.show(outputs, output);
      ringer.show(outputs, bell);
      processing.checked = input.processing;
      shown(ask, permission !== 'granted');
    }),
    heard.work(whileOpen(client.level$('input'))),
    played.work(whileOpen(client.level$('output'))),
    notifyButton(node),
    microphone.wish$.pipe(mergeMap(id => client.chooseInput(id))),
    speaker.wish$.pipe(mergeMap(id => client.chooseOutput(id))),
    ringer.wish$.pipe(mergeMap(id => client.chooseRinger(id))),
    fromEvent(processing, 'change').pipe(
      map(() => processing.checked),
      mergeMap(on => client.setProcessing(on)),
    ),
    click$(ask).pipe(mergeMap(() => client.askPermission())),
  );
};
