import { andThen } from '../core/transition.js';
import { follow, receive } from './workflow.js';
import { endOf, incoming, endAnsweredElsewhere } from './incoming.js';
import { syncDevices } from './devices.js';
import { platformEffects } from './platform-effects.js';
import type { ClientCallReducer, ClientTurn } from './state.js';
import { settleReplacements } from './replaces.js';
import { singleCallReducer } from '../call/step.js';

/** The reducer of calls, which calling adapters bring with them. */
export const callReducer: ClientCallReducer = {
  _tag: 'call-reducer',
  ...singleCallReducer,
  receive,
  follow,
  incoming,
  endOf,
  settle: (state, before, moment) =>
    [endAnsweredElsewhere, syncDevices].reduce<ClientTurn>(
      (done, settle) => andThen(done, now => settle(now, before, moment)),
      settleReplacements(state, before, moment),
    ),
  platformEffects,
};
