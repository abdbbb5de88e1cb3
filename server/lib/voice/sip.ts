/** The SIP side of server-side calls: a user agent inside the server, which calls for the service's users and answers for them. */
import { parseUri } from '../address.js';
import { headerList, type SipMessage, type SipRequest } from '../message.js';
import { programPeer, type Peer } from '../peer.js';
import { reply, toTag, type Extra } from '../reply.js';
import type { User, Users } from '../users.js';
import type { ServiceSide, SipSide } from './model.js';
import { branchOf, createAgent, keyOf } from './sipagent.js';
import { takeCall } from './sipincoming.js';
import { placeCall } from './sipoutgoing.js';
import { allow, mayBeSdp } from './sipwords.js';

/** What it is given. */
export interface SipSettings {
  /** Its own name, a `.invalid` host that nobody can speak for from outside. */
  readonly host: string;
  readonly realm: string;
  readonly users: Users;
  /** Hands a message to the proxy. */
  readonly say: (message: SipMessage) => void;
  /** Asked for each call. */
  readonly service: () => ServiceSide;
  /** The devices that ring as a user's contacts. */
  readonly contactsOf: (user: User) => readonly string[];
}

/** The side, and the peer that stands for it at the proxy. */
export interface SipAgent {
  readonly side: SipSide;
  readonly peer: Peer;
  /** Ends every call. */
  readonly close: () => void;
}

/** A user agent without calls. */
export function createSipSide({ host, realm, users, say, service, contactsOf }: SipSettings): SipAgent {
  const agent = createAgent(host, say);
  const around = { agent, realm, users };

  function receive(request: SipRequest): void {
    const inside = agent.dialogs.get(keyOf(request));
    if (request.method === 'CANCEL') cancel(request);
    else if (inside) inside(request);
    else if (request.method === 'ACK') return;
    else if (toTag(request) !== undefined) say(reply(request, 481));
    else outside(request);
  }

  function cancel(request: SipRequest): void {
    const call = agent.ringing.get(branchOf(request));
    say(reply(request, call ? 200 : 481));
    call?.(request);
  }

  function outside(request: SipRequest): void {
    const answer = (status: number, extra: Extra = {}): void => {
      say(reply(request, status, extra));
    };
    const required = headerList(request, 'Require');
    const user = users.find(parseUri(request.uri)?.user ?? '');
    if (required.length > 0) answer(420, { headers: required.map(value => ({ name: 'Unsupported', value })) });
    else if (request.method === 'OPTIONS') answer(200, { headers: [allow] });
    else if (request.method !== 'INVITE') answer(405, { headers: [allow] });
    else if (!user || !service().isSignedIn(user.name)) answer(user ? 480 : 404);
    else if (!mayBeSdp(request)) answer(415, { headers: [{ name: 'Accept', value: 'application/sdp' }] });
    // An offer in the 200 is not made: the service's sessions answer one.
    else if (request.body === '') answer(488);
    else takeCall(request, user, { ...around, service: service(), contacts: contactsOf(user) });
  }

  const peer = programPeer(message => {
    if (message.kind === 'response') agent.respond(message);
    else receive(message);
  });

  return {
    side: { call: (call, hear) => placeCall(call, hear, around) },
    peer,
    close: () => {
      for (const end of [...agent.calls]) end();
    },
  };
}
