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
  type SessionDialog,
  type URI,
} from 'sip.js/lib/core/index.js';
import { timer, type Subscription } from 'rxjs';
import { withoutTag } from './branch.js';
import { completed } from './response.js';
import { routed } from './route.js';

type Request = Pick<OutgoingInviteRequest, 'dispose'>;

/** Lets go of an INVITE: sip.js keeps what it has disposed of. */
export const drop = (core: UserAgentCore, request: Request): void => {
  request.dispose();
  for (const [key, client] of core.userAgentClients) if (client === request) core.userAgentClients.delete(key);
};

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
      completed(message, client.message);
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

  /** Waits for its final response no longer than this. */
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

/** The outcome of our re-INVITE, if there is one under way, is not awaited any more. */
export const abandon = ({ reinviteUserAgentClient: request, userAgentCore: core }: SessionDialog): void => {
  if (request !== undefined && core instanceof Core) core.limit(request);
};
