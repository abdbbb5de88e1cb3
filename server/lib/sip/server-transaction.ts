/** Server transactions: which request an ACK, a CANCEL or a repetition belongs to. RFC 3261 §17.2.3. */
import { parseVia } from './address.js';
import { header, type SipRequest, type SipResponse } from './message.js';
import type { Peer, Speakers } from './peer.js';

/** One request and the responses to it. */
export interface ServerTransaction {
  readonly request: SipRequest;
  readonly peer: Peer;
  /** The status of the final response, once there is one. */
  readonly final: number | undefined;
  /** Sends a response to where the request came from, or to the socket that took its place. */
  readonly reply: (response: SipResponse) => void;
  /** Sends the last response again. */
  readonly repeat: () => void;
}

/** Those that are alive or were answered lately. */
export interface ServerTransactions {
  readonly open: (request: SipRequest, peer: Peer) => ServerTransaction;
  /** The transaction of a repeated request, or the INVITE that an ACK or CANCEL speaks of. */
  readonly match: (request: SipRequest) => ServerTransaction | undefined;
}

/** 64*T1: how long an answered transaction is remembered, in ms. RFC 3261 §17. */
export const transactionLifetimeMs = 32_000;

/**
 * Transactions of every client of this server.
 *
 * @param told - hears every response before it leaves
 */
export function createServerTransactions(
  speakers: Speakers,
  told: (request: SipRequest, response: SipResponse) => void,
): ServerTransactions {
  const byKey = new Map<string, ServerTransaction>();

  function open(request: SipRequest, peer: Peer): ServerTransaction {
    const key = keyOf(request);
    let last: SipResponse | undefined;
    const send = (response: SipResponse): void => {
      const way = peer.open ? peer : speakers.of(parseVia(header(request, 'Via') ?? '')?.host ?? '');
      way?.send(response);
    };
    const transaction = {
      request,
      peer,
      final: undefined as number | undefined,
      reply: (response: SipResponse) => {
        last = response;
        told(request, response);
        if (response.status >= 200 && transaction.final === undefined) {
          transaction.final = response.status;
          setTimeout(() => byKey.delete(key), transactionLifetimeMs).unref();
        }
        send(response);
      },
      repeat: () => {
        if (last) send(last);
      },
    };
    byKey.set(key, transaction);
    // A non-INVITE without a response is removed too; the proxy answers every INVITE by Timer C.
    if (request.method !== 'INVITE') setTimeout(() => byKey.delete(key), 2 * transactionLifetimeMs).unref();
    return transaction;
  }

  return { open, match: request => byKey.get(keyOf(request)) };
}

function keyOf(request: SipRequest): string {
  const via = parseVia(header(request, 'Via') ?? '');
  const method = request.method === 'ACK' || request.method === 'CANCEL' ? 'INVITE' : request.method;
  return `${via?.branch ?? ''} ${via?.sentBy ?? ''} ${method}`;
}
