import type { IncomingRequestMessage } from 'sip.js/lib/core/index.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import { answering } from '../rtc/renewed.js';
import type { Agent, RemoteOffer, SipCall } from './agent.js';
import { applied, conclude, pending, takeBack, worded } from './agreement.js';
import { enough, run, spoken } from './call.js';
import { failed, type Settle } from './ledger.js';
import { readOffer, type Offer } from './offer.js';
import { sdpOf } from './wording.js';

/** While one of its offers is being answered the far side is to wait, for up to 10 s. RFC 3261 §14.2, RFC 3311 §5.2. */
const later = (): readonly string[] => [`Retry-After: ${Math.floor(Math.random() * 11)}`];

/** The refusal of an offer that no browser can answer. */
type Refusal = { readonly statusCode: 488; readonly extraHeaders: string[] };

/** The offer in a request, if there is one; a fault tells of one that is refused. RFC 3261 §13.3.1.3, §20.43. */
export const offerIn = (
  { account, report }: Agent,
  message: IncomingRequestMessage,
  call?: SipCall,
): Either<Refusal, Offer | undefined> => {
  const sdp = sdpOf(message);
  const offer = sdp === undefined ? right(undefined) : readOffer(sdp);
  if (!isLeft(offer)) return offer;
  const { code, text } = offer.left;
  const told = fault('media-failed', { statusCode: 488, message: `An offer was refused: ${text}.` });
  report({ _tag: 'fault', ...(call === undefined ? {} : { call: call.id }), fault: told });
  return left({ statusCode: 488, extraHeaders: [`Warning: ${code} ${account.host} "${text}"`] });
};

/** An offer of the far side, for the core to decide. While the first offer is not settled there is nothing to decide. */
export const receiveOffer = (agent: Agent, call: SipCall, offer: RemoteOffer): void => {
  if (call.offered !== undefined) {
    offer.refuse(500, later());
    return;
  }
  if (!call.agreed) {
    offer.refuse(491);
    return;
  }
  call.offered = offer;
  agent.report({ _tag: 'offered', call: call.id, offer: offer.ref });
};

/** Answers an offer of the far side; over when the ACK has come. An offer without a description asks for ours. */
export const acceptOffer = (
  agent: Agent,
  call: SipCall,
  ref: string,
  hold: boolean,
  settle: Settle<undefined>,
): void => {
  const offer = call.offered;
  if (offer?.ref !== ref) {
    settle(left(failed('wrong-state')));
    return;
  }
  const sdp = offer.description?.sdp;
  const finish = spoken(call, settle);
  const done = (): void => {
    finish(right(undefined));
  };
  call.peer?.setHold(hold);
  run(
    agent,
    call,
    peer => (sdp === undefined ? peer.offer() : answering(peer, sdp, enough(call))),
    made => {
      const isStill = call.offered?.ref === ref;
      call.offered = undefined;
      if (isLeft(made)) {
        if (isStill) offer.refuse(488);
        finish(made);
        return;
      }
      // Taken back meanwhile: what was made of it is not in force.
      if (!isStill) {
        takeBack(agent, call, pending, finish);
        return;
      }
      const ours = worded(agent, offer.description?.answered(made.right) ?? made.right, hold);
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
};

/**
 * The ACK of a 200 of ours. It carries the answer if the 200 carried the offer: then it is awaited, so that sip.js lets
 * nobody offer in between, and without an answer the call cannot go on.
 */
export const acknowledged = (
  agent: Agent,
  call: SipCall,
  { theirs, ours }: { readonly theirs: string | undefined; readonly ours: string | undefined },
  then: () => void,
): Promise<void> | undefined => {
  call.onAck = undefined;
  if (ours === undefined) {
    then();
    return undefined;
  }
  return new Promise(resolve => {
    // A call that is over never comes to this, and then nobody asks for it.
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
};

export const declineOffer = (call: SipCall, ref: string, statusCode: number): void => {
  if (call.offered?.ref !== ref) return;
  const { offered } = call;
  call.offered = undefined;
  offered.refuse(statusCode);
};
