import { SessionState, type IncomingResponseMessage, SessionDialog } from './sipjs.js';
import { of, type Observable } from 'rxjs';
import { isLeft, left, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { Peer, OfferOptions } from '../rtc/model.js';
import { type SipContext, type SipCall, failed, type Settle } from './context.js';
import { credentialLines } from './authentication.js';
import { applied, unanswerable, pending, takeBack, unconfirmed, withHold } from './sdp-negotiation.js';
import { run, untilLineLost, enoughCandidates, endRemotely } from './call.js';
import { failureOf } from './failure.js';
import { refreshTarget } from './remote-target.js';
import { refusesSound } from './sdp.js';
import { lengthened, timedBy, timerHeaders } from './session-refresh.js';
import { dialogHeaders, sdpBody, sdpOf, endByResponse } from './message-mapping.js';
import type { CallOrder, Restart } from '../call/port.js';
import { abandon } from './sipjs-internals.js';
import { restartOffer } from '../rtc/ready.js';

/** One offer of ours within the dialog. */
type Offer = {
  /** Hold state to offer; `undefined` repeats the agreed description. */
  readonly hold?: boolean;
  readonly make: (peer: Peer) => Observable<Either<Failure, string>>;
  /** Handles a final response other than 2xx before it becomes the outcome: retry, or nothing. */
  readonly refused?: (message: IncomingResponseMessage) => void;
};

/** Why there can be no offer now: the call is not that far, or another negotiation is under way. */
function obstacle({ session, firstOfferAnswered, changing, offered, onAck }: SipCall): Failure | undefined {
  if (session === undefined || !firstOfferAnswered) return failed('wrong-state');
  if (session.sessionState === SessionState.AckWait) return unconfirmed;
  const isBusy =
    changing || offered !== undefined || onAck !== undefined || session.sessionState !== SessionState.Confirmed;
  return isBusy ? pending : undefined;
}

/**
 * One re-INVITE, and what the far side says to it. `busy` with 491 while another negotiation is under way, here or there, and
 * without while our answer to the INVITE is not confirmed; where it is not taken nothing has changed. RFC 3261 §14.1.
 */
function reinvite(agent: SipContext, call: SipCall, offer: Offer, settle: Settle<undefined>): void {
  const stopped = obstacle(call);
  if (stopped !== undefined) {
    settle(left(stopped));
    return;
  }
  let isOver = false;
  call.changing = true;
  const finish = untilLineLost<undefined>(call, result => {
    if (!isOver) call.changing = false;
    isOver = true;
    settle(result);
  });
  if (offer.hold !== undefined) call.peer?.setHold(offer.hold);
  run(
    agent,
    call,
    offer.make,
    made => {
      // The line has gone meanwhile.
      if (isOver) return;
      if (isLeft(made)) finish(made);
      else send(agent, call, { ...offer, ours: withHold(agent, made.right, offer.hold === true) }, finish);
    },
    finish,
  );
}

type SentOffer = Offer & { readonly ours: string };

function send(agent: SipContext, call: SipCall, said: SentOffer, finish: Settle<undefined>): void {
  const refused = ({ message }: { readonly message: IncomingResponseMessage }): void => {
    said.refused?.(message);
    const failure = failureOf(message);
    takeBack(agent, call, lengthened(call, message) ? { ...failure, retryAfter: 0 } : failure, finish);
  };
  const { session } = call;
  const request = session?.invite(
    {
      onAccept: response => {
        // Also when the call was hung up meanwhile: a 200 is always acknowledged.
        refreshTarget(response.session, response.message);
        response.ack({ extraHeaders: request === undefined ? [] : credentialLines(request.message) });
        timedBy(agent, call, response.message);
        conclude(agent, call, { ...said, theirs: sdpOf(response.message) }, finish);
      },
      onRedirect: refused,
      onReject: refused,
    },
    { extraHeaders: [...dialogHeaders(agent.account), ...timerHeaders(agent, call)], body: sdpBody(said.ours) },
  );
}

function conclude(
  agent: SipContext,
  call: SipCall,
  { theirs, ours, hold }: SentOffer & { readonly theirs: string | undefined },
  finish: Settle<undefined>,
): void {
  if (theirs === undefined) {
    takeBack(agent, call, failed('bad-answer'), finish);
    return;
  }
  if (refusesSound(theirs)) {
    finish(left(failed('media-failed')));
    unanswerable(agent, call);
    return;
  }
  run(
    agent,
    call,
    // The agreed session is confirmed unchanged: the platform has nothing to do.
    peer => (hold === undefined ? of(right(undefined)) : peer.accept('answer', theirs)),
    result => {
      if (isLeft(result)) {
        takeBack(agent, call, result.left, finish);
        return;
      }
      call.local = ours;
      applied(agent, call, theirs, ours);
      finish(right(undefined));
    },
    finish,
  );
}

type Order<Tag extends CallOrder['_tag']> = Extract<CallOrder, { readonly _tag: Tag }>;
type Verb<Tag extends CallOrder['_tag']> = (
  agent: SipContext,
  call: SipCall,
  order: Order<Tag>,
  settle: Settle<undefined>,
) => void;

type ChangeOffer = Parameters<typeof reinvite>[2];
type Make = ChangeOffer['make'];

/** Nothing has changed, unless the far side does not know the dialog any more. RFC 3261 §12.2.1.2. */
function unlessGone(agent: SipContext, call: SipCall): NonNullable<ChangeOffer['refused']> {
  return message => {
    if (message.statusCode !== 481) return;
    call.signalling.forget();
    endRemotely(agent, call, endByResponse(message));
  };
}

/** One re-INVITE with our hold, or without. RFC 3264 §8.4. */
export const change: Verb<'change'> = (agent, call, { hold }, settle) => {
  reinvite(agent, call, { hold, make: peer => peer.offer(), refused: unlessGone(agent, call) }, settle);
};

const anew: Readonly<Record<Exclude<Restart, 'candidates'>, OfferOptions>> = {
  ice: { iceRestart: true },
  connection: { reconnect: true },
};

/** A re-INVITE with new candidates, an ICE restart or a new connection. RFC 8839 §4.4.1. */
export const restart: Verb<'restart'> = (agent, call, { how, hold }, settle) => {
  const make: Make =
    how === 'candidates' ? peer => peer.offer() : peer => restartOffer(peer, anew[how], enoughCandidates(call));
  reinvite(agent, call, { hold, make, refused: unlessGone(agent, call) }, settle);
};

/** One re-INVITE that changes nothing. RFC 4028 §7.4, RFC 3264 §8. */
export const refresh: Verb<'refresh'> = (agent, call, _, settle) => {
  const { local } = call;
  if (local === undefined) settle(left(failed('wrong-state')));
  else reinvite(agent, call, { make: () => of(right(local)), refused: unlessGone(agent, call) }, settle);
};

/** A re-INVITE that checks after a reconnect whether the dialog exists; a 481 fails the order. */
export const recover: Verb<'recover'> = (agent, call, { hold, restart: isRestart }, settle) => {
  reinvite(
    agent,
    call,
    { hold, make: peer => (isRestart ? restartOffer(peer, anew.ice, enoughCandidates(call)) : peer.offer()) },
    settle,
  );
};

/**
 * A re-INVITE of ours whose answer is not awaited any more. A 200 that comes all the same is acknowledged, or the far
 * side would take no other offer; nothing else of it touches the dialog. RFC 3261 §13.2.2.4.
 */
function abandonReinvite(dialog: SessionDialog): void {
  const client = dialog.reinviteUserAgentClient;
  if (client === undefined) return;
  abandon(dialog);
  dialog.reinviteUserAgentClient = undefined;
  dialog.signalingStateRollback();
  const receiveResponse = (response: IncomingResponseMessage): void => {
    const { statusCode = 0 } = response;
    const { transaction, message } = client;
    if (statusCode < 200 || statusCode > 299 || !('ackResponse' in transaction)) return;
    refreshTarget(dialog, response);
    const ack = dialog.createOutgoingRequestMessage('ACK', {
      cseq: message.cseq,
      extraHeaders: credentialLines(message),
    });
    (transaction.ackResponse as (ack: typeof message) => void).call(transaction, ack);
  };
  // sip.js hands every response to this method of the request.
  Object.assign(client, { receiveResponse });
}

/**
 * A re-INVITE of theirs, which cannot be answered any more, or whose ACK has been lost. The refusal reaches nobody, but
 * sip.js keeps a request, and its dialog with it, until there is a final response.
 */
function dropRemoteOffer({ offered }: SipCall, dialog: SessionDialog): void {
  offered?.refuse(491);
  if (dialog.reinviteUserAgentServer === undefined) return;
  dialog.reinviteUserAgentServer = undefined;
  dialog.signalingStateRollback();
}

/**
 * The socket is gone. The call and its dialog go on; what was being negotiated has come to nothing, so that there can be
 * another offer once the line is back.
 */
export function socketLost(agent: SipContext, call: SipCall): void {
  for (const giveUp of [...call.pendingRequests]) giveUp();
  if (!call.firstOfferAnswered || !(call.session instanceof SessionDialog)) return;
  abandonReinvite(call.session);
  dropRemoteOffer(call, call.session);
  call.offered = undefined;
  call.onAck = undefined;
  call.changing = false;
  run(
    agent,
    call,
    peer => peer.rollback(),
    () => undefined,
  );
}
