import type { CallId } from '../call/model.js';
import type { CallReport } from '../call/port.js';
import type { CallState } from '../call/state.js';
import { andThen, cancelAfter, transition, type Moment } from '../core/transition.js';
import { runCall, withCall } from './run.js';
import { changedCalls, put, without, type Pending, type State, type ClientTurn } from './state.js';

type Incoming = Extract<CallReport, { readonly _tag: 'incoming' }>;

/**
 * A call comes in that takes the place of one of ours: it is answered without ringing, and nobody sees it before it can
 * go on under the id of the former. RFC 3891 §3.
 */
export function answerInPlace(state: State, former: CallState, next: CallState, moment: Moment): ClientTurn {
  const { id } = next.call;
  const calls = put(put(state.calls, former.call.id, { ...former, successor: id }), id, next);
  const parallel = state.media.devices.permission === 'granted';
  return runCall({ ...state, calls }, id, { _tag: 'answer', command: `${id}:succeed`, parallel }, moment);
}

/** The call that an INVITE with Replaces may replace: established, or outgoing and unanswered. RFC 3891 §3. */
export function replacedCallOf(state: State, { replaces }: Incoming): CallState | undefined {
  const former = replaces === undefined ? undefined : state.calls.get(replaces);
  const isReplaceable = former?.phase === 'active' || former?.phase === 'inviting' || former?.phase === 'alerting';
  return isReplaceable && former.successor === undefined ? former : undefined;
}

/** Completes or aborts the replacements that have changed. */
export function settleReplacements(state: State, before: State, moment: Moment): ClientTurn {
  return changedCalls(state, before)
    .flatMap(({ replaces, successor, call }) => (replaces === undefined ? (successor ?? []) : call.id))
    .reduce<ClientTurn>((done, id) => andThen(done, now => settleReplacement(now, id, moment)), transition(state));
}

function settleReplacement(state: State, id: CallId, moment: Moment): ClientTurn {
  const record = state.calls.get(id);
  const former = state.calls.get(record?.replaces ?? '');
  if (record === undefined) return transition(state);
  if (record.phase === 'ended') return replacementFailed(state, record, moment);
  if (former === undefined || former.phase === 'ended') {
    // The call to replace has ended.
    return andThen(runCall(state, id, { _tag: 'hangup' }, moment), now => settleReplacement(now, id, moment));
  }
  return record.phase === 'active' ? replaceCall(state, record, former, moment) : transition(state);
}

/** The call goes on under the id of the former. */
function replaceCall(state: State, record: CallState, former: CallState, moment: Moment): ClientTurn {
  const { callReducer } = state;
  if (callReducer === undefined) return transition(state);
  const { id } = former.call;
  const from = record.call.id;
  const adopted = callReducer.replaceCall(record, former, moment);
  const calls = new Map([...without(state.calls, from)].map(([key, one]) => [key, key === id ? adopted.state : one]));
  const pending = new Map(
    [...state.pending].flatMap(([ref, one]) => (isOf(one, id) ? [] : [[ref, rekeyed(one, from, id)]])),
  );
  return withCall({ ...state, calls, pending }, adopted);
}

function isOf(pending: Pending, call: CallId): boolean {
  return 'call' in pending && pending.call === call;
}

function rekeyed(pending: Pending, from: string, to: string): Pending {
  return 'call' in pending && pending.call === from ? { ...pending, call: to } : pending;
}

/** The new call has failed: the former one continues, or ends if its end was deferred. */
function replacementFailed(state: State, record: CallState, moment: Moment): ClientTurn {
  const id = record.replaces ?? '';
  const former = state.calls.get(id);
  const calls = without(state.calls, record.call.id);
  const unseen = [cancelAfter(`forget:${record.call.id}`)];
  if (former === undefined || former.phase === 'ended') return transition({ ...state, calls }, { orders: unseen });
  const { successor: _, pendingEnd, ...alone } = former;
  const left: ClientTurn = transition({ ...state, calls: put(calls, id, alone) }, { orders: unseen });
  if (pendingEnd === undefined) return left;
  return andThen(left, now => runCall(now, id, { _tag: 'ended', call: id, ...pendingEnd }, moment));
}
