import type { Moment } from '../core/transition.js';
import { negotiate } from './offer-answer.js';
import { finish, patchCall, callTransition, transmitOrder, type CallState, type CallTransition } from './state.js';
import { startSessionTimer } from './session-timer.js';
import { startSampling } from './stats-sampling.js';

/** A call that is to take the place of another begins with what its people had settled there: devices, mute, hold. */
export function inheritSettings(ringing: CallState, former: CallState): CallState {
  const { input, output, muted, earmuffed, hold } = former.call;
  return {
    ...patchCall(ringing, { input, output, muted, earmuffed, hold: { local: hold.local, remote: false } }),
    ownSettings: former.ownSettings,
    replaces: former.call.id,
  };
}

/**
 * The call goes on with its new far side, who is asked for what the former one had not agreed to yet. What else was asked
 * of the former one is not done any more. RFC 3891 §3.
 */
export function replaceCall(record: CallState, former: CallState, { at }: Moment): CallTransition {
  const { replaces: _, ...rest } = record;
  const { id, startedAt, answeredAt = at, direction, hold } = former.call;
  const local = hold.local || rest.holdAgreed;
  const heir: CallState = {
    ...rest,
    queue: former.queue,
    mediaId: rest.mediaId ?? rest.call.id,
    call: { ...rest.call, id, startedAt, answeredAt, direction, hold: { ...rest.call.hold, local } },
  };
  const left = finish({ ...former, queue: [] }, { by: 'remote', cause: 'replaced' }, at, [], 'cancelled');
  const stopped = finish(record, { by: 'remote', cause: 'replaced' }, at);
  const { state, orders, ...begun } = negotiate(heir);
  return callTransition(state, {
    ...begun,
    outcomes: [...left.outcomes, ...begun.outcomes],
    orders: [
      ...left.orders,
      ...stopped.orders,
      { _tag: 'adopt', call: id, from: record.call.id },
      transmitOrder(heir),
      ...startSessionTimer(heir),
      ...startSampling(heir),
      ...orders,
    ],
  });
}
