import type { CallOrder } from '../call/port.js';
import type { CallState } from '../call/state.js';
import { after, cancelAfter, transition } from '../core/transition.js';
import { isOpen } from '../line/state.js';
import { put, without, type State, type ClientTurn, type Effect } from './state.js';
import type { Millis } from '../core/port.js';

/** After this time the far side has detected the loss by itself. */
const byeTimeoutMs: Millis = 32_000;

function timerOf(call: string): string {
  return `farewell:${call}`;
}

/** True while nothing can be sent for this call, but may be after recovery. */
function isLineRecovering({ lines }: State, { call, policy }: CallState): boolean {
  const line = lines.get(call.line);
  const isLate = policy.traits.outlivesLine && policy.traits.signalling === 'line';
  return isLate && line !== undefined && !isOpen(line) && (line.phase === 'waiting' || line.phase === 'opening');
}

/** Ends a call: at once, or silently with a BYE pending until the line is back. */
export function endOrder(state: State, record: CallState, order: CallOrder): CallOrder {
  return order._tag === 'end' && isLineRecovering(state, record) ? { ...order, silently: true } : order;
}

/** Defers the BYE or CANCEL of a call until its line is back, for at most 32 s. */
export function recordPendingBye(state: State, { call }: CallState): ClientTurn {
  return transition(
    { ...state, pendingByes: put(state.pendingByes, call.id, call.line) },
    { orders: [after(timerOf(call.id), byeTimeoutMs, { _tag: 'too-late', call: call.id })] },
  );
}

/** Sends or drops the pending BYEs of this line. */
export function flushPendingByes(state: State, line: string, how: 'farewell' | 'forget'): ClientTurn {
  const owed = [...state.pendingByes].filter(([, of]) => of === line).map(([call]) => call);
  if (owed.length === 0) return transition(state);
  const pendingByes = new Map([...state.pendingByes].filter(([call]) => !owed.includes(call)));
  return transition(
    { ...state, pendingByes },
    {
      orders: owed.flatMap((call): Effect[] => [
        cancelAfter(timerOf(call)),
        { _tag: 'to-line', line, order: { _tag: how, call } },
      ]),
    },
  );
}

/** The deferred BYE has expired: the adapter releases the call. */
export function byeTimedOut(state: State, call: string): ClientTurn {
  const line = state.pendingByes.get(call);
  return line === undefined
    ? transition(state)
    : transition(
        { ...state, pendingByes: without(state.pendingByes, call) },
        { orders: [{ _tag: 'to-line', line, order: { _tag: 'forget', call } }] },
      );
}
