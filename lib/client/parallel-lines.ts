import type { Call } from '../call/model.js';
import type { CallState } from '../call/state.js';
import { andThen, transition, type Moment } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import { runCall } from './run.js';
import type { State, ClientTurn } from './state.js';

/** A call that a server forks to several lines of one client arrives on all of them within this time. */
const forkWindowMs: Millis = 5_000;

/** True for two calls of different lines that began at the same time and have the same far party. */
const isSameCall = (one: Call, other: Call): boolean =>
  one.line !== other.line &&
  one.direction === other.direction &&
  Math.abs(one.startedAt - other.startedAt) <= forkWindowMs &&
  (one.phoneNumber === other.phoneNumber || (one.displayName !== undefined && one.displayName === other.displayName));

/**
 * A server may fork one call to each line of a client. When one of these calls is answered, the others end as
 * `answered_elsewhere`.
 *
 *     sip      i---a------     i  incoming   a  answered
 *     service  -i--e------     e  answered_elsewhere
 */
export const endAnsweredElsewhere = (state: State, before: State, moment: Moment): ClientTurn => {
  if (state.calls === before.calls) return transition(state);
  const calls = [...state.calls.values()];
  const answered = calls.filter(
    ({ phase, call }) => phase === 'active' && before.calls.get(call.id)?.phase === 'answering',
  );
  const others = calls.filter(
    ({ phase, call }) => phase === 'offered' && answered.some(one => isSameCall(one.call, call)),
  );
  return others.reduce<ClientTurn>((done, { call: { id: call, line } }) => {
    const ended = andThen(done, now => runCall(now, call, { _tag: 'answered-elsewhere', call }, moment));
    return { ...ended, orders: [...ended.orders, { _tag: 'to-line', line, order: { _tag: 'forget', call } }] };
  }, transition(state));
};

/** True while the same call is being answered on another line: the server may cancel this one before that answer completes. */
export const isAnsweredOnOtherLine = ({ calls }: State, { call }: CallState): boolean =>
  [...calls.values()].some(other => other.phase === 'answering' && isSameCall(other.call, call));
