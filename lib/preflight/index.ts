import {
  concat,
  defer,
  map,
  of,
  ReplaySubject,
  share,
  switchMap,
  take,
  tap,
  type Observable,
  exhaustMap,
  filter,
  merge,
  reduce,
  takeUntil,
  timer,
  timestamp,
  type Timestamp,
} from 'rxjs';
import { compact } from '../core/compact.js';
import type { Client, InviteOptions, Session } from '../client/model.js';
import type { EndCause } from '../call/cause.js';
import type { Call, MediaStats, QualitySummary } from '../call/model.js';
import { measured, type Measured } from '../call/call-summary.js';
import { settling } from '../call/quality.js';
import { isLeft, type Either } from '../core/either.js';
import { fault, type Fault, type FaultCode } from '../core/fault.js';
import type { Line } from '../line/model.js';
import { snapshot } from '../core/streams.js';
import type { Millis } from '../core/port.js';

export type PreflightOptions = InviteOptions & {
  /** A number that echoes; `echo` by default. */
  readonly target?: string;
  /** How long it is listened to; 6000 ms. There is no score for the first 2000 of them. */
  readonly duration?: Millis;
};

/** One step of the test: `running` before it has passed or failed, `skipped` where it cannot be made. */
export type PreflightStep = {
  readonly _tag: 'step';
  readonly step: 'permission' | 'device' | 'socket' | 'register' | 'ice' | 'loopback';
  readonly state: 'running' | 'passed' | 'failed' | 'skipped';
  /** Why it has failed. */
  readonly fault?: Fault;
  /** Label of the microphone, id of the line, or the score. */
  readonly detail?: string;
};

/** The report: `passed` where no step has failed. */
export type PreflightReport = {
  readonly _tag: 'report';
  readonly passed: boolean;
  /** How each of them ended. */
  readonly steps: readonly PreflightStep[];
  readonly quality?: QualitySummary;
};

export type Preflight = PreflightStep | PreflightReport;

type Check = readonly [step: PreflightStep['step'], verdict$: Observable<CheckVerdict>];

/**
 * A test before the first call: the permission, the microphone, the socket, the registration, ICE, and a call to a number
 * that echoes. Each step is `running`, then `passed`, `failed` or `skipped`; the steps after a failure are skipped. At the end
 * a report with the quality, and completion. Cold; unsubscribing hangs up. For a connected client without calls.
 *
 *     step     --p--d--s--r--i--l-------
 *     call     --------------^--------!-
 *     report   ------------------------r
 *
 * The call is hung up before the report is emitted.
 */
export function preflight$(
  client: PreflightClient,
  { target = 'echo', duration = 6_000, ...how }: PreflightOptions = {},
): Observable<Preflight> {
  return defer(() => {
    const opened$ = client.askPermission();
    // Two steps look at one call, which is there as long as one of them looks.
    const call$ = client.dial$(target, how).pipe(share({ connector: () => new ReplaySubject(1) }));
    const checks: readonly Check[] = [
      ['permission', checkPermission(opened$)],
      ['device', checkDevice(client, opened$)],
      ['socket', checkLine(client, how.via, 'socket')],
      ['register', checkLine(client, how.via, 'register')],
      ['ice', checkIce(client, call$)],
      ['loopback', checkLoopback(client, call$, duration)],
    ];
    const told: CheckResult[] = [];
    return concat(
      inTurn(checks).pipe(
        tap(one => told.push(one)),
        map(stepOf),
      ),
      defer(() => of(reportOf(told))),
    );
  });
}

type CheckResult = readonly [step: PreflightStep['step'], verdict: CheckVerdict];

function inTurn([check, ...rest]: readonly Check[]): Observable<CheckResult> {
  if (check === undefined) return of();
  const [step, verdict$] = check;
  return concat(
    of([step, { state: 'running' }] as const),
    verdict$.pipe(
      take(1),
      // The next step begins while this one still owns the call.
      switchMap(verdict =>
        concat(
          of([step, verdict] as const),
          verdict.state === 'failed' ? of(...rest.map(([name]): CheckResult => [name, skipped])) : inTurn(rest),
        ),
      ),
    ),
  );
}

function stepOf([step, { quality: _, ...verdict }]: CheckResult): Preflight {
  return { _tag: 'step', step, ...verdict };
}

function reportOf(told: readonly CheckResult[]): Preflight {
  const ended = told.filter(([, { state }]) => state !== 'running');
  const quality = ended.map(([, verdict]) => verdict.quality).find(one => one !== undefined);
  return {
    _tag: 'report',
    passed: ended.every(([, { state }]) => state !== 'failed'),
    steps: ended.map(stepOf).filter(one => one._tag === 'step'),
    ...compact({ quality }),
  };
}

/** The part of a client that the test uses. */
export type PreflightClient = Pick<Client, 'session$' | 'askPermission' | 'dial$' | 'stats$' | 'fault$'>;

/** How a step has ended. */
type CheckVerdict = Omit<PreflightStep, '_tag' | 'step'> & { readonly quality?: QualitySummary };

const passed: CheckVerdict = { state: 'passed' };
const skipped: CheckVerdict = { state: 'skipped' };
function failed(reason: Fault): CheckVerdict {
  return { state: 'failed', fault: reason };
}

/** Timeout of a step that waits for a person or a server. */
const checkTimeoutMs: Millis = 20_000;

/** The first verdict, or that there was none for too long. */
function withTimeout(
  verdict$: Observable<CheckVerdict | undefined>,
  ms: Millis = checkTimeoutMs,
  late: () => Fault = () => fault('timeout'),
): Observable<CheckVerdict> {
  return merge(verdict$.pipe(filter(verdict => verdict !== undefined)), timer(ms).pipe(map(() => failed(late())))).pipe(
    take(1),
  );
}

/** The outcome of `askPermission`, which two steps read. */
type Opened = ReturnType<Client['askPermission']>;

/**
 * The microphone is opened, also where the page is known to be allowed to: the system that it runs on may not allow the
 * browser. The person is asked, where that has not been done. Without a platform that could be asked there is nothing to
 * test, and without a microphone nobody is asked.
 */
function checkPermission(opened$: Opened): Observable<CheckVerdict> {
  return opened$.pipe(map(opened => (isLeft(opened) ? (notOpened[opened.left.code] ?? failed)(opened.left) : passed)));
}

/** Faults of the microphone that don't concern the permission. */
const notOpened: { readonly [Code in FaultCode]?: (reason: Fault) => CheckVerdict } = {
  unsupported: () => skipped,
  'mic-missing': () => skipped,
  'mic-failed': () => passed,
};

function checkDevice({ session$ }: PreflightClient, opened$: Opened): Observable<CheckVerdict> {
  return opened$.pipe(
    switchMap(opened =>
      isLeft(opened) && opened.left.code !== 'unsupported' ? of(failed(opened.left)) : listed(session$),
    ),
  );
}

function listed(session$: PreflightClient['session$']): Observable<CheckVerdict> {
  return withTimeout(session$.pipe(map(microphone)), deviceListTimeoutMs, () => fault('mic-missing'));
}

/** The device list follows the permission a moment later. */
const deviceListTimeoutMs: Millis = 2_000;

function microphone({ devices: { permission: known, inputs, input } }: Session): CheckVerdict | undefined {
  if (known === 'unknown' && inputs.length === 0) return skipped;
  const id = input.actual ?? input.chosen;
  const used = inputs.find(one => one.id === id) ?? inputs[0];
  if (used === undefined || input.use === 'lost') return undefined;
  return used.label === '' ? passed : { ...passed, detail: used.label };
}

type AboutLine = (line: Line) => CheckVerdict | undefined;

/** The line that the call will go by. */
function checkLine(
  { session$ }: PreflightClient,
  via: string | undefined,
  what: keyof typeof aspects,
): Observable<CheckVerdict> {
  const lineOf = ({ lines }: Session): Line | undefined => lines.find(({ id }) => via === undefined || id === via);
  return withTimeout(
    session$.pipe(
      map(session => {
        const known = lineOf(session);
        return known === undefined ? failed(fault('no-line')) : aspects[what](known);
      }),
    ),
    checkTimeoutMs,
    () => lineOf(snapshot(session$))?.fault ?? fault('timeout'),
  );
}

const opened: AboutLine = ({ id, connection, registration, fault: reason }) => {
  if (connection === 'connected' || registration.state !== 'none') return { ...passed, detail: id };
  return connection === 'connecting' || connection === 'recovering'
    ? undefined
    : failed(reason ?? fault('disconnected'));
};

const registered: AboutLine = ({ connection, registration: { state, fault: reason } }) => {
  if (state === 'registered') return passed;
  if (state === 'refused') return failed(reason ?? fault('refused'));
  return connection === 'disconnected' ? failed(fault('disconnected')) : undefined;
};

const aspects = { socket: opened, register: registered } as const;

type Talk = Either<Fault, Call>;

/** Why there is no call any more. */
const codeOf: { readonly [Cause in EndCause]?: FaultCode } = {
  media_failed: 'media-failed',
  line_lost: 'line-lost',
  not_found: 'not-found',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  no_answer: 'timeout',
  request_timeout: 'timeout',
};

function overOf(talk: Talk): CheckVerdict | undefined {
  if (isLeft(talk)) return failed(talk.left);
  const { end } = talk.right;
  if (end === undefined) return undefined;
  const { cause, statusCode } = end;
  return failed(fault(codeOf[cause] ?? 'refused', { ...compact({ statusCode }) }));
}

function flowing(talk: Talk): CheckVerdict | undefined {
  return overOf(talk) ?? (!isLeft(talk) && talk.right.media === 'flowing' ? passed : undefined);
}

/** Passes when ICE has connected. */
function checkIce({ fault$ }: PreflightClient, call$: Observable<Talk>): Observable<CheckVerdict> {
  return withTimeout(
    call$.pipe(
      map(flowing),
      // Of a call that goes on the latest counts, and a failure is its last.
      switchMap(verdict => (verdict?.fault?.code === 'media-failed' ? explained(fault$, verdict) : of(verdict))),
    ),
  );
}

/** The fault of failed media arrives in the same turn, after the state. */
function explained(fault$: Observable<Fault>, verdict: CheckVerdict): Observable<CheckVerdict> {
  return merge(fault$.pipe(map(failed)), timer(0).pipe(map(() => verdict))).pipe(take(1));
}

/** Passes when audio comes back; carries its quality. */
function checkLoopback(parts: PreflightClient, call$: Observable<Talk>, duration: Millis): Observable<CheckVerdict> {
  return withTimeout(comingBack(parts, call$, duration), checkTimeoutMs + duration);
}

function comingBack({ stats$ }: PreflightClient, call$: Observable<Talk>, duration: Millis): Observable<CheckVerdict> {
  return call$.pipe(
    filter(talk => overOf(talk) !== undefined || (!isLeft(talk) && talk.right.status === 'active')),
    // The subscription owns the call meanwhile; its end ends the measurement.
    exhaustMap(talk => {
      const over = overOf(talk);
      if (over !== undefined || isLeft(talk)) return of(over ?? skipped);
      return heard(stats$(talk.right.id), duration).pipe(map(soundOf));
    }),
  );
}

/**
 * Measures for this duration. The score starts after a settling time.
 *
 *     counts   a---b---c---d-
 *     last                e|      e: when the time is up
 *     judged           c   e
 */
function heard(counts$: Observable<MediaStats>, duration: Millis): Observable<Measured | undefined> {
  return concat(counts$.pipe(takeUntil(timer(duration))), counts$.pipe(take(1))).pipe(
    timestamp(),
    reduce<Timestamp<MediaStats>, Listened | undefined>((known, { value, timestamp: at }) => {
      const since = known?.since ?? at;
      return { since, sums: measured(known?.sums, value, { talking: at - since >= settling, teller: 'us' }) };
    }, undefined),
    map(listened => listened?.sums),
  );
}

type Listened = { readonly since: Millis; readonly sums: Measured };

function soundOf(known: Measured | undefined): CheckVerdict {
  if (known === undefined || known.last.sent.packets === 0)
    return failed(fault('media-failed', { message: 'No sound was sent.' }));
  const { summary: quality, received } = known;
  if (received === 0) return { ...failed(fault('media-failed', { message: 'No sound came back.' })), quality };
  return { ...passed, quality, ...(quality.mos === undefined ? {} : { detail: `MOS ${quality.mos.toFixed(1)}` }) };
}
