import type { Moment } from '../core/transition.js';
import { negotiate } from './negotiation.js';
import { finish, showing, turnTo, voice, type CallRecord, type CallTurn } from './record.js';
import { sampling } from './summary.js';
import { running } from './timer.js';

/** A call that is to take the place of another begins with what its people had settled there: devices, mute, hold. */
export const inherit = (ringing: CallRecord, former: CallRecord): CallRecord => {
  const { input, output, muted, earmuffed, hold } = former.call;
  return {
    ...showing(ringing, { input, output, muted, earmuffed, hold: { local: hold.local, remote: false } }),
    own: former.own,
    replaces: former.call.id,
  };
};

/**
 * The call goes on with its new far side, who is asked for what the former one had not agreed to yet. What else was asked
 * of the former one is not done any more. RFC 3891 §3.
 */
export const adopt = (record: CallRecord, former: CallRecord, { at }: Moment): CallTurn => {
  const { replaces: _, ...rest } = record;
  const { id, startedAt, answeredAt = at, direction, hold } = former.call;
  const local = hold.local || rest.agreed;
  const heir: CallRecord = {
    ...rest,
    queue: former.queue,
    heardAs: rest.heardAs ?? rest.call.id,
    call: { ...rest.call, id, startedAt, answeredAt, direction, hold: { ...rest.call.hold, local } },
  };
  const left = finish({ ...former, queue: [] }, { by: 'remote', cause: 'replaced' }, at, [], 'cancelled');
  const stopped = finish(record, { by: 'remote', cause: 'replaced' }, at);
  const { state, orders, ...begun } = negotiate(heir);
  return turnTo(state, {
    ...begun,
    outcomes: [...left.outcomes, ...begun.outcomes],
    orders: [
      ...left.orders,
      ...stopped.orders,
      { _tag: 'adopt', call: id, from: record.call.id },
      voice(heir),
      ...running(heir),
      ...sampling(heir),
      ...orders,
    ],
  });
};
