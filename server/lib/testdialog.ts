/** The requests of a test number to its caller, within their dialog. RFC 3261 §12.2.1. */
import { parseAddress } from './address.js';
import { ackOf } from './hop.js';
import { header, headerList, type Header, type SipRequest, type SipResponse } from './message.js';
import { tagIn, type Agent } from './voice/sipagent.js';
import { requestIn } from './voice/sipparts.js';

/** Our side of a dialog that the caller's INVITE has made. */
export interface CalledDialog {
  /** Sends a request; resolves with its final response, which is acknowledged if need be. */
  readonly ask: (method: string, headers?: readonly Header[], body?: string) => Promise<SipResponse>;
  /** A request of theirs may say where they are from now on. RFC 3261 §12.2.2. */
  readonly follow: (request: SipRequest) => void;
  /** As an INVITE from elsewhere names it to the caller. RFC 3891 §6.1. */
  readonly replaces: string;
  /** The caller's Contact. */
  readonly target: () => string;
}

/** @param tag - ours */
export function openCalledDialog(invite: SipRequest, tag: string, contact: string, agent: Agent): CalledDialog {
  const parts = {
    callId: header(invite, 'Call-ID') ?? '',
    local: `${header(invite, 'To') ?? ''};tag=${tag}`,
    remote: header(invite, 'From') ?? '',
    routes: headerList(invite, 'Record-Route'),
  };
  let target = contactOf(invite) ?? '';
  let sent = 0;

  return {
    ask: (method, headers = [], body = '') => {
      sent += 1;
      const number = sent;
      const own = method === 'BYE' ? [] : [{ name: 'Contact', value: contact }];
      return new Promise(resolve => {
        const wanted = { method, number, headers: [...own, ...headers], body };
        const asked = agent.ask(requestIn(parts, target, wanted), response => {
          if (response.status < 200) return;
          if (method === 'INVITE') acknowledge(asked, number, response);
          resolve(response);
        });
      });
    },
    follow: request => {
      target = contactOf(request) ?? target;
    },
    replaces: `${parts.callId};to-tag=${tagIn(invite, 'From')};from-tag=${tag}`,
    target: () => target,
  };

  function acknowledge(asked: SipRequest, number: number, response: SipResponse): void {
    if (response.status >= 300) agent.say(ackOf(asked, response));
    else {
      target = contactOf(response) ?? target;
      agent.tell(requestIn(parts, target, { method: 'ACK', number, headers: [], body: '' }));
    }
  }
}

function contactOf(message: SipRequest | SipResponse): string | undefined {
  return parseAddress(headerList(message, 'Contact')[0] ?? '')?.uri;
}
