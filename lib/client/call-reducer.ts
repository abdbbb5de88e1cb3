import { andThen } from '../core/transition.js';
import { follow, receive } from './workflow.js';
import { endOf, incoming, endAnsweredElsewhere } from './incoming.js';
import { runPreflight } from './preflight.js';
import type { ClientCallReducer } from './state.js';
import { settleReplacements } from './replaces.js';
import { singleCallReducer } from '../call/step.js';

/** Everything about calls, for the adapters that carry them to bring with them. */
export const callReducer: ClientCallReducer = {
  _tag: 'call-reducer',
  ...singleCallReducer,
  receive,
  follow,
  incoming,
  endOf,
  settle: (state, before, moment) =>
    andThen(settleReplacements(state, before, moment), now => endAnsweredElsewhere(now, before, moment)),
  runPreflight,
};
