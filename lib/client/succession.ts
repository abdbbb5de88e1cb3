import type { CallReport } from '../call/port.js';
import { finish, showing, type CallRecord } from '../call/record.js';
import { sampling } from '../call/summary.js';
import { running } from '../call/timer.js';
import { andThen, turn, type Moment } from '../kernel/turn.js';
import type { ClientTurn } from './input.js';
import { runCall, withCall } from './run.js';
import { put, without, type Pending, type State } from './state.js';

type Incoming = Extract<CallReport, { readonly _tag: 'incoming' }>;

/**
 * A call comes in that takes the place of one of ours: it is answered without ringing, and nobody sees it before it can
 * go on under the id of the former. RFC 3891 §3.
 */
export const succeed = (state: State, former: CallRecord, ringing: CallRecord, moment: Moment): ClientTurn => {
  const { input, output, muted, earmuffed, hold } = former.call;
  const { id } = ringing.call;
  const next: CallRecord = {
    ...showing(ringing, { input, output, muted, earmuffed, hold: { local: hold.local, remote: false } }),
    own: former.own,
    replaces: former.call.id,
  };
  const calls = put(put(state.calls, former.call.id, { ...former, successor: id }), id, next);
  const parallel = state.media.devices.permission === 'granted';
  return runCall({ ...state, calls }, id, { _tag: 'answer', command: `${id}:succeed`, parallel }, moment);
};

/** Whom this call may take the place of. */
export const formerOf = (state: State, { replaces }: Incoming): CallRecord | undefined => {
  const former = replaces === undefined ? undefined : state.calls.get(replaces);
  return former?.phase === 'ended' || former?.successor !== undefined ? undefined : former;
};

const isSettled = ({ replaces, phase }: CallRecord): boolean =>
  replaces !== undefined && (phase === 'active' || phase === 'ended');

/** What has become of those that were to take another's place. */
export const conclude = (state: State, before: State, moment: Moment): ClientTurn =>
  state.calls === before.calls
    ? turn(state)
    : [...state.calls.values()]
        .filter(isSettled)
        .reduce<ClientTurn>(
          (done, record) =>
            andThen(done, now =>
              record.phase === 'active' ? adopt(now, record, moment) : bereave(now, record, moment),
            ),
          turn(state),
        );

/** The call goes on with its new far side. What was asked of the former one is not done any more. */
const adopt = (state: State, record: CallRecord, { at }: Moment): ClientTurn => {
  const { replaces: id = '', ...rest } = record;
  const former = state.calls.get(id);
  const from = record.call.id;
  if (former === undefined) return turn({ ...state, calls: without(state.calls, from) });
  const { startedAt, answeredAt = at } = former.call;
  const heir: CallRecord = { ...rest, call: { ...rest.call, id, startedAt, answeredAt } };
  const left = finish(former, { by: 'remote', cause: 'replaced' }, at, [], 'cancelled');
  const stopped = finish(record, { by: 'remote', cause: 'replaced' }, at);
  const adopted: State = {
    ...state,
    calls: new Map([...without(state.calls, from)].map(([key, one]) => [key, key === id ? heir : one])),
    pending: new Map([...state.pending].map(([ref, one]) => [ref, renamed(one, from, id)])),
  };
  const orders = [...left.orders, ...stopped.orders, { _tag: 'adopt', call: id, from } as const];
  const carried = withCall(adopted, { ...left, state: heir, orders: [...orders, ...running(heir), ...sampling(heir)] });
  // It is still on hold here: the far side is told so.
  return former.call.hold.local
    ? andThen(carried, now => runCall(now, id, { _tag: 'hold', on: true }, { at, dice: 0 }))
    : carried;
};

const renamed = (pending: Pending, from: string, to: string): Pending =>
  'call' in pending && pending.call === from ? { ...pending, call: to } : pending;

/** It has come to nothing: the former call goes on, or ends as it was about to. */
const bereave = (state: State, record: CallRecord, moment: Moment): ClientTurn => {
  const id = record.replaces ?? '';
  const former = state.calls.get(id);
  const calls = without(state.calls, record.call.id);
  if (former === undefined) return turn({ ...state, calls });
  const { successor: _, bereft, ...alone } = former;
  const left: State = { ...state, calls: put(calls, id, alone) };
  return bereft === undefined ? turn(left) : runCall(left, id, { _tag: 'ended', call: id, ...bereft }, moment);
};
