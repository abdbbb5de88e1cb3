import type { CallOrder } from '../call/port.js';
import type { CallInput, CallTransition } from '../call/state.js';
import {
  after,
  andThen,
  cancelAfter,
  transition,
  type After,
  type CancelAfter,
  type Moment,
} from '../core/transition.js';
import type { LineOrder } from '../line/port.js';
import { isOpen, type LineInput, type LineState } from '../line/state.js';
import { stepLine } from '../line/step.js';
import { recordPendingBye, endOrder, flushPendingByes } from './pending-bye.js';
import { put, without, type Pending, type State, type ClientTurn, type Effect, type Input } from './state.js';
import type { Millis, Ref } from '../core/port.js';

/**
 * How long an order may stay unanswered. 32 s is RFC 3261's Timer B and F (§17.1), 33 s gives the adapter's own a second to
 * report; a microphone waits for a person, 60 s.
 */
const orderTimeoutsMs: Readonly<Record<Pending['_tag'], Millis>> = {
  prepare: 60_000,
  answer: 32_000,
  change: 33_000,
  'accept-offer': 33_000,
  tone: 8_000,
  say: 20_000,
  transfer: 33_000,
  refresh: 33_000,
  'send-text': 33_000,
  unlock: 10_000,
  restart: 33_000,
  recover: 33_000,
  stats: 5_000,
  input: 60_000,
  output: 10_000,
  register: 33_000,
  unregister: 2_000,
  probe: 33_000,
  'ask-permission': 120_000,
};

type Timed<Tick> = After<Tick> | CancelAfter;
function isTimer<Tick>(order: { readonly _tag: string }): order is Timed<Tick> {
  return order._tag === 'after' || order._tag === 'cancel-after';
}

/** Turns a timer of a call or line into an input of the client. */
function lift<Tick>(timed: Timed<Tick>, input: (tick: Tick) => Input): Effect {
  return timed._tag === 'after' ? after(timed.key, timed.ms, input(timed.input)) : timed;
}

/** Registers an order and starts its timeout. */
function expect(state: State, ref: Ref, pending: Pending): ClientTurn {
  return transition(
    { ...state, pending: put(state.pending, ref, pending) },
    { orders: [after(`deadline:${ref}`, orderTimeoutsMs[pending._tag], { _tag: 'deadline', ref })] },
  );
}

/** Sends orders to a line; those that carry a ref are expected to be answered. */
function send<O extends CallOrder | LineOrder, Tick>(
  state: State,
  line: string,
  orders: readonly (O | Timed<Tick>)[],
  pending: (order: O) => Pending,
  input: (tick: Tick) => Input,
): ClientTurn {
  return orders.reduce<ClientTurn>(
    (done, order) =>
      andThen(done, before => {
        if (isTimer<Tick>(order)) return transition(before, { orders: [lift(order, input)] });
        const sent: Effect = { _tag: 'to-line', line, order };
        return 'ref' in order
          ? andThen<State, Effect, ClientTurn['events'][number]>(expect(before, order.ref, pending(order)), now =>
              transition(now, { orders: [sent] }),
            )
          : transition(before, { orders: [sent] });
      }),
    transition(state),
  );
}

/** Stores a call and its effects. A call that fails while `preparing` never enters the session, unless `isTold`. */
export function withCall(
  state: State,
  { state: record, orders, events, outcomes }: CallTransition,
  { isTold = false }: { readonly isTold?: boolean } = {},
): ClientTurn {
  const { id } = record.call;
  const before = state.calls.get(id);
  const never = !isTold && record.phase === 'ended' && (before === undefined || before.phase === 'preparing');
  const calls = never ? without(state.calls, id) : put(state.calls, id, record);
  const ends = !never && record.phase === 'ended' && before?.phase !== 'ended';
  const lingering: ClientTurn['orders'] = ends
    ? [after(`forget:${id}`, state.policy.linger, { _tag: 'forget', call: id })]
    : [];
  const asked = orders.map(order => (isTimer(order) ? order : endOrder(state, record, order)));
  const sent = send<CallOrder, Extract<Input, { readonly _tag: 'call-tick' }>['tick']>(
    before === record ? state : { ...state, calls },
    record.call.line,
    asked,
    order => ({ _tag: order._tag as Extract<Pending, { readonly call: string }>['_tag'], call: id }),
    tick => ({ _tag: 'call-tick', call: id, tick }),
  );
  const isOwing = asked.some(order => order._tag === 'end' && order.silently === true);
  const owed = isOwing ? andThen(sent, now => recordPendingBye(now, record)) : sent;
  return {
    ...owed,
    orders: [...owed.orders, ...lingering],
    events: [...owed.events, ...events],
    outcomes: [...owed.outcomes, ...outcomes],
  };
}

/** Applies an input to a call; ignored for an unknown one. */
export function runCall(state: State, id: string, input: CallInput, moment: Moment): ClientTurn {
  const record = state.calls.get(id);
  const { callReducer } = state;
  return record === undefined || callReducer === undefined
    ? transition(state)
    : withCall(state, callReducer.step(record, input, moment));
}

/** Applies an input to several calls. */
function runCalls(state: State, ids: readonly string[], input: CallInput, moment: Moment): ClientTurn {
  return ids.reduce<ClientTurn>(
    (done, id) => andThen(done, before => runCall(before, id, input, moment)),
    transition(state),
  );
}

/** Ends these calls at disconnect: unanswered incoming ones with 480. RFC 3261 §21.4.18 */
export function endCalls(state: State, ids: readonly string[], moment: Moment): ClientTurn {
  return ids.reduce<ClientTurn>(
    (done, id) =>
      andThen(done, before => {
        const phase = before.calls.get(id)?.phase;
        const isWaiting = phase === 'offered' || phase === 'accepting';
        return runCall(before, id, isWaiting ? { _tag: 'reject', statusCode: 480 } : { _tag: 'hangup' }, moment);
      }),
    transition(state),
  );
}

/** Applies an input to a line; its calls get `line-up`, `line-down` or `line-lost`. */
export function runLine(state: State, id: string, input: LineInput, moment: Moment): ClientTurn {
  const before = state.lines.get(id);
  if (before === undefined) return transition(state);
  const { state: record, orders, events } = stepLine(before, input, moment);
  const sent = send<LineOrder, Extract<Input, { readonly _tag: 'line-tick' }>['tick']>(
    record === before ? state : { ...state, lines: put(state.lines, id, record) },
    id,
    orders,
    order => ({ _tag: order._tag as Extract<Pending, { readonly line: string }>['_tag'], line: id }),
    tick => ({ _tag: 'line-tick', line: id, tick }),
  );
  const told = { ...sent, events: [...sent.events, ...events.map(fault => ({ _tag: 'fault', fault }) as const)] };
  const disowned = isOpen(before) && !isOpen(record) ? andThen(told, now => dropPendingRequests(now, id)) : told;
  const fate = lineInputForCalls(before, record, state.calling.get(id)?.outlivesLine === true);
  if (fate === undefined) return disowned;
  const said =
    fate === 'line-down'
      ? disowned
      : andThen(disowned, now => flushPendingByes(now, id, fate === 'line-lost' ? 'forget' : 'farewell'));
  return andThen(said, now => runCalls(now, callsOn(now, id), { _tag: fate }, moment));
}

/** The input that a change of the line means for its calls, if any. */
function lineInputForCalls(
  before: LineState,
  now: LineState,
  outlivesLine: boolean,
): 'line-lost' | 'line-down' | 'line-up' | undefined {
  const hasLost = isOpen(before) && !isOpen(now);
  if (!outlivesLine) return hasLost ? 'line-lost' : undefined;
  const isComing = (record: LineState): boolean => record.phase === 'waiting' || record.phase === 'opening';
  if (hasLost) return isComing(now) ? 'line-down' : 'line-lost';
  if (isComing(before) && !isOpen(now) && !isComing(now)) return 'line-lost';
  return now.phase === 'up' && before.phase !== 'up' ? 'line-up' : undefined;
}

/** Requests on a closed socket get no answer: their deadlines are cancelled. */
function dropPendingRequests(state: State, line: string): ClientTurn {
  const refs = [...state.pending]
    .filter(([, pending]) => 'line' in pending && pending.line === line)
    .map(([ref]) => ref);
  return refs.length === 0
    ? transition(state)
    : transition(
        { ...state, pending: new Map([...state.pending].filter(([ref]) => !refs.includes(ref))) },
        { orders: refs.map(ref => cancelAfter(`deadline:${ref}`)) },
      );
}

/** The live calls of a line. */
function callsOn({ calls }: State, line: string): readonly string[] {
  return [...calls.values()]
    .filter(({ call, phase }) => call.line === line && phase !== 'ended')
    .map(({ call }) => call.id);
}
