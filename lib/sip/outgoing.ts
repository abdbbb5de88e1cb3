import type { IncomingResponseMessage, Session } from 'sip.js/lib/core/index.js';
import { isLeft } from '../kernel/either.js';
import type { Agent } from './agent.js';
import { conclude } from './agreement.js';
import { over, run, type SipCall } from './call.js';
import { drop } from './cancelled.js';
import { confirm } from './dialog.js';
import { recognise } from './recognise.js';
import { dialogHeaders, endByResponse, reasonValue, sdpBody, sdpOf } from './wording.js';

/** What has come before the answer: the description that plays, and those of other branches, by To tag. */
type Early = { tag?: string; readonly descriptions: Map<string, string> };

/**
 * The first description plays by itself; those of other branches are kept until one of them answers. 100rel is not
 * announced, so none of them is an answer yet. RFC 3261 §13.2.1, RFC 3960 §3.
 */
const listen = (agent: Agent, call: SipCall, early: Early, tag: string, sdp: string): boolean => {
  early.descriptions.set(tag, sdp);
  if (early.tag !== undefined) return early.tag === tag;
  early.tag = tag;
  call.remote = sdp;
  run(
    agent,
    call,
    peer => peer.accept('pranswer', sdp),
    result => {
      if (isLeft(result)) agent.report({ _tag: 'fault', call: call.id, fault: result.left.fault });
    },
  );
  return true;
};

const progressed = (agent: Agent, call: SipCall, early: Early, message: IncomingResponseMessage): void => {
  const sdp = sdpOf(message);
  const plays = sdp !== undefined && listen(agent, call, early, message.toTag, sdp);
  const identity = recognise(call, message);
  call.told?.(message.statusCode ?? 180, message.reasonPhrase ?? '');
  agent.report({
    _tag: 'progress',
    call: call.id,
    statusCode: message.statusCode ?? 180,
    reasonPhrase: message.reasonPhrase ?? '',
    body: message.body,
    early: plays,
    ...(identity === undefined ? {} : { identity }),
  });
};

/** The description that counts: that of the 200, else what its branch said before, else what plays. */
const accepted = (
  agent: Agent,
  call: SipCall,
  early: Early,
  session: Session,
  message: IncomingResponseMessage,
): void => {
  confirm(agent, call, session);
  const sdp =
    sdpOf(message) ??
    early.descriptions.get(session.remoteTag) ??
    early.descriptions.get(early.tag ?? session.remoteTag);
  const identity = recognise(call, message);
  conclude(agent, call, sdp, () => {
    call.told?.(200, 'OK');
    agent.report({ _tag: 'accepted', call: call.id, ...(identity === undefined ? {} : { identity }) });
  });
};

/**
 * Sends the INVITE. A CANCEL waits in sip.js for the first provisional response (RFC 3261 §9.1); a 200 that comes all
 * the same, or from another branch than the first, is acknowledged and hung up (§13.2.2.4).
 */
export const place = (agent: Agent, call: SipCall): void => {
  const { core, account } = agent;
  const body = call.peer?.localDescription;
  if (call.dial === undefined || body === undefined) {
    over(agent, call, { by: 'local', cause: 'media_failed' });
    return;
  }
  const { uri, headers } = call.dial;
  const message = core.makeOutgoingRequestMessage(
    'INVITE',
    uri,
    account.aor,
    uri,
    {},
    [...dialogHeaders(account), ...headers],
    sdpBody(body),
  );
  call.local = body;
  call.ref = message.callId;
  const early: Early = { descriptions: new Map() };
  const refused = ({ message: response }: { readonly message: IncomingResponseMessage }): void => {
    over(agent, call, endByResponse(response));
  };
  const request = core.invite(message, {
    onProgress: ({ message: response }) => {
      if (!call.life.closed && call.session === undefined) progressed(agent, call, early, response);
    },
    onAccept: response => {
      response.ack();
      if (call.life.closed || call.session !== undefined) {
        agent.departed.delete(call.id);
        response.session.bye();
      } else accepted(agent, call, early, response.session, response.message);
    },
    onRedirect: refused,
    onReject: refused,
  });
  // However it ends, a challenge to it is not answered any more.
  call.life.add(() => {
    agent.withdrawn.add(message);
  });
  call.wire = {
    hangup: why => {
      request.cancel(reasonValue(why));
    },
    forget: () => {
      drop(core, request);
    },
  };
  agent.report({ _tag: 'placed', call: call.id, ref: message.callId });
};
