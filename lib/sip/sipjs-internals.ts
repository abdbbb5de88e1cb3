import {
  Timers,
  TransactionState,
  UserAgentCore,
  type Body,
  type IncomingResponseMessage,
  type OutgoingInviteRequest,
  type OutgoingInviteRequestDelegate,
  type OutgoingRequestMessage,
  type OutgoingRequestMessageOptions,
  SessionDialog,
  type URI,
  type Session,
} from './sipjs.js';
import { timer, type Subscription } from 'rxjs';
import { routed } from './route.js';
import { withRequiredHeaders } from './rfc2543.js';

type Request = Pick<OutgoingInviteRequest, 'dispose'>;

/** Removes an INVITE client from the core too, which `dispose` does not. */
export function drop(core: UserAgentCore, request: Request): void {
  request.dispose();
  for (const [key, client] of core.userAgentClients) if (client === request) core.userAgentClients.delete(key);
}

const unanswered: ReadonlySet<TransactionState> = new Set([TransactionState.Calling, TransactionState.Proceeding]);

/** Requests that go where their Request-URI says, whatever the registrar has said of the way. RFC 3608 §5, RFC 3261 §9.1. */
const unrouted: ReadonlySet<string> = new Set(['REGISTER', 'CANCEL']);

/**
 * sip.js's core, with what RFC 3261 asks for beyond it: strict routes (§12.2.1.1), responses without a To tag or a Contact
 * (§12.1.2), several challenges to one request (§22). It also lets go of an INVITE that has been cancelled, or abandoned,
 * and gets no final response: because the socket went before it came, or because nobody sends one. Without this it would
 * stay for good, and its dialogs with it (§9.1).
 */
export class Core extends UserAgentCore {
  private readonly waits = new Set<Subscription>();

  override invite(message: OutgoingRequestMessage, delegate?: OutgoingInviteRequestDelegate): OutgoingInviteRequest {
    const request = super.invite(message, delegate);
    const cancel = request.cancel.bind(request);
    request.cancel = (...given) => {
      this.limit(request);
      cancel(...given);
    };
    return request;
  }

  override makeOutgoingRequestMessage(
    method: string,
    requestUri: URI,
    fromUri: URI,
    toUri: URI,
    options: OutgoingRequestMessageOptions,
    extraHeaders?: string[],
    body?: Body,
  ): OutgoingRequestMessage {
    const routeSet = options.routeSet ?? (unrouted.has(method) ? [] : this.configuration.routeSet);
    const route = routed(requestUri, routeSet);
    return super.makeOutgoingRequestMessage(
      method,
      route.uri,
      fromUri,
      toUri,
      { ...options, routeSet: [...route.routeSet] },
      extraHeaders,
      body,
    );
  }

  override receiveIncomingResponseFromTransport(message: IncomingResponseMessage): void {
    message.viaBranch = withoutTag(message.viaBranch);
    const client = this.userAgentClients.get(`${message.viaBranch}${message.method}`);
    if (client !== undefined) {
      withRequiredHeaders(message, client.message);
      // sip.js answers one challenge a request; how many are answered is the authenticator's affair.
      Object.assign(client, { challenged: false });
    }
    super.receiveIncomingResponseFromTransport(message);
  }

  override dispose(): void {
    super.dispose();
    for (const wait of this.waits) wait.unsubscribe();
    this.waits.clear();
  }

  /** Drops a request without a final response after 64*T1. */
  limit(request: Request): void {
    const transaction = [...this.userAgentClients.values()].find(client => client === request)?.transaction;
    if (transaction === undefined) return;
    // One of RFC 3261's transaction timers, 64 × T1. It ends with its transaction, or with the core.
    const wait = timer(Timers.TIMER_F).subscribe(() => {
      drop(this, request);
    });
    this.waits.add(wait);
    wait.add(() => this.waits.delete(wait));
    transaction.addStateChangeListener(() => {
      if (!unanswered.has(transaction.state)) wait.unsubscribe();
    });
  }
}

/** Starts that limit for a pending re-INVITE, whose result is ignored. */
export function abandon({ reinviteUserAgentClient: request, userAgentCore: core }: SessionDialog): void {
  if (request !== undefined && core instanceof Core) core.limit(request);
}

/** Raises the dialog's CSeq to that of the request: an authentication retry increments only the latter. */
export function syncCseq(session: Session | undefined, { cseq }: OutgoingRequestMessage): void {
  if (!(session instanceof SessionDialog)) return;
  while ((session.localSequenceNumber ?? cseq) < cseq) session.incrementLocalSequenceNumber();
}

/**
 * The branch of a request, by which its answers are known: no other request of ours may ever have had it, RFC 3261
 * §8.1.1.7. sip.js draws seven digits; a server that remembers the requests of the last half minute takes one that
 * happens upon an old branch for the old one, answers as it did then and passes nothing on. So the tag of From is added
 * on the way out. It is drawn by us for each dialog, and the same in all that belong to one transaction: an INVITE, its
 * CANCEL and its ACK.
 */
export function withTag(head: string): string {
  if (head.startsWith('SIP/2.0 ')) return head;
  const [, tag] = /^From: .*;tag=(\w+)/m.exec(head) ?? [];
  return tag === undefined ? head : head.replace(/^(Via: .*;branch=z9hG4bK\d+)/m, `$1.${tag}`);
}

/** The branch of a response, as sip.js has drawn it. */
export function withoutTag(branch: string): string {
  return branch.replace(/^(z9hG4bK\d+)\.\w+$/, '$1');
}
