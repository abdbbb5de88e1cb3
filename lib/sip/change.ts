import { SessionState, type IncomingResponseMessage } from 'sip.js/lib/core/index.js';
import { isLeft, left } from '../kernel/either.js';
import type { Agent } from './agent.js';
import { applied, over, pending, run, worded, type SipCall } from './call.js';
import { failureOf } from './failure.js';
import { failed, type Settle } from './ledger.js';
import { dialogHeaders, endByResponse, sdpBody, sdpOf } from './wording.js';

/** One re-INVITE with our hold, or without. RFC 3261 §14.1, RFC 3264 §8.4. */
export const change = (agent: Agent, call: SipCall, hold: boolean, settle: Settle<undefined>): void => {
  const { session } = call;
  if (session === undefined || !call.agreed) {
    settle(left(failed('wrong-state')));
    return;
  }
  if (
    call.changing ||
    call.offered !== undefined ||
    call.onAck !== undefined ||
    session.sessionState !== SessionState.Confirmed
  ) {
    settle(left(pending));
    return;
  }
  call.changing = true;
  const finish: Settle<undefined> = result => {
    call.changing = false;
    settle(result);
  };
  call.peer?.setHold(hold);
  run(
    agent,
    call,
    peer => peer.offer(),
    made => {
      if (isLeft(made)) {
        finish(made);
        return;
      }
      const ours = worded(agent, made.right, hold);
      const refused = ({ message }: { readonly message: IncomingResponseMessage }): void => {
        changeRefused(agent, call, message, finish);
      };
      session.invite(
        {
          onAccept: response => {
            // Also when the call was hung up meanwhile: a 200 is always acknowledged.
            response.ack();
            changeAccepted(agent, call, { theirs: sdpOf(response.message), ours }, finish);
          },
          onRedirect: refused,
          onReject: refused,
        },
        { extraHeaders: dialogHeaders(agent.account), body: sdpBody(ours) },
      );
    },
    finish,
  );
};

const changeAccepted = (
  agent: Agent,
  call: SipCall,
  { theirs, ours }: { readonly theirs: string | undefined; readonly ours: string },
  finish: Settle<undefined>,
): void => {
  run(
    agent,
    call,
    peer => (theirs === undefined ? peer.rollback() : peer.accept('answer', theirs)),
    result => {
      if (theirs !== undefined && !isLeft(result)) applied(agent, call, theirs, ours);
      finish(theirs === undefined ? left(failed('bad-answer')) : result);
    },
    finish,
  );
};

/** Nothing has changed (RFC 3261 §14.1), unless the far side does not know the dialog any more (§12.2.1.2). */
const changeRefused = (
  agent: Agent,
  call: SipCall,
  message: IncomingResponseMessage,
  finish: Settle<undefined>,
): void => {
  if (message.statusCode === 481) {
    call.wire.forget();
    over(agent, call, endByResponse(message));
    return;
  }
  run(
    agent,
    call,
    peer => peer.rollback(),
    () => {
      finish(left(failureOf(message)));
    },
    finish,
  );
};
