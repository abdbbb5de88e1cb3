import type { Calling } from '../call/calling.js';
import { callReducer } from '../client/call-reducer.js';
import { createWatching } from '../subscriptions/store.js';
import { parseAor } from './account.js';
import { createAdapter } from './adapter.js';
import type { SipOptions } from './options.js';
import type { Traits } from '../call/port.js';

export type { Credentials, SipOptions } from './options.js';

const traits: Traits = {
  outlivesLine: true,
  signalling: 'line',
  mediaLost: 'restart',
  transfers: true,
  texts: true,
  keys: 'single',
};

/**
 * A line to a SIP server over WebSocket, for `calling:` of `createClient`. RFC 3261, RFC 7118.
 *
 * Nothing happens until the client opens it. Throws a `TypeError` on a `server`, an `aor` or a `sessionExpires` that
 * cannot be one.
 */
export function sip(options: SipOptions): Calling {
  parseAor(options.aor);
  const { sessionExpires = 0 } = options;
  if (!Number.isInteger(sessionExpires)) throw new TypeError('`sessionExpires` is a whole number of seconds.');
  if (!/^wss?:\/\/[^\s/]/i.test(options.server)) throw new TypeError('`server` is a ws: or wss: URL.');
  return {
    id: options.id ?? 'sip',
    callReducer,
    traits,
    createWatching,
    open: context => createAdapter(options, context),
  };
}
