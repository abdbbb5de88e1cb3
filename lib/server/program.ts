/** The program behind the test numbers: a user agent that lives inside the server. */
import type { SipMessage, SipRequest } from './message.js';
import { parseUri } from './address.js';
import type { Peer } from './peer.js';
import { reply, token } from './reply.js';
import { parseTestNumber } from './testnumbers.js';

export interface Program {
  readonly peer: Peer;
  readonly close: () => void;
}

export function createProgram(say: (message: SipMessage) => void): Program {
  function receive(request: SipRequest): void {
    const number = parseTestNumber(parseUri(request.uri)?.user ?? '');
    if (number?.kind === 'code') say(reply(request, number.status));
    else if (number?.kind === 'busy') say(reply(request, 486));
    else say(reply(request, 480));
  }
  const peer: Peer = {
    id: token(),
    kind: 'program',
    label: undefined,
    user: undefined,
    open: true,
    send: message => {
      queueMicrotask(() => {
        if (message.kind === 'request') receive(message);
      });
    },
  };
  return { peer, close: () => undefined };
}
