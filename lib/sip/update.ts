import {
  Dialog,
  NonInviteServerTransaction,
  SessionDialog,
  SignalingState,
  UserAgentServer,
  type IncomingRequestMessage,
} from 'sip.js/lib/core/index.js';
import { isLeft } from '../core/either.js';
import type { Agent } from './agent.js';
import { read } from './failure.js';
import { offerIn, receiveOffer } from './offers.js';
import { identify } from './recognise.js';
import { refreshTarget } from './remotetarget.js';
import { tooBrief } from './sessiontimer.js';
import { timing } from './timing.js';
import { dialogHeaders, sdpBody } from './wording.js';

/**
 * UPDATE, which sip.js does not know: without a description it is answered, with one it is an offer like that of a
 * re-INVITE, but without an ACK. Its place in the dialog is sip.js's affair all the same. RFC 3311 §5.2.
 */
export const receiveUpdate = (agent: Agent, message: IncomingRequestMessage): void => {
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
  // The subclass answers 501 to what it does not know; only the counting of the dialog itself is wanted.
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
  const brief = tooBrief(read(message));
  if (brief !== undefined) {
    refuse(422, brief);
    return;
  }
  const found = offerIn(agent, message, call);
  if (isLeft(found)) {
    refuse(found.left.statusCode, found.left.extraHeaders);
    return;
  }
  if (call !== undefined) identify(agent, call, message);
  const description = found.right;
  if (description === undefined) accept();
  // The INVITE itself is not settled yet: whose offer is open decides what is said.
  else if (call?.session === undefined)
    refuse(dialog instanceof SessionDialog && dialog.signalingState === SignalingState.HaveRemoteOffer ? 500 : 491);
  else receiveOffer(agent, call, { ref: agent.newId(), description, accept, refuse, acknowledged: false });
};
