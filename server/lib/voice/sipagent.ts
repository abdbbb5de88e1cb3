/** Client transactions and dialogs of the user agent inside the server. The way to the proxy is a function call: nothing is lost, nothing repeated. */
import { parseAddress, parseVia } from '../address.js';
import { cseq, header, headerList, pushHeader } from '../message.js';
import type { SipMessage, SipRequest, SipResponse } from '../message.js';
import { token } from '../reply.js';
import { linger } from '../transaction.js';

/** Takes a request that belongs to something that is there. */
type Inside = (request: SipRequest) => void;

/** The part of the user agent that all its calls share. */
export interface Agent {
  /** Our own name, which stands in Via and Contact. */
  readonly host: string;
  readonly say: (message: SipMessage) => void;
  /** Sends a request with a Via of its own; `hear` gets every response. Returns it as it went out. */
  readonly ask: (request: SipRequest, hear: (response: SipResponse) => void) => SipRequest;
  /** Sends an ACK to a 2xx: a request that nobody answers. RFC 3261 §13.2.2.4. */
  readonly tell: (request: SipRequest) => void;
  readonly respond: (response: SipResponse) => void;
  /** By `dialogKey`. */
  readonly dialogs: Map<string, Inside>;
  /** Who takes the CANCEL of an INVITE to us, by the branch of both. */
  readonly ringing: Map<string, Inside>;
  /** What ends each call that there is. */
  readonly calls: Set<() => void>;
}

interface Transaction {
  readonly method: string;
  readonly hear: (response: SipResponse) => void;
}

/** @param say - hands a message to the proxy */
export function createAgent(host: string, say: (message: SipMessage) => void): Agent {
  const transactions = new Map<string, Transaction>();

  function forgetLater(branch: string, ms: number): void {
    setTimeout(() => transactions.delete(branch), ms).unref();
  }

  return {
    host,
    say,
    dialogs: new Map(),
    ringing: new Map(),
    calls: new Set(),
    ask: (request, hear) => {
      const branch = `z9hG4bK${token()}`;
      const sent = withVia(request, host, branch);
      transactions.set(branch, { method: request.method, hear });
      // One that nobody answers is forgotten too; an INVITE always gets its answer from the proxy.
      if (request.method !== 'INVITE') forgetLater(branch, 2 * linger);
      say(sent);
      return sent;
    },
    tell: request => {
      say(withVia(request, host, `z9hG4bK${token()}`));
    },
    respond: response => {
      const branch = branchOf(response);
      const transaction = transactions.get(branch);
      // The 200 to a CANCEL has the branch of its INVITE.
      if (!transaction || cseq(response)?.method !== transaction.method) return;
      // An INVITE that forked can have more than one 2xx. RFC 3261 §13.2.2.4.
      if (response.status >= 200) forgetLater(branch, linger);
      transaction.hear(response);
    },
  };
}

/** Which dialog a message is of: Call-ID, our tag, their tag. RFC 3261 §12. */
export function dialogKey(callId: string, ours: string, theirs: string): string {
  return `${callId} ${ours} ${theirs}`;
}

/** The dialog that a request to us is of. */
export function keyOf(request: SipRequest): string {
  return dialogKey(header(request, 'Call-ID') ?? '', tagIn(request, 'To'), tagIn(request, 'From'));
}

/** The branch of a message; a CANCEL has that of its INVITE. RFC 3261 §9.1. */
export function branchOf(message: SipMessage): string {
  return parseVia(headerList(message, 'Via')[0] ?? '')?.branch ?? '';
}

/** The tag of From or To; `''` when it has none. */
export function tagIn(message: SipMessage, name: 'From' | 'To'): string {
  return parseAddress(header(message, name) ?? '')?.params.get('tag') ?? '';
}

function withVia(request: SipRequest, host: string, branch: string): SipRequest {
  return pushHeader(request, 'Via', `SIP/2.0/WS ${host};branch=${branch}`);
}
