import type { CallOrder, CallReport } from '../call/port.js';
import { transition, type Moment } from '../core/transition.js';
import { isOpen } from '../line/state.js';
import { settingsOf } from '../media/step.js';
import { callPolicyOf } from './commands.js';
import { withCall } from './run.js';
import { isAnsweredOnOtherLine } from './parallel-lines.js';
import type { State, ClientTurn } from './state.js';
import { replacedCallOf, answerInPlace } from './replaces.js';

/**
 * Corrects the cause of an ended call: `transferred` when an attended transfer has connected the far side elsewhere,
 * `answered_elsewhere` when the same call is being answered on another line.
 */
export const endOf = (
  state: State,
  report: Extract<CallReport, { readonly _tag: 'ended' }>,
): Extract<CallReport, { readonly _tag: 'ended' }> => {
  const { workflows, calls } = state;
  const [head] = workflows;
  const record = calls.get(report.call);
  if (report.cause === 'cancelled' && record !== undefined && isAnsweredOnOtherLine(state, record))
    return { ...report, cause: 'answered_elsewhere' };
  if (head?.target._tag !== 'transfer' || report.cause !== 'hung_up') return report;
  const { to, call } = head.target;
  // Until whoever is sent there has said so, nobody has taken her place.
  const isConnected = 'call' in to && to.call === report.call && calls.get(call)?.transferring?.taken === true;
  return isConnected ? { ...report, cause: 'transferred' } : report;
};

/** A call comes in: it rings, takes the place of another one, or is turned away. */
export const incoming = (
  state: State,
  line: string,
  report: Extract<CallReport, { readonly _tag: 'incoming' }>,
  moment: Moment,
): ClientTurn => {
  const traits = state.calling.get(line);
  const drop = (order: CallOrder): ClientTurn => transition(state, { orders: [{ _tag: 'to-line', line, order }] });
  // The line is here for conversations: whoever takes its calls is elsewhere.
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
};

/** Why a call does not get to ring: nobody is to be disturbed (480), or there is another one (486). */
const turnedAway = ({ doNotDisturb, policy, calls }: State): number | undefined => {
  if (doNotDisturb) return 480;
  const isBusy = policy.callWaiting === 'reject' && [...calls.values()].some(({ phase }) => phase !== 'ended');
  return isBusy ? 486 : undefined;
};

/** A call that was heard of just before its socket went cannot be answered any more. */
const hasSocket = ({ lines }: State, line: string): boolean => {
  const record = lines.get(line);
  return record !== undefined && isOpen(record);
};
