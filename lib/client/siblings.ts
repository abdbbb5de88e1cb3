import type { Call } from '../call/model.js';
import type { CallRecord } from '../call/record.js';
import { andThen, turn, type Moment } from '../kernel/turn.js';
import type { Millis } from '../kernel/units.js';
import type { ClientTurn } from './input.js';
import { runCall } from './run.js';
import type { State } from './state.js';

/** One call that rings by several lines begins on all of them within this time. */
const together: Millis = 5_000;

/** Whether two calls are one that came in by several lines: at the same time, and from the same party. */
const isSame = (one: Call, other: Call): boolean =>
  one.line !== other.line &&
  one.direction === other.direction &&
  Math.abs(one.startedAt - other.startedAt) <= together &&
  (one.phoneNumber === other.phoneNumber || (one.displayName !== undefined && one.displayName === other.displayName));

/**
 * A server may ring one device by each of its lines. When the call is answered on one of them, it does not ring on by the
 * others: there it has been answered elsewhere.
 *
 *     sip      i---a------     i  incoming   a  answered
 *     service  -i--e------     e  answered_elsewhere
 */
export const ringOnce = (state: State, before: State, moment: Moment): ClientTurn => {
  if (state.calls === before.calls) return turn(state);
  const calls = [...state.calls.values()];
  const answered = calls.filter(
    ({ phase, call }) => phase === 'active' && before.calls.get(call.id)?.phase === 'answering',
  );
  const others = calls.filter(({ phase, call }) => phase === 'offered' && answered.some(one => isSame(one.call, call)));
  return others.reduce<ClientTurn>((done, { call: { id: call, line } }) => {
    const ended = andThen(done, now => runCall(now, call, { _tag: 'elsewhere', call }, moment));
    return { ...ended, orders: [...ended.orders, { _tag: 'to-line', line, order: { _tag: 'forget', call } }] };
  }, turn(state));
};

/** Whether a call that stops ringing is being answered by another line: its server may have heard that before we know. */
export const isAnsweredBeside = ({ calls }: State, { call }: CallRecord): boolean =>
  [...calls.values()].some(other => other.phase === 'answering' && isSame(other.call, call));
