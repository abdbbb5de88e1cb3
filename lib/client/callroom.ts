import { andThen } from '../core/transition.js';
import { follow, receive } from './errand.js';
import { endOf, incoming } from './incoming.js';
import { preflown } from './preflight.js';
import { ringOnce } from './siblings.js';
import type { CallRoom } from './state.js';
import { conclude } from './succession.js';
import { callReducer } from '../call/step.js';

/** Everything about calls, for the adapters that carry them to bring with them. */
export const callRoom: CallRoom = {
  ...callReducer,
  receive,
  follow,
  incoming,
  endOf,
  settle: (state, before, moment) => andThen(conclude(state, before, moment), now => ringOnce(now, before, moment)),
  preflown,
};
