/** The SIP side of server-side calls: a user agent that calls for the service's users and answers for them. */
import { parseUri } from '../sip/address.js';
import type { SipMessage, SipRequest } from '../sip/message.js';
import type { Peer } from '../sip/peer.js';
import { reply, type Extra } from '../sip/response.js';
import { mayBeSdp, methods } from '../user-agent/headers.js';
import { createUserAgent, type UserAgent } from '../user-agent/user-agent.js';
import type { User, Users } from '../users.js';
import type { ServiceSide, SipSide } from './model.js';
import { takeCall } from './sip-incoming.js';
import { placeCall } from './sip-outgoing.js';

/** Settings of the gateway. */
export interface SipGatewaySettings {
  readonly host: string;
  readonly realm: string;
  readonly users: Users;
  readonly toProxy: (from: Peer, message: SipMessage) => void;
  /** Called for each call. */
  readonly service: () => ServiceSide;
  /** Instance ids of the devices that ring as a user's contacts. */
  readonly contactsOf: (user: User) => readonly string[];
}

/** Calls to SIP, and the agent that receives those from SIP. */
export interface SipGateway extends Pick<UserAgent, 'peer' | 'close'> {
  readonly side: SipSide;
}

/** A gateway without calls. */
export function createSipGateway(settings: SipGatewaySettings): SipGateway {
  const { host, realm, users, toProxy, service, contactsOf } = settings;
  const agent = createUserAgent({ host, allow: methods, toProxy, outside });
  const shared = { agent, realm, users };

  function outside(request: SipRequest): void {
    const answer = (status: number, extra: Extra = {}): void => {
      agent.send(reply(request, status, extra));
    };
    const user = users.find(parseUri(request.uri)?.user ?? '');
    if (request.method !== 'INVITE') agent.refuseMethod(request);
    else if (!user || !service().isSignedIn(user.name)) answer(user ? 480 : 404);
    else if (!mayBeSdp(request)) answer(415, { headers: [{ name: 'Accept', value: 'application/sdp' }] });
    // The service's sessions answer an offer; they cannot make one for the 200.
    else if (request.body === '') answer(488);
    else takeCall(request, user, { ...shared, service: service(), contacts: contactsOf(user) });
  }

  return {
    side: { call: (call, onEvent) => placeCall(call, onEvent, shared) },
    peer: agent.peer,
    close: agent.close,
  };
}
