import { SessionState, type IncomingResponseMessage } from 'sip.js/lib/core/index.js';
import { of, type Observable } from 'rxjs';
import { isLeft, left, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { Peer } from '../rtc/model.js';
import type { Agent, SipCall } from './agent.js';
import { credentialLines } from './authentication.js';
import { applied, hopeless, pending, takeBack, unconfirmed, worded } from './agreement.js';
import { run, spoken } from './call.js';
import { failureOf } from './failure.js';
import { failed, type Settle } from './ledger.js';
import { refreshTarget } from './remotetarget.js';
import { refusesSound } from './sdp.js';
import { lengthened, timedBy, timerHeaders } from './timing.js';
import { dialogHeaders, sdpBody, sdpOf } from './wording.js';

/** One offer of ours within the dialog. */
type Offer = {
  /** Our hold, which the offer says; without it, the offer is what has been agreed on. */
  readonly hold?: boolean;
  readonly make: (peer: Peer) => Observable<Either<Failure, string>>;
  /** What is done about a final response other than 2xx, before it is the outcome. */
  readonly refused?: (message: IncomingResponseMessage) => void;
};

/** Why there can be no offer now: the call is not that far, or another negotiation is under way. */
const obstacle = ({ session, agreed, changing, offered, onAck }: SipCall): Failure | undefined => {
  if (session === undefined || !agreed) return failed('wrong-state');
  if (session.sessionState === SessionState.AckWait) return unconfirmed;
  const isBusy =
    changing || offered !== undefined || onAck !== undefined || session.sessionState !== SessionState.Confirmed;
  return isBusy ? pending : undefined;
};

/**
 * One re-INVITE, and what the far side says to it. `busy` with 491 while another negotiation is under way, here or there, and
 * without while our answer to the INVITE is not confirmed; where it is not taken nothing has changed. RFC 3261 §14.1.
 */
export const reinvite = (agent: Agent, call: SipCall, offer: Offer, settle: Settle<undefined>): void => {
  const stopped = obstacle(call);
  if (stopped !== undefined) {
    settle(left(stopped));
    return;
  }
  let isOver = false;
  call.changing = true;
  const finish = spoken<undefined>(call, result => {
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
      else send(agent, call, { ...offer, ours: worded(agent, made.right, offer.hold === true) }, finish);
    },
    finish,
  );
};

type Said = Offer & { readonly ours: string };

const send = (agent: Agent, call: SipCall, said: Said, finish: Settle<undefined>): void => {
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
};

const conclude = (
  agent: Agent,
  call: SipCall,
  { theirs, ours, hold }: Said & { readonly theirs: string | undefined },
  finish: Settle<undefined>,
): void => {
  if (theirs === undefined) {
    takeBack(agent, call, failed('bad-answer'), finish);
    return;
  }
  if (refusesSound(theirs)) {
    finish(left(failed('media-failed')));
    hopeless(agent, call);
    return;
  }
  run(
    agent,
    call,
    // What has been agreed on is agreed on again: the platform need not know.
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
};
