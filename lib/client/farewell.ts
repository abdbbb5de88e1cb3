import type { CallOrder } from '../call/port.js';
import type { CallState } from '../call/state.js';
import { after, cancelAfter, transition } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import { isOpen } from '../line/record.js';
import { put, without, type State, type ClientTurn, type Effect } from './state.js';

/** A far side that has heard nothing for so long has other ways to find out. */
const patience: Millis = 32_000;

const timerOf = (call: string): string => `farewell:${call}`;

/** Whether nothing can be said of this call now, but can be later. */
const isCutOff = ({ lines }: State, { call, policy }: CallState): boolean => {
  const line = lines.get(call.line);
  const isLate = policy.traits.outlivesLine && policy.traits.signalling === 'line';
  return isLate && line !== undefined && !isOpen(line) && (line.phase === 'waiting' || line.phase === 'opening');
};

/** How a call is ended as things are: at once, or silently, with the rest of it to be said when the line is back. */
export const partingOrder = (state: State, record: CallState, order: CallOrder): CallOrder =>
  order._tag === 'end' && isCutOff(state, record) ? { ...order, silently: true } : order;

/** It is remembered that something is owed. */
export const owing = (state: State, { call }: CallState): ClientTurn =>
  transition(
    { ...state, farewells: put(state.farewells, call.id, call.line) },
    { orders: [after(timerOf(call.id), patience, { _tag: 'too-late', call: call.id })] },
  );

/** What is owed by the calls of this line is said, or dropped. */
export const settleFarewells = (state: State, line: string, how: 'farewell' | 'forget'): ClientTurn => {
  const owed = [...state.farewells].filter(([, of]) => of === line).map(([call]) => call);
  if (owed.length === 0) return transition(state);
  const farewells = new Map([...state.farewells].filter(([call]) => !owed.includes(call)));
  return transition(
    { ...state, farewells },
    {
      orders: owed.flatMap((call): Effect[] => [
        cancelAfter(timerOf(call)),
        { _tag: 'to-line', line, order: { _tag: how, call } },
      ]),
    },
  );
};

/** It is not worth saying any more. */
export const tooLate = (state: State, call: string): ClientTurn => {
  const line = state.farewells.get(call);
  return line === undefined
    ? transition(state)
    : transition(
        { ...state, farewells: without(state.farewells, call) },
        { orders: [{ _tag: 'to-line', line, order: { _tag: 'forget', call } }] },
      );
};
