/** The response context of a transaction-stateful proxy: one request, many branches, one answer. RFC 3261 §16.6, §16.7, §16.10. */
import { bestOf } from './best-response.js';
import { parseVia } from './address.js';
import { ackOf, cancelOf } from './hop-by-hop.js';
import { cseq, headerList, pushHeader, withHeader, type SipRequest, type SipResponse } from './message.js';
import type { Peer } from './peer.js';
import { reply, token } from './response.js';
import { transactionLifetimeMs, type ServerTransaction } from './server-transaction.js';

/** Where one branch goes. */
export interface Target {
  readonly peer: Peer;
  /** The Request-URI of that branch. */
  readonly uri: string;
}

/** One request on its way to one or more targets. */
interface Forwarding {
  /** As it goes out, but for Via and Request-URI. */
  readonly request: SipRequest;
  readonly targets: readonly Target[];
  /** The last change to a response on its way back. */
  readonly dress: (response: SipResponse, peer: Peer) => SipResponse;
}

/** All response contexts. */
export interface Forking {
  readonly start: (transaction: ServerTransaction, forwarding: Forwarding) => void;
  /** A response from a branch; one that belongs to none is dropped. */
  readonly respond: (response: SipResponse) => void;
  /** The caller gave up. */
  readonly cancel: (transaction: ServerTransaction, reasons: readonly string[]) => void;
  /** A socket is gone: its branches are answered 408 at once. */
  readonly gone: (peer: Peer) => void;
}

interface Branch {
  readonly id: string;
  readonly peer: Peer;
  readonly request: SipRequest;
  readonly context: Context;
  proceeding: boolean;
  /** The Reason values of a CANCEL that is due, or sent. */
  cancelled: readonly string[] | undefined;
  final: SipResponse | undefined;
  timer: NodeJS.Timeout | undefined;
}

interface Context {
  readonly transaction: ServerTransaction;
  readonly forwarding: Forwarding;
  readonly branches: Branch[];
  done: boolean;
}

/** Reason of the CANCEL to the other branches. RFC 3326. */
export const completedElsewhere = 'SIP;cause=200;text="Call completed elsewhere"';

/**
 * @param sentBy - our own name in Via
 * @param timerC - how long a branch may ring, in ms; each 1xx starts it anew. RFC 3261 §16.8
 */
export function createForking(sentBy: string, timerC: number): Forking {
  const branches = new Map<string, Branch>();
  const contexts = new WeakMap<ServerTransaction, Context>();

  function start(transaction: ServerTransaction, forwarding: Forwarding): void {
    const context: Context = { transaction, forwarding, branches: [], done: false };
    contexts.set(transaction, context);
    for (const target of forwarding.targets) context.branches.push(branchTo(target, context));
    for (const branch of context.branches) {
      branches.set(branch.id, branch);
      if (!branch.peer.open) {
        timeOut(branch);
        continue;
      }
      watch(branch, timerC);
      branch.peer.send(branch.request);
    }
  }

  function branchTo({ peer, uri }: Target, context: Context): Branch {
    const id = `z9hG4bK${token()}`;
    const request = pushHeader({ ...context.forwarding.request, uri }, 'Via', `SIP/2.0/WS ${sentBy};branch=${id}`);
    return {
      id,
      peer,
      request,
      context,
      proceeding: false,
      cancelled: undefined,
      final: undefined,
      timer: undefined,
    };
  }

  function watch(branch: Branch, ms: number): void {
    clearTimeout(branch.timer);
    branch.timer = setTimeout(
      () => {
        giveUp(branch);
      },
      isInvite(branch) ? ms : transactionLifetimeMs,
    );
    branch.timer.unref();
  }

  function giveUp(branch: Branch): void {
    if (!isInvite(branch)) {
      // A late 408 to a non-INVITE is useless: the client's own timer has fired. RFC 4320 §4.2.
      branches.delete(branch.id);
      return;
    }
    if (!branch.cancelled) cancelBranch(branch, []);
    timeOut(branch);
  }

  function timeOut(branch: Branch): void {
    conclude(branch, reply(branch.context.transaction.request, 408));
  }

  function respond(response: SipResponse): void {
    const [own = '', ...vias] = headerList(response, 'Via');
    const branch = branches.get(parseVia(own)?.branch ?? '');
    const method = cseq(response)?.method;
    // The 200 to our own CANCEL has the branch of the INVITE and ends here.
    if (!branch || vias.length === 0 || method !== branch.request.method) return;
    const popped = branch.context.forwarding.dress(withHeader(response, 'Via', vias), branch.peer);
    if (response.status < 200) progress(branch, popped);
    else final(branch, response, popped);
  }

  function progress(branch: Branch, response: SipResponse): void {
    const first = !branch.proceeding;
    branch.proceeding = true;
    if (first && branch.cancelled) branch.peer.send(cancelOf(branch.request, branch.cancelled));
    if (branch.final || response.status === 100) return;
    if (!branch.cancelled) watch(branch, timerC);
    if (!branch.context.done) branch.context.transaction.reply(response);
  }

  function final(branch: Branch, response: SipResponse, popped: SipResponse): void {
    if (isInvite(branch) && response.status >= 300) branch.peer.send(ackOf(branch.request, response));
    if (!branch.final) conclude(branch, popped);
    // Every 2xx to an INVITE goes on, also a repeated or a late one: only the caller can end that call.
    else if (isInvite(branch) && response.status < 300) branch.context.transaction.reply(popped);
  }

  function conclude(branch: Branch, response: SipResponse): void {
    const { context } = branch;
    clearTimeout(branch.timer);
    branch.final = response;
    setTimeout(() => branches.delete(branch.id), transactionLifetimeMs).unref();
    if (response.status < 300) {
      const wanted = isInvite(branch) || !context.done;
      context.done = true;
      if (wanted) context.transaction.reply(response);
      cancelPending(context, [completedElsewhere]);
    } else if (response.status >= 600) cancelPending(context, [`SIP;cause=${response.status}`]);
    settle(context);
  }

  function settle(context: Context): void {
    if (context.done || context.branches.some(branch => !branch.final)) return;
    context.done = true;
    const finals = context.branches.flatMap(({ final: response, peer }) =>
      response ? [{ response, own: peer.kind === 'local' }] : [],
    );
    const best = bestOf(finals);
    if (best) context.transaction.reply(best);
  }

  function cancelPending(context: Context, reasons: readonly string[]): void {
    for (const branch of context.branches) if (!branch.final && !branch.cancelled) cancelBranch(branch, reasons);
  }

  function cancelBranch(branch: Branch, reasons: readonly string[]): void {
    if (!isInvite(branch)) return;
    branch.cancelled = reasons;
    watch(branch, transactionLifetimeMs);
    // Before its first 1xx a CANCEL could overtake the INVITE. RFC 3261 §9.1.
    if (branch.proceeding) branch.peer.send(cancelOf(branch.request, reasons));
  }

  return {
    start,
    respond,
    cancel: (transaction, reasons) => {
      const context = contexts.get(transaction);
      if (context) cancelPending(context, reasons);
    },
    gone: peer => {
      for (const branch of branches.values()) if (branch.peer === peer && !branch.final) timeOut(branch);
    },
  };
}

function isInvite(branch: Branch): boolean {
  return branch.request.method === 'INVITE';
}
