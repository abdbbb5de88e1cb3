import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Failure, Millis } from '../core/port.js';
import {
  after,
  transition,
  type After,
  type CancelAfter,
  type Moment,
  type Transition,
  cancelAfter,
} from '../core/transition.js';
import type { Line, Verdict } from './model.js';
import type { LineOrder, LineReport, Registered } from './port.js';
import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import { compact } from '../core/compact.js';

/**
 * The private state behind `connection`:
 *
 *     idle ─► opening ─► registering ─► up          (connecting)
 *               ▲  │          │          │
 *               │  ▼          ▼          ▼
 *             waiting      retrying ◄────┘          (socket closed; open but not registered)
 *     up ─► draining ─► closing ─► idle             (disconnecting)    refused (until `connect`)
 */
type LinePhase =
  'idle' | 'opening' | 'registering' | 'up' | 'waiting' | 'retrying' | 'draining' | 'reviving' | 'closing' | 'refused';

export type LineState = {
  readonly phase: LinePhase;
  readonly line: Line;
  /** True after the first `connected`: a loss is then `recovering`. */
  readonly hasBeenUp: boolean;
  /** Lifetime of the next registration, in seconds. */
  readonly expires: number;
  /** True after a retry with Min-Expires (423). */
  readonly raised: boolean;
  /** Counter of request ids. */
  readonly orders: number;
  readonly heardAt: Millis;
  /** Silence in ms before a keep-alive is sent. */
  readonly quiet: Millis;
  /** Probes since the last frame. */
  readonly probes: number;
  /** `close` orders without their `closed`. */
  readonly closes: number;
};

/** Inputs of a line. */
export type LineInput =
  | { readonly _tag: 'connect' }
  /** Unregister, then wait for `close`. */
  | { readonly _tag: 'drain' }
  | { readonly _tag: 'close' }
  /** Skips the backoff delay. */
  | { readonly _tag: 'hurry' }
  | { readonly _tag: 'online' }
  | { readonly _tag: 'offline' }
  | { readonly _tag: 'woke' }
  | Exclude<LineReport, { readonly _tag: 'done' | 'fault' }>
  | { readonly _tag: 'register-done'; readonly result: Either<Failure, Registered> }
  | { readonly _tag: 'unregister-done'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'probe-done'; readonly result: Either<Failure, unknown> }
  | LineTimer;

type TickName = 'stall' | 'retry' | 'refresh' | 'stable' | 'check' | 'silence';

/** A timer of the line; `due` is its scheduled time. */
export type LineTimer = { readonly [Name in TickName]: { readonly _tag: Name; readonly due: Millis } }[TickName];

export type LineTransition = Transition<LineState, LineOrder | After<LineTimer> | CancelAfter, Fault>;

/** Keep-alive interval in ms, where the server announces none. */
const interval: Millis = 22_000;

/** The initial state. */
export function newLine(id: string, since: Millis = 0): LineState {
  return {
    phase: 'idle',
    line: { id, connection: 'disconnected', registration: { state: 'none' }, verdict: 'online', since, attempt: 0 },
    hasBeenUp: false,
    expires: 600,
    raised: false,
    orders: 0,
    heardAt: 0,
    quiet: interval,
    probes: 0,
    closes: 0,
  };
}

/** True in phases with an open socket. */
export function isOpen({ phase }: LineState): boolean {
  return (
    phase === 'registering' || phase === 'up' || phase === 'retrying' || phase === 'draining' || phase === 'reviving'
  );
}

/** No change. */
export function stay(record: LineState): LineTransition {
  return transition(record);
}

/** A timer this late was throttled, or the machine has slept. */
export const late: Millis = 2_000;

export function timerOf(record: LineState, name: LineTimer['_tag']): string {
  return `${record.line.id}:${name}`;
}

export function startTimer(record: LineState, name: LineTimer['_tag'], ms: Millis, { at }: Moment): After<LineTimer> {
  return after(timerOf(record, name), ms, { _tag: name, due: at + ms });
}

/** The next request id, and the state that counts it. */
export function nextRequest(record: LineState, name: string): { readonly ref: string; readonly next: LineState } {
  return {
    ref: `${record.line.id}:${name}:${record.orders}`,
    next: { ...record, orders: record.orders + 1 },
  };
}

type Orders = readonly (LineOrder | After<LineTimer> | CancelAfter)[];
type Next = {
  readonly phase: LinePhase;
  readonly line?: Partial<Line>;
  readonly record?: Partial<LineState>;
  readonly orders?: Orders;
  readonly faults?: readonly Fault[];
};

/** Keeps id, user and session; clears `retryAt` and `fault`. */
function cleared({ id, connection, registration, verdict, since, attempt, ...rest }: Line): Line {
  return {
    id,
    connection,
    registration,
    verdict,
    since,
    attempt,
    ...signedIn(rest),
  };
}

/** The user and session, where known. */
export function signedIn({ user, sessionId }: Partial<Line>): Partial<Line> {
  return compact({ user, sessionId });
}

/** Enters a phase. `line` keeps its identity where nothing public changes. */
export function to(
  record: LineState,
  { at }: Moment,
  { phase, line = {}, record: rest = {}, orders = [], faults = [] }: Next,
): LineTransition {
  const since = line.connection === undefined || line.connection === record.line.connection ? record.line.since : at;
  const changed = { ...cleared(record.line), ...line, since };
  const same = phase === record.phase && Object.keys(rest).length === 0 && equal(changed, record.line);
  return transition(
    same ? record : { ...record, ...rest, phase, line: equal(changed, record.line) ? record.line : changed },
    { orders, events: faults },
  );
}

function equal(a: Line, b: Line): boolean {
  return (Object.keys({ ...a, ...b }) as (keyof Line)[]).every(key => a[key] === b[key]);
}

/** Cancels these timers. */
export function cancelTimers(record: LineState, names: readonly LineTimer['_tag'][]): Orders {
  return names.map(name => cancelAfter(timerOf(record, name)));
}

/** Cancels all timers. */
export function silenced(record: LineState): Orders {
  return cancelTimers(record, ['stall', 'retry', 'refresh', 'stable', 'check', 'silence']);
}

/** `connecting` the first time, `recovering` after a loss. */
export function connectingOrRecovering(record: LineState): 'connecting' | 'recovering' {
  return record.hasBeenUp ? 'recovering' : 'connecting';
}

/** Starts an attempt. */
export function open(record: LineState, moment: Moment, attempt: number): LineTransition {
  return to(record, moment, {
    phase: 'opening',
    line: { connection: connectingOrRecovering(record), registration: { state: 'none' }, verdict: 'online', attempt },
    record: { probes: 0 },
    orders: [
      cancelAfter(timerOf(record, 'retry')),
      startTimer(record, 'stall', openTimeoutMs, moment),
      { _tag: 'open' },
    ],
  });
}

/** Limit for opening a connection and for its first frame. */
const openTimeoutMs: Millis = 20_000;

/** Closes a socket that is of no use; another attempt follows. */
export function closeAndRetry(record: LineState, reason: Fault, moment: Moment, verdict: Verdict): LineTransition {
  const lost = socketLost(record, reason, moment);
  return {
    ...lost,
    state: { ...lost.state, closes: lost.state.closes + 1, line: { ...lost.state.line, verdict } },
    orders: [{ _tag: 'close' }, ...lost.orders],
  };
}

/** The socket has closed: another attempt after the backoff delay. */
export function socketLost(record: LineState, reason: Fault, moment: Moment): LineTransition {
  const ms = backoffDelay(defaultBackoff, record.line.attempt, moment.random);
  return to(record, moment, {
    phase: 'waiting',
    line: {
      connection: connectingOrRecovering(record),
      registration: { state: 'none' },
      attempt: record.line.attempt + 1,
      retryAt: moment.at + ms,
      fault: reason,
    },
    record: { probes: 0 },
    orders: [...silenced(record), startTimer(record, 'retry', ms, moment)],
    faults: [reason],
  });
}

/** Closes the socket. */
export function close(record: LineState, moment: Moment): LineTransition {
  return record.phase === 'waiting'
    ? idle(record, moment)
    : to(record, moment, {
        phase: 'closing',
        line: { connection: 'disconnecting' },
        record: { closes: record.closes + 1 },
        orders: [...silenced(record), { _tag: 'close' }],
      });
}

/** Idle: no socket, and none requested. */
export function idle(record: LineState, moment: Moment): LineTransition {
  return to(signedOut(record), moment, {
    phase: 'idle',
    line: { connection: 'disconnected', registration: { state: 'none' }, verdict: 'online', attempt: 0 },
    record: { probes: 0 },
    orders: silenced(record),
  });
}

function signedOut(record: LineState): LineState {
  const { id, connection, registration, verdict, since, attempt } = record.line;
  return { ...record, line: { id, connection, registration, verdict, since, attempt } };
}
