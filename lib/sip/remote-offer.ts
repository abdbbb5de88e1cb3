import {
  type IncomingRequestMessage,
  Dialog,
  NonInviteServerTransaction,
  SessionDialog,
  SignalingState,
  UserAgentServer,
} from './sipjs.js';
import { isLeft, isRight, left, right, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import { type SipContext, type RemoteOffer, type SipCall, failed, type Settle } from './context.js';
import { applied, conclude, pending, takeBack, withHold } from './sdp-negotiation.js';
import { enoughCandidates, run, untilLineLost } from './call.js';
import { readOffer, type Offer } from './sdp-offer.js';
import { sdpOf, dialogHeaders, sdpBody } from './message-mapping.js';
import { read } from './failure.js';
import { refreshTarget } from './remote-target.js';
import { tooBrief } from './session-timer.js';
import { timing } from './session-refresh.js';
import { reportIdentity } from './identity.js';
import { answering } from '../rtc/ready.js';

/** Retry-After of 0 to 10 s for a second offer. RFC 3261 §14.2. */
function later(): readonly string[] {
  return [`Retry-After: ${Math.floor(Math.random() * 11)}`];
}

/** The refusal of an offer that no browser can answer. */
type Refusal = { readonly statusCode: 488; readonly extraHeaders: string[] };

/** The offer of a request; 488 and `media-failed` if it cannot be answered. */
export function offerIn(
  { account, report }: SipContext,
  message: IncomingRequestMessage,
  call?: SipCall,
): Either<Refusal, Offer | undefined> {
  const sdp = sdpOf(message);
  const offer = sdp === undefined ? right(undefined) : readOffer(sdp);
  if (!isLeft(offer)) return offer;
  const { code, text } = offer.left;
  const told = fault('media-failed', { statusCode: 488, message: `An offer was refused: ${text}.` });
  report({ _tag: 'fault', ...(call === undefined ? {} : { call: call.id }), fault: told });
  return left({ statusCode: 488, extraHeaders: [`Warning: ${code} ${account.host} "${text}"`] });
}

/** Reports an offer to the core: 500 while another one is pending, 491 before the first negotiation is complete. */
export function receiveOffer(agent: SipContext, call: SipCall, offer: RemoteOffer): void {
  if (call.offered !== undefined) {
    offer.refuse(500, later());
    return;
  }
  if (!call.firstOfferAnswered) {
    offer.refuse(491);
    return;
  }
  call.offered = offer;
  agent.report({ _tag: 'offered', call: call.id, offer: offer.ref });
}

/** Answers an offer, or offers in the 200. Settles at the ACK; at once for an UPDATE. */
export function acceptOffer(
  agent: SipContext,
  call: SipCall,
  ref: string,
  hold: boolean,
  settle: Settle<undefined>,
): void {
  const offer = call.offered;
  if (offer?.ref !== ref) {
    settle(left(failed('wrong-state')));
    return;
  }
  const sdp = offer.description?.sdp;
  const finish = untilLineLost(call, settle);
  const done = (): void => {
    finish(right(undefined));
  };
  call.peer?.setHold(hold);
  run(
    agent,
    call,
    peer => (sdp === undefined ? peer.offer() : answering(peer, sdp, enoughCandidates(call))),
    made => {
      const isStill = call.offered?.ref === ref;
      call.offered = undefined;
      if (isLeft(made)) {
        if (isStill) offer.refuse(488);
        finish(made);
        return;
      }
      // The offer was cancelled while the answer was made: the answer is rolled back.
      if (!isStill) {
        takeBack(agent, call, pending, finish);
        return;
      }
      const ours = withHold(agent, offer.description?.answered(made.right) ?? made.right, hold);
      offer.accept(ours);
      call.peer?.keep();
      if (sdp !== undefined) {
        call.local = ours;
        applied(agent, call, sdp);
      }
      if (!offer.acknowledged) done();
      else
        call.onAck = theirs => acknowledged(agent, call, { theirs, ours: sdp === undefined ? ours : undefined }, done);
    },
    finish,
  );
}

/**
 * The ACK of a 200 of ours. It carries the answer if the 200 carried the offer: then it is awaited, so that sip.js lets
 * nobody offer in between, and without an answer the call cannot go on.
 */
export function acknowledged(
  agent: SipContext,
  call: SipCall,
  { theirs, ours }: { readonly theirs: string | undefined; readonly ours: string | undefined },
  then: () => void,
): Promise<void> | undefined {
  call.onAck = undefined;
  if (ours === undefined) {
    then();
    return undefined;
  }
  return new Promise(resolve => {
    // If the call ends first, the promise never resolves; sip.js no longer awaits it.
    conclude(
      agent,
      call,
      theirs,
      () => {
        then();
        resolve();
      },
      ours,
    );
  });
}

export function declineOffer(call: SipCall, ref: string, statusCode: number): void {
  if (call.offered?.ref !== ref) return;
  const { offered } = call;
  call.offered = undefined;
  offered.refuse(statusCode);
}

/** The offer of a re-INVITE or UPDATE. Refuses one that cannot be answered, and a session interval that is too brief (422). */
export function offerOrRefuse(
  agent: SipContext,
  call: SipCall | undefined,
  message: IncomingRequestMessage,
  refuse: RemoteOffer['refuse'],
): Pick<RemoteOffer, 'description'> | undefined {
  const extraHeaders = tooBrief(read(message));
  const found = extraHeaders === undefined ? offerIn(agent, message, call) : left({ statusCode: 422, extraHeaders });
  if (isRight(found)) return { description: found.right };
  refuse(found.left.statusCode, found.left.extraHeaders);
  return undefined;
}

/**
 * UPDATE, which sip.js does not know: without a description it is answered, with one it is an offer like that of a
 * re-INVITE, but without an ACK. Its place in the dialog is sip.js's affair all the same. RFC 3311 §5.2.
 */
export function receiveUpdate(agent: SipContext, message: IncomingRequestMessage): void {
  const { core, account, calls } = agent;
  const dialog = core.dialogs.get(`${message.callId}${message.toTag}${message.fromTag}`);
  if (dialog === undefined) {
    core.replyStateless(message, { statusCode: 481 });
    return;
  }
  if (dialog.remoteSequenceNumber !== undefined && message.cseq <= dialog.remoteSequenceNumber) {
    core.replyStateless(message, { statusCode: 500 });
    return;
  }
  // The base class updates the remote CSeq; the subclass would answer 501.
  Dialog.prototype.receiveRequest.call(dialog, message);
  const request = new UserAgentServer(NonInviteServerTransaction, core, message);
  const call = [...calls.values()].find(({ session, invitation, ref }) =>
    session === undefined ? (invitation?.callId ?? ref) === dialog.callId : session.id === dialog.id,
  );
  const timed = call?.session === undefined ? undefined : timing(agent, call, message);
  const accept = (sdp?: string): void => {
    refreshTarget(dialog, message);
    request.accept({
      statusCode: 200,
      extraHeaders: [...dialogHeaders(account), ...(timed?.headers ?? [])],
      ...(sdp === undefined ? {} : { body: sdpBody(sdp) }),
    });
    timed?.settled();
  };
  const refuse = (statusCode: number, headers: readonly string[] = []): void => {
    request.reject({ statusCode, extraHeaders: [...headers] });
  };
  const found = offerOrRefuse(agent, call, message, refuse);
  if (found === undefined) return;
  if (call !== undefined) reportIdentity(agent, call, message);
  const { description } = found;
  if (description === undefined) accept();
  // Before the INVITE is answered: 500 while its offer is open, else 491.
  else if (call?.session === undefined)
    refuse(dialog instanceof SessionDialog && dialog.signalingState === SignalingState.HaveRemoteOffer ? 500 : 491);
  else receiveOffer(agent, call, { ref: agent.newId(), description, accept, refuse, acknowledged: false });
}
