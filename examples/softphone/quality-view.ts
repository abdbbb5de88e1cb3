import type { Call, Client, Quality } from 'callstream';
import { distinctUntilChanged, EMPTY, map, scan, switchMap, timer, withLatestFrom, type Observable } from 'rxjs';
import { attribute, drawn, el, mounted, shown, text, type Piece } from './dom.js';
import { isTalk } from './shown-calls.js';

type Warning = Quality['warnings'][number];

const warnings: Readonly<Record<Warning, string>> = {
  'high-loss': 'Sound is being lost on its way.',
  'high-jitter': 'The sound arrives unevenly.',
  'high-round-trip': 'The sound takes long.',
  'low-mos': 'The sound is bad.',
  'no-sound-received': 'Nothing arrives from the far side.',
  'no-sound-sent': 'Nothing goes out to the far side.',
};

type Scores = readonly (number | undefined)[];

/** How many seconds the line shows. */
const span = 30;
const [least, most] = [1, 4.5];
const [width, height] = [120, 28];

const heightOf = (mos: number): number => height - 2 - ((mos - least) / (most - least)) * (height - 4);

/** A line from left to right, the latest at the right end; it is lifted where nothing was measured. */
const pathOf = (scores: Scores): string =>
  scores
    .map((mos, place) => {
      if (mos === undefined) return '';
      const x = width - 2 - (scores.length - 1 - place) * ((width - 4) / (span - 1));
      return `${scores[place - 1] === undefined ? 'M' : 'L'}${x.toFixed(1)} ${heightOf(mos).toFixed(1)}`;
    })
    .join('');

const sparkline = () => {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  // As wide as its place: the right end is now.
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', 'spark');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('vector-effect', 'non-scaling-stroke');
  svg.append(path);
  return { svg, path };
};

/** The scores of the last half minute, one each second. */
const scores$ = (quality$: Observable<Quality>): Observable<Scores> =>
  timer(0, 1_000).pipe(
    withLatestFrom(quality$),
    scan((scores: Scores, [, { mos }]) => [...scores, mos].slice(-span), []),
  );

/** How a call sounds: the score as a number and as a line over half a minute, and what is to be warned of. */
export const qualityView = (parent: Element, client: Client, call$: Observable<Call>): Piece => {
  const score = el('b');
  const { svg, path } = sparkline();
  const list = el('p', { class: 'warnings', role: 'status', 'aria-label': 'Trouble with the sound' });
  const node = el(
    'div',
    { class: 'sound' },
    el('p', { title: 'Mean opinion score: 1 is bad, 4.5 is as good as it gets' }, 'MOS ', score, svg),
    list,
  );
  /** The call to look at; what has ended sounds no more. */
  const watched$ = call$.pipe(
    map(call => (isTalk(call) ? call.id : undefined)),
    distinctUntilChanged(),
  );
  const each = <A>(of: (quality$: Observable<Quality>) => Observable<A>): Observable<A> =>
    watched$.pipe(switchMap(id => (id === undefined ? EMPTY : of(client.quality$(id)))));

  return mounted(
    parent,
    node,
    drawn(watched$, id => {
      shown(node, id !== undefined);
    }),
    drawn(each(scores$), scores => {
      text(score, scores.at(-1)?.toFixed(1) ?? '–');
      attribute(path, 'd', pathOf(scores));
    }),
    drawn(
      each(quality$ => quality$),
      quality => {
        text(list, quality.warnings.map(warning => warnings[warning]).join(' '));
      },
    ),
  );
};
