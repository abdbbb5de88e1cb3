import type { IncomingInviteRequest } from './sipjs.js';
import { isLeft, left, right } from '../core/either.js';
import { type SipContext, type SipCall, failed, type Settle } from './context.js';
import { newCall, endRemotely } from './call.js';
import { confirm } from './dialog.js';
import { read } from './failure.js';
import { identityOf } from './identity.js';
import { headerValue, type SipMessage } from './message.js';
import { acknowledged, offerIn } from './remote-offer.js';
import { tooBrief } from './session-timer.js';
import { exposedHeaders } from './exposed-headers.js';
import { timing } from './session-refresh.js';
import { asksForAutoAnswer, endByRequest, sdpBody } from './message-mapping.js';
import { replacedDialog } from './replaces.js';

/** A rejection is a final failure: other codes become 480, since a 3xx would need a Contact. */
function refusal(statusCode: number): number {
  return statusCode >= 400 && statusCode <= 699 ? statusCode : 480;
}

function expiry(message: SipMessage): { readonly expires?: number } {
  const [, seconds] = /^(\d{1,6})$/.exec(headerValue(message, 'expires') ?? '') ?? [];
  return seconds === undefined ? {} : { expires: Number(seconds) * 1000 };
}

/** Handles an INVITE: sends 100 and reports `incoming`, or rejects an invalid one. RFC 3261 §13.3.1. */
export function receiveInvite(agent: SipContext, request: IncomingInviteRequest): void {
  const { message } = request;
  const told = read(message);
  const former = replacedDialog(agent, told);
  if (typeof former === 'number') {
    request.reject({ statusCode: former });
    return;
  }
  const brief = tooBrief(told);
  if (brief !== undefined) {
    request.reject({ statusCode: 422, extraHeaders: [...brief] });
    return;
  }
  const found = offerIn(agent, message);
  if (isLeft(found)) {
    request.reject(found.left);
    return;
  }
  const offer = found.right;
  const call = newCall(agent, agent.newId());
  const timed = timing(agent, call, message);
  const refuse = (statusCode: number): void => {
    request.reject({ statusCode: refusal(statusCode) });
  };
  call.identity = identityOf(told);
  call.invitation = {
    callId: message.callId,
    offer: offer?.sdp,
    ring: () => {
      request.progress({ statusCode: 180 });
    },
    answer: made => {
      const sdp = offer === undefined ? made : offer.answered(made);
      const { session } = request.accept({ statusCode: 200, extraHeaders: [...timed.headers], body: sdpBody(sdp) });
      confirm(agent, call, session);
      call.firstOfferAnswered = offer !== undefined;
      call.local = sdp;
      call.onAck = theirs =>
        acknowledged(agent, call, { theirs, ours: offer === undefined ? sdp : undefined }, () => undefined);
    },
    answered: timed.settled,
    refuse,
  };
  call.signalling = {
    hangup: () => {
      refuse(486);
    },
    forget: () => {
      refuse(480);
    },
  };
  request.delegate = {
    onCancel: cancel => {
      refuse(487);
      endRemotely(agent, call, endByRequest('CANCEL', cancel));
    },
  };
  request.trying();
  agent.report({
    _tag: 'incoming',
    call: call.id,
    ref: message.callId,
    identity: call.identity,
    autoAnswer: asksForAutoAnswer(told),
    ...expiry(told),
    ...exposedHeaders(agent, told),
    ...(former === undefined ? {} : { replaces: former.id }),
  });
}

/** Sends 180 Ringing. */
export function ring({ invitation }: SipCall): void {
  if (invitation === undefined) throw new Error('The call does not ring.');
  invitation.ring();
}

/** Sends the 200 with the description that was prepared. */
export function answer(call: SipCall, settle: Settle<undefined>): void {
  const { invitation, peer, session } = call;
  const sdp = peer?.localDescription;
  if (invitation === undefined || sdp === undefined || session !== undefined) {
    settle(left(failed('wrong-state')));
    return;
  }
  invitation.answer(sdp);
  call.invitation = undefined;
  settle(right(undefined));
  invitation.answered();
}
