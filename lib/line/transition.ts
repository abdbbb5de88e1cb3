import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import type { Fault } from '../core/fault.js';
import { compact } from '../core/compact.js';
import { cancelAfter, transition, type After, type CancelAfter, type Moment } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import type { Line, Verdict } from './model.js';
import type { LineOrder } from './port.js';
import { tick, timerOf, type LinePhase, type LineRecord, type LineTick, type LineTurn } from './record.js';

type Orders = readonly (LineOrder | After<LineTick> | CancelAfter)[];
type Next = {
  readonly phase: LinePhase;
  readonly line?: Partial<Line>;
  readonly record?: Partial<LineRecord>;
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
  record: LineRecord,
  { at }: Moment,
  { phase, line = {}, record: rest = {}, orders = [], faults = [] }: Next,
): LineTurn => {
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
export const stopped = (record: LineRecord, names: readonly LineTick['_tag'][]): Orders =>
  names.map(name => cancelAfter(timerOf(record, name)));

/** Without any timer. */
export const silenced = (record: LineRecord): Orders =>
  stopped(record, ['stall', 'retry', 'refresh', 'stable', 'check', 'silence']);

/** How a way in is called: the first time, and after a loss. */
export const under = (record: LineRecord): 'connecting' | 'recovering' =>
  record.hasBeenUp ? 'recovering' : 'connecting';

/** One attempt more. */
export const open = (record: LineRecord, moment: Moment, attempt: number): LineTurn =>
  to(record, moment, {
    phase: 'opening',
    line: { connection: under(record), registration: { state: 'none' }, verdict: 'online', attempt },
    record: { probes: 0 },
    orders: [cancelAfter(timerOf(record, 'retry')), tick(record, 'stall', patienceToOpen, moment), { _tag: 'open' }],
  });

/** How long a connection may take to open: a socket that says nothing is none. */
const patienceToOpen: Millis = 20_000;

/** A socket that is of no use is closed by us, and another one opened later. */
export const abandon = (record: LineRecord, reason: Fault, moment: Moment, verdict: Verdict): LineTurn => {
  const lost = lose(record, reason, moment);
  return {
    ...lost,
    state: { ...lost.state, closes: lost.state.closes + 1, line: { ...lost.state.line, verdict } },
    orders: [{ _tag: 'close' }, ...lost.orders],
  };
};

/** The socket is gone: another attempt after a while. */
export const lose = (record: LineRecord, reason: Fault, moment: Moment): LineTurn => {
  const ms = backoffDelay(defaultBackoff, record.line.attempt, moment.random);
  return to(record, moment, {
    phase: 'waiting',
    line: {
      connection: under(record),
      registration: { state: 'none' },
      attempt: record.line.attempt + 1,
      retryAt: moment.at + ms,
      fault: reason,
    },
    record: { probes: 0 },
    orders: [...silenced(record), tick(record, 'retry', ms, moment)],
    faults: [reason],
  });
};

/** Lets go of the socket. */
export const close = (record: LineRecord, moment: Moment): LineTurn =>
  record.phase === 'waiting'
    ? rest(record, moment)
    : to(record, moment, {
        phase: 'closing',
        line: { connection: 'disconnecting' },
        record: { closes: record.closes + 1 },
        orders: [...silenced(record), { _tag: 'close' }],
      });

/** Nothing is open, and nothing is wanted. */
export const rest = (record: LineRecord, moment: Moment): LineTurn =>
  to(signedOut(record), moment, {
    phase: 'idle',
    line: { connection: 'disconnected', registration: { state: 'none' }, verdict: 'online', attempt: 0 },
    record: { probes: 0 },
    orders: silenced(record),
  });

const signedOut = (record: LineRecord): LineRecord => {
  const { id, connection, registration, verdict, since, attempt } = record.line;
  return { ...record, line: { id, connection, registration, verdict, since, attempt } };
};
