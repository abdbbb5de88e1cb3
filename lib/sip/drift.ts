import { SessionDialog, type IncomingResponseMessage } from 'sip.js/lib/core/index.js';
import type { Agent, SipCall } from './agent.js';
import { credentialLines } from './authentication.js';
import { run } from './call.js';
import { refreshTarget } from './remotetarget.js';
import { abandon } from './sipcore.js';

/**
 * A re-INVITE of ours whose answer is not awaited any more. A 200 that comes all the same is acknowledged, or the far
 * side would take no other offer; nothing else of it touches the dialog. RFC 3261 §13.2.2.4.
 */
const letGo = (dialog: SessionDialog): void => {
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
};

/**
 * A re-INVITE of theirs, which cannot be answered any more, or whose ACK has been lost. The refusal reaches nobody, but
 * sip.js keeps a request, and its dialog with it, until there is a final response.
 */
const drop = ({ offered }: SipCall, dialog: SessionDialog): void => {
  offered?.refuse(491);
  if (dialog.reinviteUserAgentServer === undefined) return;
  dialog.reinviteUserAgentServer = undefined;
  dialog.signalingStateRollback();
};

/**
 * The socket is gone. The call and its dialog go on; what was being negotiated has come to nothing, so that there can be
 * another offer once the line is back.
 */
export const drift = (agent: Agent, call: SipCall): void => {
  for (const giveUp of [...call.speaking]) giveUp();
  if (!call.agreed || !(call.session instanceof SessionDialog)) return;
  letGo(call.session);
  drop(call, call.session);
  call.offered = undefined;
  call.onAck = undefined;
  call.changing = false;
  run(
    agent,
    call,
    peer => peer.rollback(),
    () => undefined,
  );
};
