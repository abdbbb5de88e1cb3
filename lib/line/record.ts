import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import { after, transition, type After, type CancelAfter, type Moment, type Transition } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import type { Line } from './model.js';
import type { LineOrder, LineReport, Registered } from './port.js';

/**
 * Where a line is, more finely than its public `connection`:
 *
 *     idle ─► opening ─► registering ─► up          (the way in)
 *               ▲  │          │          │
 *               │  ▼          ▼          ▼
 *             waiting      retrying ◄────┘          (socket gone; socket open but not registered)
 *     up ─► draining ─► closing ─► idle             (the way out)      refused (until asked again)
 */
export type LinePhase =
  'idle' | 'opening' | 'registering' | 'up' | 'waiting' | 'retrying' | 'draining' | 'reviving' | 'closing' | 'refused';

export type LineRecord = {
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
  | LineTick;

type TickName = 'stall' | 'retry' | 'refresh' | 'stable' | 'check' | 'silence';

/** A timer of the line; `due` is when it should have come. */
export type LineTick = { readonly [Name in TickName]: { readonly _tag: Name; readonly due: Millis } }[TickName];

export type LineTurn = Transition<LineRecord, LineOrder | After<LineTick> | CancelAfter, Fault>;

/** How long a far side may be silent that does not say itself how often it speaks. */
const interval: Millis = 22_000;

/** A line that nobody has connected yet. */
export const newLine = (id: string, since: Millis = 0): LineRecord => ({
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
export const isOpen = ({ phase }: LineRecord): boolean =>
  phase === 'registering' || phase === 'up' || phase === 'retrying' || phase === 'draining' || phase === 'reviving';

/** Nothing happens. */
export const stay = (record: LineRecord): LineTurn => transition(record);

/** A timer this much behind its time was throttled or slept through. */
export const late: Millis = 2_000;

export const timerOf = (record: LineRecord, name: LineTick['_tag']): string => `${record.line.id}:${name}`;

export const tick = (record: LineRecord, name: LineTick['_tag'], ms: Millis, { at }: Moment): After<LineTick> =>
  after(timerOf(record, name), ms, { _tag: name, due: at + ms });

/** A name for one order of this line, and the record that has used it up. */
export const mint = (record: LineRecord, name: string): { readonly ref: string; readonly next: LineRecord } => ({
  ref: `${record.line.id}:${name}:${record.orders}`,
  next: { ...record, orders: record.orders + 1 },
});
