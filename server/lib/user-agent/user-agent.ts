/**
 * A user agent inside the server: client transactions, dialogs, and the dispatch of requests (RFC 3261 §8, §12). The path to
 * the proxy is a function call, so nothing is lost or retransmitted.
 */
import { parseAddress, parseVia } from '../sip/address.js';
import { cseq, header, headerList, pushHeader } from '../sip/message.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import { localPeer, type Peer } from '../sip/peer.js';
import { reply, toTag, token } from '../sip/response.js';
import { transactionLifetimeMs } from '../sip/server-transaction.js';

/** Handles a request that belongs to an existing dialog or INVITE. */
type RequestHandler = (request: SipRequest) => void;

/** Settings of a user agent. */
export interface UserAgentSettings {
  /** Its `.invalid` host, which stands in Via and Contact. */
  readonly host: string;
  /** Methods of the Allow header. */
  readonly allow: string;
  /** Hands a message to the proxy. */
  readonly toProxy: (from: Peer, message: SipMessage) => void;
  /** Handles a request outside of any dialog whose extensions are all supported. */
  readonly outside: RequestHandler;
  /** True for an option tag of Require that this agent supports for this request. Default: none. RFC 3261 §8.2.2.3. */
  readonly supports?: (tag: string, request: SipRequest) => boolean;
}

/** The services that the calls and subscriptions of one user agent share. */
export interface UserAgent {
  readonly host: string;
  /** This agent at the proxy. */
  readonly peer: Peer;
  readonly send: (message: SipMessage) => void;
  /** Sends a request with a Via of its own; `onResponse` gets every response. Returns the request as sent. */
  readonly request: (request: SipRequest, onResponse: (response: SipResponse) => void) => SipRequest;
  /** Sends the ACK to a 2xx, which has no response. RFC 3261 §13.2.2.4. */
  readonly acknowledge: (ack: SipRequest) => void;
  /** Answers OPTIONS with 200 and every other method with 405. */
  readonly refuseMethod: RequestHandler;
  /** By `dialogKey`. */
  readonly dialogs: Map<string, RequestHandler>;
  /** Handlers of the CANCEL to an unanswered INVITE, by branch. */
  readonly invites: Map<string, RequestHandler>;
  /** Ends each call of this agent. */
  readonly calls: Set<() => void>;
  /** Ends all calls. */
  readonly close: () => void;
}

interface ClientTransaction {
  readonly method: string;
  readonly onResponse: (response: SipResponse) => void;
}

/** A user agent without calls. */
export function createUserAgent(settings: UserAgentSettings): UserAgent {
  const { host, outside, supports = () => false } = settings;
  const allow = { name: 'Allow', value: settings.allow };
  const transactions = new Map<string, ClientTransaction>();
  const dialogs = new Map<string, RequestHandler>();
  const invites = new Map<string, RequestHandler>();
  const calls = new Set<() => void>();
  const peer = localPeer(message => {
    if (message.kind === 'response') respond(message);
    else receive(message);
  });

  function send(message: SipMessage): void {
    settings.toProxy(peer, message);
  }

  function forgetLater(branch: string, ms: number): void {
    setTimeout(() => transactions.delete(branch), ms).unref();
  }

  function respond(response: SipResponse): void {
    const branch = branchOf(response);
    const transaction = transactions.get(branch);
    // The 200 to a CANCEL has the branch of its INVITE.
    if (!transaction || cseq(response)?.method !== transaction.method) return;
    // A forked INVITE can have more than one 2xx. RFC 3261 §13.2.2.4.
    if (response.status >= 200) forgetLater(branch, transactionLifetimeMs);
    transaction.onResponse(response);
  }

  function receive(request: SipRequest): void {
    const inDialog = dialogs.get(keyOf(request));
    const unsupported = headerList(request, 'Require').filter(tag => !supports(tag, request));
    if (request.method === 'CANCEL') cancel(request);
    else if (inDialog) inDialog(request);
    else if (request.method === 'ACK') return;
    else if (toTag(request) !== undefined) send(reply(request, 481));
    else if (unsupported.length > 0)
      send(reply(request, 420, { headers: unsupported.map(value => ({ name: 'Unsupported', value })) }));
    else outside(request);
  }

  function cancel(request: SipRequest): void {
    const invite = invites.get(branchOf(request));
    send(reply(request, invite ? 200 : 481));
    invite?.(request);
  }

  return {
    host,
    peer,
    send,
    dialogs,
    invites,
    calls,
    request: (request, onResponse) => {
      const branch = `z9hG4bK${token()}`;
      const sent = withVia(request, host, branch);
      transactions.set(branch, { method: request.method, onResponse });
      // Timer F; the proxy answers every INVITE. RFC 3261 §17.1.2.2.
      if (request.method !== 'INVITE') forgetLater(branch, 2 * transactionLifetimeMs);
      send(sent);
      return sent;
    },
    acknowledge: ack => {
      send(withVia(ack, host, `z9hG4bK${token()}`));
    },
    refuseMethod: request => {
      send(reply(request, request.method === 'OPTIONS' ? 200 : 405, { headers: [allow] }));
    },
    close: () => {
      for (const end of [...calls]) end();
    },
  };
}

/** Key of a dialog: Call-ID, our tag, the far side's tag. RFC 3261 §12. */
export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}

/** Key of the dialog of a received request. */
function keyOf(request: SipRequest): string {
  return dialogKey(header(request, 'Call-ID') ?? '', tagIn(request, 'To'), tagIn(request, 'From'));
}

/** The branch of a message; a CANCEL has that of its INVITE. RFC 3261 §9.1. */
export function branchOf(message: SipMessage): string {
  return parseVia(headerList(message, 'Via')[0] ?? '')?.branch ?? '';
}

/** The tag of From or To; `''` without one. */
export function tagIn(message: SipMessage, name: 'From' | 'To'): string {
  return parseAddress(header(message, name) ?? '')?.params.get('tag') ?? '';
}

function withVia(request: SipRequest, host: string, branch: string): SipRequest {
  return pushHeader(request, 'Via', `SIP/2.0/WS ${host};branch=${branch}`);
}
