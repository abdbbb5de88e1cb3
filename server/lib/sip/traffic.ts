/** SIP traffic of the server, and the interference that tests order. */
import { parseAddress, parseUri } from './address.js';
import { createHolds, type Hold } from '../holds.js';
import { matches, type Match, type Passing } from './message-match.js';
import { cseq, header, serialize, type SipMessage, type SipRequest, type SipResponse } from './message.js';
import type { Peer } from './peer.js';
import { reply } from './response.js';

/** An answer that stands in for the server's own. */
export interface Answer {
  readonly status: number;
  readonly reason?: string;
  /** Whole lines: `Retry-After: 2`. */
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Number of matching requests that get it. Default: 1. */
  readonly times?: number;
}

/** An HTTP answer that stands in for the server's own. */
export interface PathAnswer {
  readonly status: number;
  readonly contentType?: string;
  /** For example `{ 'Retry-After': '2' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Everything that passes, and the ways to interfere. */
export interface Traffic {
  /** The last messages, oldest first. */
  readonly log: readonly Passing[];
  /** Resolves with the next message that matches, without stopping it. */
  readonly next: (match: Match) => Promise<Passing>;
  readonly hold: (match: Match) => Hold;
  readonly respond: (match: Match, answer: Answer) => void;
  /** Notes a message and calls `go`, at once or when it is let go. */
  readonly pass: (from: 'client' | 'server', peer: Peer, message: SipMessage, go: () => void) => void;
  /** The answer that was ordered for this request, if any. */
  readonly ordered: (request: SipRequest, peer: Peer) => SipResponse | undefined;
}

interface Order {
  readonly match: Match;
  readonly answer: Answer;
  left: number;
}

/**
 * @param size - how many messages are kept
 * @param log - gets a line for each: who, which way, what; never a header or a body, as those hold secrets
 */
export function createTraffic(
  size: number,
  nameOf: (user: string) => string | undefined,
  log: (line: string) => void,
): Traffic {
  const kept: Passing[] = [];
  const orders: Order[] = [];
  const waiting = new Set<{ match: Match; tell: (passing: Passing) => void }>();
  const holds = createHolds(matches);

  function passingOf(from: 'client' | 'server', peer: Peer, message: SipMessage): Passing {
    // The user of From: a new socket is not authenticated yet.
    const sender = message.kind === 'request' && from === 'client' ? claimedUser(message, nameOf) : undefined;
    return {
      at: Date.now(),
      from,
      user: sender ?? peer.label,
      authorized: ['Authorization', 'Proxy-Authorization'].some(name => header(message, name) !== undefined),
      raw: serialize(message),
      ...(message.kind === 'request'
        ? { method: message.method }
        : { method: cseq(message)?.method ?? '', status: message.status }),
    };
  }

  function note(passing: Passing): void {
    kept.push(passing);
    if (kept.length > size) kept.splice(0, kept.length - size);
    const arrow = passing.from === 'client' ? '→' : '←';
    log(`${passing.user ?? '?'} ${arrow} ${passing.method}${passing.status === undefined ? '' : ` ${passing.status}`}`);
    for (const entry of waiting) {
      if (!matches(entry.match, passing)) continue;
      waiting.delete(entry);
      entry.tell(passing);
    }
  }

  function ordered(request: SipRequest, peer: Peer): SipResponse | undefined {
    const passing = passingOf('client', peer, request);
    const order = orders.find(one => matches(one.match, passing));
    if (!order) return undefined;
    order.left -= 1;
    if (order.left <= 0) orders.splice(orders.indexOf(order), 1);
    const { status, reason, headers = [], body } = order.answer;
    return reply(request, status, {
      headers: headers.map(line => {
        const colon = line.indexOf(':');
        return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
      }),
      ...(reason === undefined ? {} : { reason }),
      ...(body === undefined ? {} : { body }),
    });
  }

  return {
    get log() {
      return [...kept];
    },
    next: match =>
      new Promise(tell => {
        waiting.add({ match, tell });
      }),
    hold: holds.hold,
    respond: (match, answer) => {
      orders.push({ match, answer, left: answer.times ?? 1 });
    },
    pass: (from, peer, message, go) => {
      const passing = passingOf(from, peer, message);
      peer.label ??= passing.user;
      note(passing);
      holds.pass(passing, go);
    },
    ordered,
  };
}

function claimedUser(request: SipRequest, nameOf: (user: string) => string | undefined): string | undefined {
  const uri = parseUri(parseAddress(header(request, 'From') ?? '')?.uri ?? '');
  return uri?.user === undefined ? undefined : nameOf(uri.user);
}
