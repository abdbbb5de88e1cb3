import { fault } from '../core/fault.js';
import type { Moment } from '../core/transition.js';
import { listen, noise, probe } from './liveness.js';
import { isOpen, late, mint, stay, tick, type LineInput, type LineRecord, type LineTurn } from './record.js';
import { register, registered } from './registration.js';
import { abandon, close, lose, open, rest, silenced, to } from './transition.js';

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

  // A network that has just come back may not carry anything yet: the waits start small again.
  online: (record, _, moment) =>
    record.phase === 'waiting' ? open(record, moment, 0) : moves.hurry(record, { _tag: 'hurry' }, moment),
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

/** Whether there is a socket that is to stay. */
const isKept = ({ phase }: LineRecord): boolean => phase === 'registering' || phase === 'up' || phase === 'retrying';
