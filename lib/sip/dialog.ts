import {
  SessionDialog,
  SessionState,
  type IncomingInfoRequest,
  type IncomingInviteRequest,
  type IncomingMessageRequest,
  type Session,
} from 'sip.js/lib/core/index.js';
import { isLeft } from '../core/either.js';
import type { Agent, RemoteOffer, SipCall } from './agent.js';
import { over } from './call.js';
import { abandon } from './sipcore.js';
import { parseDtmf } from './dtmf.js';
import { read } from './failure.js';
import { offerIn, receiveOffer } from './offers.js';
import { identify } from './recognise.js';
import { receiveRefer } from './referral.js';
import { restoreTarget } from './remotetarget.js';
import { tooBrief } from './sessiontimer.js';
import { shed } from './shed.js';
import { timing } from './timing.js';
import { receiveNotify } from './transfer.js';
import { dialogHeaders, endByRequest, reasonHeaders, sdpBody, sdpOf, type Why } from './wording.js';

/** Recv-Info without a value: no Info Package is known here. RFC 6086 §4.2.2. */
const unknownPackage = { statusCode: 469, extraHeaders: ['Recv-Info:'] };

const receiveInfo = (agent: Agent, call: SipCall, request: IncomingInfoRequest): void => {
  const { message } = request;
  // Of before RFC 6086: it says nothing more than that the far side is there.
  if (message.body === '' && !message.hasHeader('info-package')) {
    request.accept();
    return;
  }
  const tone = parseDtmf(message.getHeader('content-type') ?? '', message.body);
  if (tone === undefined) {
    request.reject({ ...unknownPackage });
    return;
  }
  request.accept();
  agent.report({ _tag: 'tone-received', call: call.id, ...tone });
};

/** A text within the call. RFC 3428 §7. */
const receiveText = (agent: Agent, call: SipCall, request: IncomingMessageRequest): void => {
  const { message } = request;
  const contentType = message.getHeader('content-type') ?? 'text/plain';
  if (message.body !== '' && !/^text\//i.test(contentType)) {
    request.reject({ statusCode: 415, extraHeaders: ['Accept: text/*'] });
    return;
  }
  request.accept();
  if (message.body !== '') agent.report({ _tag: 'message', call: call.id, body: message.body, contentType });
};

const receiveReinvite = (agent: Agent, call: SipCall, session: Session, request: IncomingInviteRequest): void => {
  const ref = agent.newId();
  const { message } = request;
  const refuse: RemoteOffer['refuse'] = (statusCode, headers = []) => {
    restoreTarget(session, message);
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
  const timed = timing(agent, call, message);
  identify(agent, call, message);
  request.delegate = {
    onCancel: () => {
      refuse(487);
      if (call.offered?.ref === ref) call.offered = undefined;
    },
  };
  receiveOffer(agent, call, {
    ref,
    description: found.right,
    accept: sdp => {
      const extraHeaders = [...dialogHeaders(agent.account), ...timed.headers];
      request.accept({ statusCode: 200, extraHeaders, body: sdpBody(sdp) });
      timed.settled();
    },
    refuse,
    acknowledged: true,
  });
};

/** The call is over: what is still being negotiated has no outcome any more. */
const settle = (call: SipCall, session: Session): void => {
  // What is pending is answered nevertheless. RFC 3261 §15.1.2.
  call.offered?.refuse(487);
  call.offered = undefined;
  if (!(session instanceof SessionDialog)) return;
  // sip.js repeats the 2xx to a re-INVITE for as long as it knows of one, also when the dialog is no more.
  session.reinviteUserAgentServer = undefined;
  abandon(session);
};

/**
 * From the 200 on the call is this dialog.
 *
 * Who answered may not say BYE before the ACK has come (RFC 3261 §15): a hang-up that comes earlier waits for it, or for
 * the end of the wait.
 */
export const confirm = (agent: Agent, call: SipCall, session: Session): void => {
  let leave: (() => void) | undefined;
  const hangup = (why: Why): void => {
    const bye = (): void => {
      session.bye(undefined, { extraHeaders: reasonHeaders(why) });
    };
    if (session.sessionState === SessionState.AckWait) leave = bye;
    else bye();
  };
  call.session = session;
  shed(session);
  call.life.add(() => {
    settle(call, session);
  });
  call.wire = {
    hangup,
    forget: () => {
      session.dispose();
    },
  };
  session.delegate = {
    onAck: ({ message }) => {
      if (leave === undefined) return call.onAck?.(sdpOf(message));
      leave();
      return undefined;
    },
    onAckTimeout: () => {
      session.bye();
      over(agent, call, { by: 'network', cause: 'request_timeout' });
    },
    onBye: request => {
      request.accept();
      over(agent, call, endByRequest('BYE', request.message));
    },
    onInfo: request => {
      receiveInfo(agent, call, request);
    },
    onInvite: request => {
      receiveReinvite(agent, call, session, request);
    },
    onMessage: request => {
      receiveText(agent, call, request);
    },
    onRefer: request => {
      receiveRefer(agent, call, session, request);
    },
    onNotify: request => {
      receiveNotify(agent, call, request);
    },
  };
};
