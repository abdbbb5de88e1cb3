/** Processes a SIP message: registrar, own response, or forwarding. RFC 3261 §16. */
import { parseAddress, parseUri, parseVia } from './address.js';
import { dial, type Directory, type Hotline } from './dial-plan.js';
import type { Digest } from './digest.js';
import { createForking, type Target } from './forking.js';
import { asserting, claimed, mayCallAs, naming, testNumberIn, withoutAssertions } from './identity.js';
import { header, headerLines, headerList, pushHeader, isUsable } from './message.js';
import type { SipMessage, SipRequest, SipResponse } from './message.js';
import { isSocketHost, type Peer } from './peer.js';
import { createRelay, hopsLeft, nextHop } from './request-forwarding.js';
import { reply, token, toTag, type Extra } from './response.js';
import { createServerTransactions, type ServerTransaction } from './server-transaction.js';
import type { User } from '../users.js';
import type { Calls } from '../subscriptions/dialog-state.js';

/** Services of the proxy. */
export interface ProxySettings {
  readonly directory: Directory;
  readonly digest: Digest;
  /** Hears of every call that passes. */
  readonly calls: Calls;
  readonly realm: string;
  readonly port: number;
  readonly timerC: number;
  /** An answer that a spec ordered for this request, if any. */
  readonly ordered: (request: SipRequest, peer: Peer) => SipResponse | undefined;
}

/** The SIP side of the server. */
export interface Proxy {
  readonly receive: (peer: Peer, message: SipMessage) => void;
  readonly gone: (peer: Peer) => void;
}

const methods = 'INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, MESSAGE, INFO, UPDATE, REFER, NOTIFY, SUBSCRIBE';

/** A registrar and a transaction-stateful proxy for one host. */
export function createProxy(settings: ProxySettings): Proxy {
  const { directory, digest, calls, realm, port } = settings;
  const { users, registrar, speakers, hosts } = directory;
  const sentBy = `127.0.0.1:${port}`;
  const relay = createRelay(hosts, port);
  const forking = createForking(sentBy, settings.timerC);
  const transactions = createServerTransactions(speakers, calls.told);

  function receive(peer: Peer, message: SipMessage): void {
    if (message.kind === 'response') {
      noteSpeaker(message, peer);
      forking.respond(message);
    } else if (isUsable(message)) receiveRequest(peer, message);
    else if (message.method !== 'ACK' && header(message, 'Via') !== undefined) peer.send(reply(message, 400));
  }

  function noteSpeaker(message: SipMessage, peer: Peer): void {
    const contact = parseUri(parseAddress(headerList(message, 'Contact')[0] ?? '')?.uri ?? '');
    if (contact) speakers.note(contact.host, peer);
    const via = message.kind === 'request' ? parseVia(headerList(message, 'Via')[0] ?? '') : undefined;
    if (via) speakers.note(via.host, peer);
  }

  function receiveRequest(peer: Peer, request: SipRequest): void {
    noteSpeaker(request, peer);
    const known = transactions.match(request);
    if (request.method === 'ACK') {
      // An ACK to a refusal ends at this hop; one to a 2xx is a request of its own. RFC 3261 §13.2.2.4, §17.1.1.3.
      if (known?.final === undefined || known.final < 300) forwardAck(request);
    } else if (request.method === 'CANCEL') cancel(peer, request, known);
    else if (known) known.repeat();
    else decide(transactions.open(request, peer), peer);
  }

  function forwardAck(request: SipRequest): void {
    const forwarded = relay.prepared(request);
    const target = targetInDialog(forwarded);
    if (!target || hopsLeft(request) <= 0) return;
    const via = `SIP/2.0/WS ${sentBy};branch=z9hG4bK${token()}`;
    target.peer.send(pushHeader({ ...forwarded, uri: target.uri }, 'Via', via));
  }

  function cancel(peer: Peer, request: SipRequest, known: ServerTransaction | undefined): void {
    peer.send(reply(request, known ? 200 : 481));
    if (known?.final === undefined && known) forking.cancel(known, headerLines(request, 'Reason'));
  }

  function decide(transaction: ServerTransaction, peer: Peer): void {
    const { request } = transaction;
    const answer = (status: number, extra?: Extra): void => {
      transaction.reply(reply(request, status, extra));
    };
    const ordered = settings.ordered(request, peer);
    const required = headerList(request, 'Proxy-Require');
    if (ordered) transaction.reply(ordered);
    else if (hopsLeft(request) <= 0) answer(483);
    else if (required.length > 0) answer(420, { headers: required.map(value => ({ name: 'Unsupported', value })) });
    else if (!parseUri(request.uri)) answer(416);
    else if (request.method === 'REGISTER') register(transaction, peer);
    else if (isForServer(request)) answer(200, { headers: [{ name: 'Allow', value: methods }] });
    else if (toTag(request) !== undefined) forwardInDialog(transaction);
    else forwardOutside(transaction, peer);
  }

  function isForServer(request: SipRequest): boolean {
    const uri = parseUri(request.uri);
    return request.method === 'OPTIONS' && uri !== undefined && uri.user === undefined && hosts.has(uri.host);
  }

  function register(transaction: ServerTransaction, peer: Peer): void {
    const user = authenticated(transaction, peer);
    if (!user) return;
    const { request } = transaction;
    const allowed = claimed(request, 'From', users) === user && claimed(request, 'To', users) === user;
    const before = registrar.bindings(user);
    transaction.reply(allowed ? registrar.register(request, user, peer) : reply(request, 403));
    // A silent network failure leaves a socket that looks alive: its pending requests get no response. RFC 5626 §6.
    for (const { uri, peer: former } of before) {
      const peerNow = registrar.at(uri)?.peer;
      if (peerNow !== undefined && peerNow !== former) forking.gone(former);
    }
  }

  /** The user behind a request; when there is none yet, the challenge has been sent. */
  function authenticated(transaction: ServerTransaction, peer: Peer): User | undefined {
    const { request } = transaction;
    const verdict = digest.verify(request);
    if (verdict.kind === 'known') {
      peer.user = verdict.user;
      peer.label = verdict.user.name;
      return verdict.user;
    }
    const status = request.method === 'REGISTER' ? 401 : 407;
    transaction.reply(reply(request, status, { headers: verdict.headers }));
    return undefined;
  }

  /** A program of ours needs no password: it calls as the user in its From, or as that test number. */
  function callerOf(transaction: ServerTransaction, peer: Peer): User | Hotline | undefined {
    const { request } = transaction;
    if (peer.kind === 'socket') {
      const user = authenticated(transaction, peer);
      if (!user || mayCallAs(request, user, users)) return user;
    } else {
      const caller = claimed(request, 'From', users) ?? testNumberIn(request);
      if (caller) return caller;
    }
    transaction.reply(reply(request, 403));
    return undefined;
  }

  function forwardInDialog(transaction: ServerTransaction): void {
    const request = relay.prepared(transaction.request);
    const target = targetInDialog(request);
    if (!target) {
      // A socket host without a peer is a closed socket.
      const host = parseUri(nextHop(request))?.host ?? '';
      transaction.reply(reply(transaction.request, isSocketHost(host) ? 408 : 404));
      return;
    }
    if (request.method === 'INVITE') transaction.reply(reply(transaction.request, 100));
    if (request.method === 'BYE') calls.ended(request);
    forking.start(transaction, { request, targets: [target], dress: withoutAssertions });
  }

  function targetInDialog(request: SipRequest): Target | undefined {
    const hop = nextHop(request);
    const peer = speakers.of(parseUri(hop)?.host ?? '') ?? registrar.at(hop)?.peer;
    return peer && { peer, uri: request.uri };
  }

  function forwardOutside(transaction: ServerTransaction, peer: Peer): void {
    const caller = callerOf(transaction, peer);
    if (!caller) return;
    const { request } = transaction;
    const dialled = dial(directory, request.uri, {
      caller,
      fromService: request.method !== 'INVITE' || peer === directory.voice.peer,
      watching: request.method === 'SUBSCRIBE',
    });
    if (dialled.kind === 'refused') {
      transaction.reply(reply(request, dialled.status, dialled.reason === undefined ? {} : { reason: dialled.reason }));
      return;
    }
    const forwarded = relay.recorded(asserting(relay.prepared(request), dialled.as ?? caller, realm));
    if (request.method === 'INVITE') {
      transaction.reply(reply(request, 100));
      calls.begun(forwarded, 'extension' in caller ? caller : undefined, dialled.targets);
    }
    forking.start(transaction, {
      request: forwarded,
      targets: dialled.targets,
      dress: (response, from) => {
        if (request.method === 'INVITE') calls.answered(response, from);
        // A local user agent asserts its own identity.
        if (from.kind === 'local' && dialled.named) return response;
        return naming(withoutAssertions(response), dialled.named ? from.user : undefined, realm);
      },
    });
  }

  return {
    receive,
    gone: peer => {
      speakers.forget(peer);
      registrar.forget(peer);
      forking.gone(peer);
      calls.gone(peer);
    },
  };
}
