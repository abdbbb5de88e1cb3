import {
  Timers,
  TransactionState,
  UserAgentCore,
  type IncomingResponseMessage,
  type OutgoingInviteRequest,
  type OutgoingInviteRequestDelegate,
  type OutgoingRequestMessage,
  type SessionDialog,
} from 'sip.js/lib/core/index.js';
import { timer, type Subscription } from 'rxjs';
import { withoutTag } from './branch.js';

type Request = Pick<OutgoingInviteRequest, 'dispose'>;

/** Lets go of an INVITE: sip.js keeps what it has disposed of. */
export const drop = (core: UserAgentCore, request: Request): void => {
  request.dispose();
  for (const [key, client] of core.userAgentClients) if (client === request) core.userAgentClients.delete(key);
};

const unanswered: ReadonlySet<TransactionState> = new Set([TransactionState.Calling, TransactionState.Proceeding]);

/**
 * sip.js's core, which lets go of an INVITE that has been cancelled, or abandoned, and gets no final response: because
 * the socket went before it came, or because nobody sends one. Without this it would stay for good, and its dialogs with
 * it. RFC 3261 §9.1.
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

  override receiveIncomingResponseFromTransport(message: IncomingResponseMessage): void {
    message.viaBranch = withoutTag(message.viaBranch);
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
