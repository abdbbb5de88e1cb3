import type { Client, Messaging } from 'callstream';
import { fromEvent, map, merge, mergeMap, pairwise, scan, startWith, switchMap, type Observable } from 'rxjs';
import { beatOf, beats, letters, wordOf, type Beat } from './beats.js';
import { attribute, click$, drawn, el, text } from './dom.js';
import { createLane, type Lane } from './lane.js';

const legend = (): HTMLElement =>
  el(
    'div',
    { class: 'legend' },
    ...Object.entries(letters).map(([stream, meanings]) =>
      el(
        'dl',
        { 'aria-label': stream },
        ...Object.entries(meanings).map(([status, letter]) =>
          el('div', { 'data-status': status }, el('dt', { class: 'bead' }, letter), el('dd', {}, wordOf(status))),
        ),
      ),
    ),
  );

/** Whether the strip stands still, because the person or their system wants it so. */
const still$ = (button: HTMLElement): Observable<boolean> => {
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  return merge(
    fromEvent(calm, 'change').pipe(map(() => () => calm.matches)),
    click$(button).pipe(map(() => (still: boolean) => !still)),
  ).pipe(
    scan((still, change) => change(still), calm.matches),
    startWith(calm.matches),
  );
};

/**
 * The streams of the clients as live marble diagrams: time runs from right to left, the latest value is at the right.
 * It knows nothing but what `session$` and `event$` emit. Each marble drifts by a CSS animation, so that no frame costs a line of
 * script; standing still, marbles are in order but not in time.
 */
export const strip = (node: HTMLElement, client$: Observable<Client & Messaging>): Observable<never> => {
  const pause = el('button', { type: 'button', class: 'quiet' }, 'Stand still');
  const lanes = el('div', { class: 'lanes' });
  const ruler = el(
    'div',
    { class: 'ruler', 'aria-hidden': 'true' },
    ...['15 s ago', '10', '5', 'now'].map(mark => el('span', {}, mark)),
  );
  node.append(
    el('header', {}, el('h2', { id: 'strip-title' }, 'What the streams emit'), pause),
    lanes,
    ruler,
    legend(),
  );
  const open = new Map<string, Lane>();

  const laneOf = (beat: Beat): Lane => {
    const known = open.get(beat.lane);
    if (known) return known;
    const lane = createLane(lanes, beat, () => {
      open.delete(beat.lane);
    });
    open.set(beat.lane, lane);
    return lane;
  };

  // The newest client is the one that is shown; what a former one left behind drifts out by itself.
  const beat$ = client$.pipe(
    switchMap(({ session$, event$ }) =>
      merge(
        session$.pipe(
          startWith(undefined),
          pairwise(),
          mergeMap(([before, now]) => (now === undefined ? [] : beats(before, now))),
        ),
        event$.pipe(map(beatOf)),
      ),
    ),
  );
  return merge(
    drawn(beat$, beat => {
      laneOf(beat).put(beat);
    }),
    drawn(still$(pause), still => {
      node.classList.toggle('still', still);
      attribute(pause, 'aria-pressed', String(still));
      text(pause, still ? 'Let time run' : 'Stand still');
      open.forEach(lane => {
        lane.resume();
      });
    }),
  );
};
