import type { Client } from 'callstream';
import { preflight$, type Preflight, type PreflightReport, type PreflightStep } from 'callstream/preflight';
import { distinctUntilChanged, exhaustMap, map, scan, startWith, tap } from 'rxjs';
import { attribute, click$, drawn, el, mounted, text, type Piece } from './dom.js';
import { keyed, type Kept } from './keyed.js';
import { sipLine } from './lines.js';
import { faultOf } from './words.js';

const names: Readonly<Record<PreflightStep['step'], string>> = {
  permission: 'The microphone is allowed',
  device: 'There is a microphone',
  socket: 'The server is reached',
  register: 'It lets us in',
  ice: 'Sound finds its way',
  loopback: 'We hear ourselves',
};

const results: Readonly<Record<PreflightStep['state'], string>> = {
  running: 'being tested…',
  passed: 'yes',
  failed: 'no',
  skipped: 'not tested',
};

const stepView = (): Kept<PreflightStep> => {
  const name = el('span', { class: 'name' });
  const result = el('small');
  const why = el('p');
  const node = el('li', {}, name, result, why);
  return {
    node,
    draw: ({ step, state, detail, fault }) => {
      attribute(node, 'data-result', state);
      text(name, names[step]);
      text(result, results[state]);
      text(why, fault === undefined ? (detail ?? '') : faultOf(fault));
    },
  };
};

const verdictOf = ({ passed, quality }: PreflightReport): string => {
  const score = quality?.mos === undefined ? '' : ` It will sound like MOS ${quality.mos.toFixed(1)}.`;
  return passed ? `You can call.${score}` : 'A call would not work from here.';
};

/** The steps so far, and the report at the end. */
const told = (steps: readonly Preflight[], next: Preflight): readonly Preflight[] =>
  next._tag === 'report'
    ? [...steps, next]
    : [...steps.filter(one => one._tag === 'report' || one.step !== next.step), next];

const isStep = (one: Preflight): one is PreflightStep => one._tag === 'step';
const isReport = (one: Preflight): one is PreflightReport => one._tag === 'report';

/** A test before the first call, step by step. It makes a call of its own, so that it can't be made during another one. */
export const preflightPanel = (parent: Element, client: Client): Piece => {
  const start = el('button', { type: 'button' }, 'Test now');
  const list = el('ol', { class: 'steps', 'aria-label': 'Steps of the test' });
  const verdict = el('p', { role: 'status' });
  const node = el(
    'details',
    { class: 'devices preflight' },
    el('summary', {}, 'Test before a call'),
    start,
    list,
    verdict,
  );
  const show = keyed<PreflightStep>(list, { key: ({ step }) => step, same: (a, b) => a === b, make: stepView });

  return mounted(
    parent,
    node,
    drawn(
      client.session$.pipe(
        map(({ calls }) => calls.some(({ status }) => status !== 'terminated')),
        distinctUntilChanged(),
      ),
      busy => {
        start.disabled = busy;
      },
    ),
    drawn(
      click$(start).pipe(
        // One test at a time.
        exhaustMap(() =>
          preflight$(client, { via: sipLine, duration: 3_000 }).pipe(
            scan(told, []),
            startWith<readonly Preflight[]>([]),
          ),
        ),
        tap(all => {
          show(all.filter(isStep));
        }),
        map(all => all.find(isReport)),
      ),
      report => {
        text(verdict, report === undefined ? '' : verdictOf(report));
        attribute(node, 'data-passed', report === undefined ? undefined : String(report.passed));
      },
    ),
  );
};
