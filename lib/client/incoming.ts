import type { CallOrder, CallReport } from '../call/port.js';
import { transition, type Moment, andThen } from '../core/transition.js';
import { isOpen } from '../line/state.js';
import { settingsOf } from '../media/step.js';
import { callPolicyOf } from './commands.js';
import { withCall, runCall } from './run.js';
import { changedCalls, type State, type ClientTurn } from './state.js';
import { replacedCallOf, answerInPlace } from './replaces.js';
import type { Call } from '../call/model.js';
import type { CallState } from '../call/state.js';
import type { Millis } from '../core/port.js';

/**
 * Corrects the cause of an ended call: `transferred` when an attended transfer has connected the far side elsewhere,
 * `answered_elsewhere` when the same call is being answered on another line.
 */
export function endOf(
  state: State,
  report: Extract<CallReport, { readonly _tag: 'ended' }>,
): Extract<CallReport, { readonly _tag: 'ended' }> {
  const { workflows, calls } = state;
  const [head] = workflows;
  const record = calls.get(report.call);
  if (report.cause === 'cancelled' && record !== undefined && isAnsweredOnOtherLine(state, record))
    return { ...report, cause: 'answered_elsewhere' };
  if (head?.target._tag !== 'transfer' || report.cause !== 'hung_up') return report;
  const { to, call } = head.target;
  // Until the transfer is confirmed, the far side has not been replaced.
  const isConnected = 'call' in to && to.call === report.call && calls.get(call)?.transferring?.taken === true;
  return isConnected ? { ...report, cause: 'transferred' } : report;
}

/** An incoming call rings, replaces another one, or is refused. */
export function incoming(
  state: State,
  line: string,
  report: Extract<CallReport, { readonly _tag: 'incoming' }>,
  moment: Moment,
): ClientTurn {
  const traits = state.calling.get(line);
  const drop = (order: CallOrder): ClientTurn => transition(state, { orders: [{ _tag: 'to-line', line, order }] });
  // The line carries conversations only; its calls go to another client.
  if (traits === undefined || state.callReducer === undefined) return drop({ _tag: 'forget', call: report.call });
  if (state.connected !== 'yes' || !hasSocket(state, line))
    return drop({ _tag: 'refuse', call: report.call, statusCode: 480 });
  const how = callPolicyOf(state, traits, 'incoming');
  const ringing = state.callReducer.ring(report, { line, ...settingsOf(state.media.devices) }, how, moment);
  const former = replacedCallOf(state, report);
  if (former !== undefined)
    return answerInPlace(state, former, state.callReducer.inheritSettings(ringing.state, former), moment);
  const statusCode = turnedAway(state);
  if (statusCode === undefined) return withCall(state, ringing);
  return withCall(state, state.callReducer.step(ringing.state, { _tag: 'reject', statusCode }, moment), {
    isTold: true,
  });
}

/** Status that refuses an incoming call: 480 (do not disturb), 486 (busy). */
function turnedAway({ doNotDisturb, policy, calls }: State): number | undefined {
  if (doNotDisturb) return 480;
  const isBusy = policy.callWaiting === 'reject' && [...calls.values()].some(({ phase }) => phase !== 'ended');
  return isBusy ? 486 : undefined;
}

/** A call that arrived just before its socket was lost cannot be answered. */
function hasSocket({ lines }: State, line: string): boolean {
  const record = lines.get(line);
  return record !== undefined && isOpen(record);
}

/** A call that a server forks to several lines of one client arrives on all of them within this time. */
const forkWindowMs: Millis = 5_000;

/** True for two calls of different lines that began at the same time and have the same far party. */
function isSameCall(one: Call, other: Call): boolean {
  return (
    one.line !== other.line &&
    one.direction === other.direction &&
    Math.abs(one.startedAt - other.startedAt) <= forkWindowMs &&
    (one.phoneNumber === other.phoneNumber || (one.displayName !== undefined && one.displayName === other.displayName))
  );
}

/**
 * A server may fork one call to each line of a client. When one of these calls is answered, the others end as
 * `answered_elsewhere`.
 *
 *     sip      i---a------     i  incoming   a  answered
 *     service  -i--e------     e  answered_elsewhere
 */
export function endAnsweredElsewhere(state: State, before: State, moment: Moment): ClientTurn {
  const answered = changedCalls(state, before).filter(
    ({ phase, call }) => phase === 'active' && before.calls.get(call.id)?.phase === 'answering',
  );
  if (answered.length === 0) return transition(state);
  const others = [...state.calls.values()].filter(
    ({ phase, call }) => phase === 'offered' && answered.some(one => isSameCall(one.call, call)),
  );
  return others.reduce<ClientTurn>((done, { call: { id: call, line } }) => {
    const ended = andThen(done, now => runCall(now, call, { _tag: 'answered-elsewhere', call }, moment));
    return { ...ended, orders: [...ended.orders, { _tag: 'to-line', line, order: { _tag: 'forget', call } }] };
  }, transition(state));
}

/** True while the same call is being answered on another line: the server may cancel this one before that answer completes. */
function isAnsweredOnOtherLine({ calls }: State, { call }: CallState): boolean {
  return [...calls.values()].some(other => other.phase === 'answering' && isSameCall(other.call, call));
}
