import { patience, wait } from '../kernel/backoff.js';
import { isLeft, type Either } from '../kernel/either.js';
import { fault, type Fault } from '../kernel/fault.js';
import type { Failure } from '../kernel/port.js';
import { cancelAfter, turn, type After, type CancelAfter, type Moment } from '../kernel/turn.js';
import { listen, noise, probe } from './liveness.js';
import type { Millis } from '../kernel/units.js';
import type { Line, Verdict } from './model.js';
import type { LineOrder, Registered } from './port.js';
import {
  isOpen,
  late,
  mint,
  stay,
  tick,
  timerOf,
  type LineInput,
  type LinePhase,
  type LineRecord,
  type LineTick,
  type LineTurn,
} from './record.js';

type Orders = readonly (LineOrder | After<LineTick> | CancelAfter)[];
type Next = {
  readonly phase: LinePhase;
  readonly line?: Partial<Line>;
  readonly record?: Partial<LineRecord>;
  readonly orders?: Orders;
  readonly faults?: readonly Fault[];
};

/** The life of one line as a fold. Pure; the timers are orders. */
export const stepLine = (record: LineRecord, input: LineInput, moment: Moment): LineTurn => {
  const move = moves[input._tag] as (record: LineRecord, input: LineInput, moment: Moment) => LineTurn;
  return move(record, input, moment);
};

type Moves = {
  readonly [Tag in LineInput['_tag']]: (
    record: LineRecord,
    input: Extract<LineInput, { readonly _tag: Tag }>,
    moment: Moment,
  ) => LineTurn;
};

const moves: Moves = {
  connect: (record, _, moment) => {
    if (record.phase === 'draining')
      return to(record, moment, {
        phase: 'reviving',
        line: { connection: 'connecting' },
        record: { hasBeenUp: false },
      });
    return record.phase === 'idle' || record.phase === 'refused' || record.phase === 'closing'
      ? open({ ...record, hasBeenUp: false, raised: false }, moment, 0)
      : stay(record);
  },

  drain: (record, _, moment) => {
    if (record.phase === 'idle' || record.phase === 'refused') return stay(record);
    if (record.phase !== 'up') return close(record, moment);
    const { ref, next } = mint(record, 'unregister');
    return to(next, moment, {
      phase: 'draining',
      line: { connection: 'disconnecting' },
      orders: [...silenced(record), { _tag: 'unregister', ref }],
    });
  },

  close: (record, _, moment) =>
    record.phase === 'idle' || record.phase === 'refused' || record.phase === 'closing'
      ? stay(record)
      : close(record, moment),

  hurry: (record, _, moment) => {
    if (record.phase === 'waiting') return open(record, moment, record.line.attempt);
    if (record.phase === 'retrying') return register(record, moment);
    return record.phase === 'up' ? probe(record, moment) : stay(record);
  },

  online: (record, _, moment) => moves.hurry(record, { _tag: 'hurry' }, moment),
  offline: (record, _, moment) => (record.phase === 'up' ? probe(record, moment) : stay(record)),
  woke: (record, _, moment) => moves.hurry(record, { _tag: 'hurry' }, moment),

  opened: (record, { quiet }, moment) => {
    // While a `closed` is owed, what has opened is what we are letting go of.
    if (record.phase !== 'opening' || record.closes > 0) return stay(record);
    const heard = { ...record, heardAt: moment.at, quiet: quiet ?? record.quiet };
    const { state, orders, ...told } = register(heard, moment);
    return { state, ...told, orders: [...orders, tick(state, 'check', state.quiet, moment)] };
  },

  closed: (record, { fault: reason }, moment) => {
    const now = { ...record, closes: Math.max(0, record.closes - 1) };
    if (record.phase === 'closing' || record.phase === 'draining') return rest(now, moment);
    // The socket that we let go of says so; an attempt that has begun since then is another one.
    if (record.closes > 0) return stay(now);
    if (record.phase === 'idle' || record.phase === 'refused' || record.phase === 'waiting') return stay(record);
    if (record.phase === 'reviving') return open(record, moment, 0);
    return lose(record, reason ?? fault('line-lost'), moment);
  },

  heard: (record, _, moment) => (isOpen(record) ? noise(record, moment) : stay(record)),

  'register-done': (record, { result }, moment) =>
    record.phase === 'registering' || record.phase === 'up' ? registered(record, result, moment) : stay(record),

  'unregister-done': (record, _, moment) => {
    if (record.phase === 'reviving') return register({ ...record, phase: 'registering' }, moment);
    return record.phase === 'draining' ? close(record, moment) : stay(record);
  },

  // Any final response is a frame, and `heard` has said so already; a missing one is found by `silence`.
  'probe-done': record => stay(record),

  retry: (record, _, moment) => moves.hurry(record, { _tag: 'hurry' }, moment),
  refresh: (record, _, moment) => (record.phase === 'up' ? register(record, moment) : stay(record)),
  stall: (record, _, moment) =>
    record.phase === 'opening' ? abandon(record, fault('timeout'), moment, record.line.verdict) : stay(record),
  stable: (record, _, moment) => to(record, moment, { phase: record.phase, line: { attempt: 0 } }),
  check: (record, tick, moment) => (isKept(record) ? listen(record, tick, moment) : stay(record)),

  silence: (record, { due }, moment) => {
    if (!isKept(record) || record.probes === 0) return stay(record);
    // A deadline that comes late may have overtaken the answer: ask once more before believing it.
    if (moment.at - due > late && record.probes < 2) return probe(record, moment);
    return abandon(record, fault('line-lost', { message: 'The server stopped answering.' }), moment, 'dead');
  },
};

/** A socket that is of no use is closed by us, and another one opened later. */
const abandon = (record: LineRecord, reason: Fault, moment: Moment, verdict: Verdict): LineTurn => {
  const lost = lose(record, reason, moment);
  return {
    ...lost,
    state: { ...lost.state, closes: lost.state.closes + 1, line: { ...lost.state.line, verdict } },
    orders: [{ _tag: 'close' }, ...lost.orders],
  };
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
const signedIn = ({ user, sessionId }: Partial<Line>): Partial<Line> => ({
  ...(user === undefined ? {} : { user }),
  ...(sessionId === undefined ? {} : { sessionId }),
});

const to = (
  record: LineRecord,
  { at }: Moment,
  { phase, line = {}, record: rest = {}, orders = [], faults = [] }: Next,
): LineTurn => {
  const since = line.connection === undefined || line.connection === record.line.connection ? record.line.since : at;
  const changed = { ...cleared(record.line), ...line, since };
  const same = phase === record.phase && Object.keys(rest).length === 0 && equal(changed, record.line);
  return turn(
    same ? record : { ...record, ...rest, phase, line: equal(changed, record.line) ? record.line : changed },
    { orders, events: faults },
  );
};

const equal = (a: Line, b: Line): boolean =>
  (Object.keys({ ...a, ...b }) as (keyof Line)[]).every(key => a[key] === b[key]);

/** Whether there is a socket that is to stay. */
const isKept = ({ phase }: LineRecord): boolean => phase === 'registering' || phase === 'up' || phase === 'retrying';

const stopped = (record: LineRecord, names: readonly LineTick['_tag'][]): Orders =>
  names.map(name => cancelAfter(timerOf(record, name)));

const silenced = (record: LineRecord): Orders =>
  stopped(record, ['stall', 'retry', 'refresh', 'stable', 'check', 'silence']);

const under = (record: LineRecord): 'connecting' | 'recovering' => (record.hasBeenUp ? 'recovering' : 'connecting');

const open = (record: LineRecord, moment: Moment, attempt: number): LineTurn =>
  to(record, moment, {
    phase: 'opening',
    line: { connection: under(record), registration: { state: 'none' }, verdict: 'online', attempt },
    record: { probes: 0 },
    orders: [cancelAfter(timerOf(record, 'retry')), tick(record, 'stall', patienceToOpen, moment), { _tag: 'open' }],
  });

/** How long a connection may take to open: a socket that says nothing is none. */
const patienceToOpen: Millis = 20_000;

const register = (record: LineRecord, moment: Moment): LineTurn => {
  const { ref, next } = mint(record, 'register');
  const refreshing = record.phase === 'up';
  return to(next, moment, {
    phase: refreshing ? 'up' : 'registering',
    line: refreshing ? {} : { connection: under(record), registration: { state: 'registering' } },
    record: { orders: next.orders },
    orders: [...stopped(record, ['stall', 'retry']), { _tag: 'register', ref, expires: record.expires }],
  });
};

const registered = (record: LineRecord, result: Either<Failure, Registered>, moment: Moment): LineTurn => {
  if (isLeft(result)) return unregistered(record, result.left, moment);
  const expires = Math.max(result.right.expires, leastLifetime);
  return to(record, moment, {
    phase: 'up',
    line: {
      connection: 'connected',
      registration:
        record.line.registration.state === 'registered' ? record.line.registration : { state: 'registered' },
      verdict: 'online',
      ...signedIn(result.right),
    },
    record: { hasBeenUp: true, raised: false, heardAt: moment.at, probes: 0 },
    orders: [
      tick(record, 'refresh', Math.round(expires * 1000 * (0.8 + 0.15 * moment.dice)), moment),
      tick(record, 'stable', patience.stableAfter, moment),
      tick(record, 'check', record.quiet, moment),
      cancelAfter(timerOf(record, 'silence')),
    ],
  });
};

/** A registrar that grants less would have us register all the time (seconds). */
const leastLifetime = 10;

const unregistered = (record: LineRecord, failure: Failure, moment: Moment): LineTurn => {
  // The socket went under it, and `closed` says so: one loss is one failed attempt.
  if (failure.fault.code === 'line-lost') return stay(record);
  if (failure.minExpires !== undefined && !record.raised) {
    return register({ ...record, expires: failure.minExpires, raised: true }, moment);
  }
  return failure.fault.retryable ? retryLater(record, failure, moment) : refuse(record, failure.fault, moment);
};

const retryLater = (record: LineRecord, { fault: reason, retryAfter = 0 }: Failure, moment: Moment): LineTurn => {
  const ms = Math.max(retryAfter, wait(patience, record.line.attempt, moment.dice));
  return to(record, moment, {
    phase: 'retrying',
    line: {
      connection: under(record),
      registration: { state: 'none', fault: reason },
      attempt: record.line.attempt + 1,
      retryAt: moment.at + ms,
      fault: reason,
    },
    // The socket stays, with the calls on it: whether it lives is still asked.
    orders: [...stopped(record, ['refresh', 'stable']), tick(record, 'retry', ms, moment)],
    faults: [reason],
  });
};

const refuse = (record: LineRecord, reason: Fault, moment: Moment): LineTurn =>
  to(record, moment, {
    phase: 'refused',
    line: { connection: 'disconnected', registration: { state: 'refused', fault: reason }, fault: reason },
    record: { closes: record.closes + 1 },
    orders: [...silenced(record), { _tag: 'close' }],
    faults: [reason],
  });

const lose = (record: LineRecord, reason: Fault, moment: Moment): LineTurn => {
  const ms = wait(patience, record.line.attempt, moment.dice);
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

const close = (record: LineRecord, moment: Moment): LineTurn =>
  record.phase === 'waiting'
    ? rest(record, moment)
    : to(record, moment, {
        phase: 'closing',
        line: { connection: 'disconnecting' },
        record: { closes: record.closes + 1 },
        orders: [...silenced(record), { _tag: 'close' }],
      });

const rest = (record: LineRecord, moment: Moment): LineTurn =>
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
