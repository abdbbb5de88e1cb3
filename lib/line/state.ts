import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import {
  after,
  transition,
  type After,
  type CancelAfter,
  type Moment,
  type Transition,
  cancelAfter,
} from '../core/transition.js';
import type { Millis } from '../core/units.js';
import type { Line, Verdict } from './model.js';
import type { LineOrder, LineReport, Registered } from './port.js';
import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import { compact } from '../core/compact.js';

/**
 * Where a line is, more finely than its public `connection`:
 *
 *     idle ─► opening ─► registering ─► up          (the way in)
 *               ▲  │          │          │
 *               │  ▼          ▼          ▼
 *             waiting      retrying ◄────┘          (socket gone; socket open but not registered)
 *     up ─► draining ─► closing ─► idle             (the way out)      refused (until asked again)
 */
type LinePhase =
  'idle' | 'opening' | 'registering' | 'up' | 'waiting' | 'retrying' | 'draining' | 'reviving' | 'closing' | 'refused';

export type LineState = {
  readonly phase: LinePhase;
  readonly line: Line;
  /** Whether this connection has been `connected` before: then a loss is a recovery. */
  readonly hasBeenUp: boolean;
  /** Lifetime to ask for at the next registration, in seconds. */
  readonly expires: number;
  /** Whether the registrar's shortest lifetime (423) has been accepted once already. */
  readonly raised: boolean;
  /** Numbers the orders that carry a ref. */
  readonly orders: number;
  readonly heardAt: Millis;
  /** How long nothing may be heard before it is asked whether anybody is there. */
  readonly quiet: Millis;
  /** Probes that went out since something was last heard. */
  readonly probes: number;
  /** Orders to close whose `closed` has not come yet. */
  readonly closes: number;
};

/** Everything that can happen to a line. */
export type LineInput =
  | { readonly _tag: 'connect' }
  /** Unregister, then wait for `close`. */
  | { readonly _tag: 'drain' }
  | { readonly _tag: 'close' }
  /** Do not wait for the backoff. */
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

/** A timer of the line; `due` is when it should have come. */
export type LineTimer = { readonly [Name in TickName]: { readonly _tag: Name; readonly due: Millis } }[TickName];

export type LineTransition = Transition<LineState, LineOrder | After<LineTimer> | CancelAfter, Fault>;

/** How long a far side may be silent that does not say itself how often it speaks. */
const interval: Millis = 22_000;

/** A line that nobody has connected yet. */
export const newLine = (id: string, since: Millis = 0): LineState => ({
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
});

/** Whether a socket is open in this phase, as far as we know. */
export const isOpen = ({ phase }: LineState): boolean =>
  phase === 'registering' || phase === 'up' || phase === 'retrying' || phase === 'draining' || phase === 'reviving';

/** Nothing happens. */
export const stay = (record: LineState): LineTransition => transition(record);

/** A timer this much behind its time was throttled or slept through. */
export const late: Millis = 2_000;

export const timerOf = (record: LineState, name: LineTimer['_tag']): string => `${record.line.id}:${name}`;

export const startTimer = (record: LineState, name: LineTimer['_tag'], ms: Millis, { at }: Moment): After<LineTimer> =>
  after(timerOf(record, name), ms, { _tag: name, due: at + ms });

/** A name for one order of this line, and the record that has used it up. */
export const nextRequest = (record: LineState, name: string): { readonly ref: string; readonly next: LineState } => ({
  ref: `${record.line.id}:${name}:${record.orders}`,
  next: { ...record, orders: record.orders + 1 },
});

type Orders = readonly (LineOrder | After<LineTimer> | CancelAfter)[];
type Next = {
  readonly phase: LinePhase;
  readonly line?: Partial<Line>;
  readonly record?: Partial<LineState>;
  readonly orders?: Orders;
  readonly faults?: readonly Fault[];
};

/** The fields of a line that are absent unless set anew. */
const cleared = ({ id, connection, registration, verdict, since, attempt, ...rest }: Line): Line => ({
  id,
  connection,
  registration,
  verdict,
  since,
  attempt,
  ...signedIn(rest),
});

/** Who we are there, as far as it is known. */
export const signedIn = ({ user, sessionId }: Partial<Line>): Partial<Line> => compact({ user, sessionId });

/** Into this phase, with what changes on the way; the line is the same value where nothing of it does. */
export const to = (
  record: LineState,
  { at }: Moment,
  { phase, line = {}, record: rest = {}, orders = [], faults = [] }: Next,
): LineTransition => {
  const since = line.connection === undefined || line.connection === record.line.connection ? record.line.since : at;
  const changed = { ...cleared(record.line), ...line, since };
  const same = phase === record.phase && Object.keys(rest).length === 0 && equal(changed, record.line);
  return transition(
    same ? record : { ...record, ...rest, phase, line: equal(changed, record.line) ? record.line : changed },
    { orders, events: faults },
  );
};

const equal = (a: Line, b: Line): boolean =>
  (Object.keys({ ...a, ...b }) as (keyof Line)[]).every(key => a[key] === b[key]);

/** Without these timers. */
export const cancelTimers = (record: LineState, names: readonly LineTimer['_tag'][]): Orders =>
  names.map(name => cancelAfter(timerOf(record, name)));

/** Without any timer. */
export const silenced = (record: LineState): Orders =>
  cancelTimers(record, ['stall', 'retry', 'refresh', 'stable', 'check', 'silence']);

/** How a way in is called: the first time, and after a loss. */
export const connectingOrRecovering = (record: LineState): 'connecting' | 'recovering' =>
  record.hasBeenUp ? 'recovering' : 'connecting';

/** One attempt more. */
export const open = (record: LineState, moment: Moment, attempt: number): LineTransition =>
  to(record, moment, {
    phase: 'opening',
    line: { connection: connectingOrRecovering(record), registration: { state: 'none' }, verdict: 'online', attempt },
    record: { probes: 0 },
    orders: [
      cancelAfter(timerOf(record, 'retry')),
      startTimer(record, 'stall', openTimeoutMs, moment),
      { _tag: 'open' },
    ],
  });

/** How long a connection may take to open: a socket that says nothing is none. */
const openTimeoutMs: Millis = 20_000;

/** A socket that is of no use is closed by us, and another one opened later. */
export const closeAndRetry = (record: LineState, reason: Fault, moment: Moment, verdict: Verdict): LineTransition => {
  const lost = socketLost(record, reason, moment);
  return {
    ...lost,
    state: { ...lost.state, closes: lost.state.closes + 1, line: { ...lost.state.line, verdict } },
    orders: [{ _tag: 'close' }, ...lost.orders],
  };
};

/** The socket is gone: another attempt after a while. */
export const socketLost = (record: LineState, reason: Fault, moment: Moment): LineTransition => {
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
};

/** Lets go of the socket. */
export const close = (record: LineState, moment: Moment): LineTransition =>
  record.phase === 'waiting'
    ? idle(record, moment)
    : to(record, moment, {
        phase: 'closing',
        line: { connection: 'disconnecting' },
        record: { closes: record.closes + 1 },
        orders: [...silenced(record), { _tag: 'close' }],
      });

/** Nothing is open, and nothing is wanted. */
export const idle = (record: LineState, moment: Moment): LineTransition =>
  to(signedOut(record), moment, {
    phase: 'idle',
    line: { connection: 'disconnected', registration: { state: 'none' }, verdict: 'online', attempt: 0 },
    record: { probes: 0 },
    orders: silenced(record),
  });

const signedOut = (record: LineState): LineState => {
  const { id, connection, registration, verdict, since, attempt } = record.line;
  return { ...record, line: { id, connection, registration, verdict, since, attempt } };
};
