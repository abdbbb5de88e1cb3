import { fault, type Fault } from '../core/fault.js';
import { type Moment, cancelAfter, transition } from '../core/transition.js';
import {
  isOpen,
  late,
  nextRequest,
  stay,
  startTimer,
  type LineInput,
  type LineState,
  type LineTransition,
  closeAndRetry,
  close,
  socketLost,
  open,
  idle,
  silenced,
  to,
  timerOf,
  type LineTimer,
  signedIn,
  cancelTimers,
  connectingOrRecovering,
} from './state.js';
import type { Verdict } from './model.js';
import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import { isLeft, type Either } from '../core/either.js';
import type { Failure, Millis } from '../core/port.js';
import type { Registered } from './port.js';

/** The reducer of one line. */
export function stepLine(record: LineState, input: LineInput, moment: Moment): LineTransition {
  const move = moves[input._tag] as (record: LineState, input: LineInput, moment: Moment) => LineTransition;
  return move(record, input, moment);
}

type Moves = {
  readonly [Tag in LineInput['_tag']]: (
    record: LineState,
    input: Extract<LineInput, { readonly _tag: Tag }>,
    moment: Moment,
  ) => LineTransition;
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
    const { ref, next } = nextRequest(record, 'unregister');
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

  // Online again: connects at once, with fresh backoff.
  online: (record, _, moment) =>
    record.phase === 'waiting' ? open(record, moment, 0) : moves.hurry(record, { _tag: 'hurry' }, moment),
  offline: (record, _, moment) => (record.phase === 'up' ? probe(record, moment) : stay(record)),
  woke: (record, _, moment) => moves.hurry(record, { _tag: 'hurry' }, moment),

  opened: (record, { quiet }, moment) => {
    // While a `closed` is outstanding, `opened` belongs to the former socket.
    if (record.phase !== 'opening' || record.closes > 0) return stay(record);
    const heard = { ...record, heardAt: moment.at, quiet: quiet ?? record.quiet };
    const { state, orders, ...told } = register(heard, moment);
    return { state, ...told, orders: [...orders, startTimer(state, 'check', state.quiet, moment)] };
  },

  closed: (record, { fault: reason }, moment) => {
    const now = { ...record, closes: Math.max(0, record.closes - 1) };
    if (record.phase === 'closing' || record.phase === 'draining') return idle(now, moment);
    // This `closed` belongs to the former socket, not to the current attempt.
    if (record.closes > 0) return stay(now);
    if (record.phase === 'idle' || record.phase === 'refused' || record.phase === 'waiting') return stay(record);
    if (record.phase === 'reviving') return open(record, moment, 0);
    return socketLost(record, reason ?? fault('line-lost'), moment);
  },

  heard: (record, _, moment) => (isOpen(record) ? noise(record, moment) : stay(record)),

  'register-done': (record, { result }, moment) =>
    record.phase === 'registering' || record.phase === 'up' ? registered(record, result, moment) : stay(record),

  'unregister-done': (record, _, moment) => {
    if (record.phase === 'reviving') return register({ ...record, phase: 'registering' }, moment);
    return record.phase === 'draining' ? close(record, moment) : stay(record);
  },

  // A response is reported as `heard`; the probe timeout detects a missing one.
  'probe-done': record => stay(record),

  retry: (record, _, moment) => moves.hurry(record, { _tag: 'hurry' }, moment),
  refresh: (record, _, moment) => (record.phase === 'up' ? register(record, moment) : stay(record)),
  stall: (record, _, moment) =>
    record.phase === 'opening' ? closeAndRetry(record, fault('timeout'), moment, record.line.verdict) : stay(record),
  stable: (record, _, moment) => to(record, moment, { phase: record.phase, line: { attempt: 0 } }),
  check: (record, tick, moment) => (isKept(record) ? listen(record, tick, moment) : stay(record)),

  silence: (record, { due }, moment) => {
    if (!isKept(record) || record.probes === 0) return stay(record);
    // A late timer may have overtaken the answer: one more probe decides.
    if (moment.at - due > late && record.probes < 2) return probe(record, moment);
    return closeAndRetry(record, fault('line-lost', { message: 'The server stopped answering.' }), moment, 'dead');
  },
};

/** True while the socket is meant to stay open. */
function isKept({ phase }: LineState): boolean {
  return phase === 'registering' || phase === 'up' || phase === 'retrying';
}

/** Limit for a frame after a probe. */
const probeTimeoutMs: Millis = 5_000;

/**
 * Keep-alive. A late timer makes the line `suspect`, never `dead`: frames may have been missed during sleep. Only a probe
 * that times out closes the socket.
 */
function listen(record: LineState, { due }: LineTimer, moment: Moment): LineTransition {
  const again = startTimer(record, 'check', record.quiet, moment);
  const overslept = moment.at - due > late;
  const left = record.heardAt + record.quiet - moment.at;
  // A probe is out: another one would restart its timeout.
  if (!overslept && record.probes > 0) return transition(record, { orders: [again] });
  if (!overslept && left > 0) return transition(record, { orders: [startTimer(record, 'check', left, moment)] });
  const asked = probe(record, moment, overslept ? 'suspect' : record.line.verdict);
  return { ...asked, orders: [...asked.orders, again] };
}

/** Sends a probe and starts its timeout. */
function probe(record: LineState, moment: Moment, verdict: Verdict = 'suspect'): LineTransition {
  const { ref, next } = nextRequest(record, 'probe');
  const line = verdict === record.line.verdict ? record.line : { ...record.line, verdict };
  return transition(
    { ...next, line, probes: record.probes + 1 },
    { orders: [{ _tag: 'probe', ref }, startTimer(record, 'silence', probeTimeoutMs, moment)] },
  );
}

/** Reports `heard` at most once per second, and always while a probe is pending. */
export function isNews({ heardAt, probes }: LineState, at: Millis): boolean {
  return probes > 0 || at - heardAt >= 1_000;
}

/** A frame answers the probe and makes the verdict `online`. */
function noise(record: LineState, { at }: Moment): LineTransition {
  return transition(
    {
      ...record,
      heardAt: at,
      probes: 0,
      line: record.line.verdict === 'online' ? record.line : { ...record.line, verdict: 'online' },
    },
    { orders: record.probes === 0 ? [] : [cancelAfter(timerOf(record, 'silence'))] },
  );
}

/** Sends the registration, or its refresh. */
function register(record: LineState, moment: Moment): LineTransition {
  const { ref, next } = nextRequest(record, 'register');
  const refreshing = record.phase === 'up';
  return to(next, moment, {
    phase: refreshing ? 'up' : 'registering',
    line: refreshing ? {} : { connection: connectingOrRecovering(record), registration: { state: 'registering' } },
    record: { orders: next.orders },
    orders: [...cancelTimers(record, ['stall', 'retry']), { _tag: 'register', ref, expires: record.expires }],
  });
}

/** The answer to a registration. */
function registered(record: LineState, result: Either<Failure, Registered>, moment: Moment): LineTransition {
  if (isLeft(result)) return unregistered(record, result.left, moment);
  const expires = Math.max(result.right.expires, minLifetime);
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
      startTimer(record, 'refresh', Math.round(expires * 1000 * (0.8 + 0.15 * moment.random)), moment),
      startTimer(record, 'stable', defaultBackoff.stableAfter, moment),
      startTimer(record, 'check', record.quiet, moment),
      cancelAfter(timerOf(record, 'silence')),
    ],
  });
}

/** Shorter lifetimes are treated as this, in seconds. */
const minLifetime = 10;

function unregistered(record: LineState, failure: Failure, moment: Moment): LineTransition {
  // `closed` reports the same loss.
  if (failure.fault.code === 'line-lost') return stay(record);
  if (failure.minExpires !== undefined && !record.raised) {
    return register({ ...record, expires: failure.minExpires, raised: true }, moment);
  }
  return failure.fault.retryable ? retryLater(record, failure, moment) : refuse(record, failure.fault, moment);
}

function retryLater(record: LineState, { fault: reason, retryAfter = 0 }: Failure, moment: Moment): LineTransition {
  const ms = Math.max(retryAfter, backoffDelay(defaultBackoff, record.line.attempt, moment.random));
  return to(record, moment, {
    phase: 'retrying',
    line: {
      connection: connectingOrRecovering(record),
      registration: { state: 'none', fault: reason },
      attempt: record.line.attempt + 1,
      retryAt: moment.at + ms,
      fault: reason,
    },
    // The socket and its calls stay; keep-alive continues.
    orders: [...cancelTimers(record, ['refresh', 'stable']), startTimer(record, 'retry', ms, moment)],
    faults: [reason],
  });
}

function refuse(record: LineState, reason: Fault, moment: Moment): LineTransition {
  return to(record, moment, {
    phase: 'refused',
    line: { connection: 'disconnected', registration: { state: 'refused', fault: reason }, fault: reason },
    record: { closes: record.closes + 1 },
    orders: [...silenced(record), { _tag: 'close' }],
    faults: [reason],
  });
}
