import {
  SessionDialog,
  SessionState,
  type IncomingInfoRequest,
  type IncomingInviteRequest,
  type IncomingMessageRequest,
  type Session,
  TransactionState,
  type Transaction,
} from './sipjs.js';
import type { SipContext, RemoteOffer, SipCall } from './context.js';
import { endRemotely } from './call.js';
import { abandon } from './sipjs-internals.js';
import { parseDtmf } from './dtmf.js';
import { offerOrRefuse, receiveOffer } from './remote-offer.js';
import { receiveRefer, receiveNotify } from './refer.js';
import { restoreTarget } from './remote-target.js';
import { timing } from './session-refresh.js';
import { dialogHeaders, endByRequest, reasonHeaders, sdpBody, sdpOf, type EndReason } from './message-mapping.js';
import { reportIdentity } from './identity.js';

/** Recv-Info without a value: no Info Package is known here. RFC 6086 §4.2.2. */
const unknownPackage = { statusCode: 469, extraHeaders: ['Recv-Info:'] };

function receiveInfo(agent: SipContext, call: SipCall, request: IncomingInfoRequest): void {
  const { message } = request;
  // An empty INFO, used as a keep-alive before RFC 6086: answered and ignored.
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
}

/** A text within the call. RFC 3428 §7. */
function receiveText(agent: SipContext, call: SipCall, request: IncomingMessageRequest): void {
  const { message } = request;
  const contentType = message.getHeader('content-type') ?? 'text/plain';
  if (message.body !== '' && !/^text\//i.test(contentType)) {
    request.reject({ statusCode: 415, extraHeaders: ['Accept: text/*'] });
    return;
  }
  request.accept();
  if (message.body !== '') agent.report({ _tag: 'message', call: call.id, body: message.body, contentType });
}

function receiveReinvite(agent: SipContext, call: SipCall, session: Session, request: IncomingInviteRequest): void {
  const ref = agent.newId();
  const { message } = request;
  const refuse: RemoteOffer['refuse'] = (statusCode, headers = []) => {
    restoreTarget(session, message);
    request.reject({ statusCode, extraHeaders: [...headers] });
  };
  const found = offerOrRefuse(agent, call, message, refuse);
  if (found === undefined) return;
  const timed = timing(agent, call, message);
  reportIdentity(agent, call, message);
  request.delegate = {
    onCancel: () => {
      refuse(487);
      if (call.offered?.ref === ref) call.offered = undefined;
    },
  };
  receiveOffer(agent, call, {
    ref,
    ...found,
    accept: sdp => {
      const extraHeaders = [...dialogHeaders(agent.account), ...timed.headers];
      request.accept({ statusCode: 200, extraHeaders, body: sdpBody(sdp) });
      timed.settled();
    },
    refuse,
    acknowledged: true,
  });
}

/** Ends the pending offers of both sides. */
function settle(call: SipCall, session: Session): void {
  // Pending requests are answered before the dialog ends. RFC 3261 §15.1.2.
  call.offered?.refuse(487);
  call.offered = undefined;
  if (!(session instanceof SessionDialog)) return;
  // sip.js repeats the 2xx to a re-INVITE for as long as it knows of one, also when the dialog is no more.
  session.reinviteUserAgentServer = undefined;
  abandon(session);
}

/**
 * From the 200 on the call is this dialog.
 *
 * The callee sends no BYE before the ACK has arrived (RFC 3261 §15): an earlier hang-up waits for it, or for its timeout.
 */
export function confirm(agent: SipContext, call: SipCall, session: Session): void {
  let leave: (() => void) | undefined;
  const hangup = (why: EndReason): void => {
    const bye = (): void => {
      session.bye(undefined, { extraHeaders: reasonHeaders(why) });
    };
    if (session.sessionState === SessionState.AckWait) leave = bye;
    else bye();
  };
  call.session = session;
  releaseInitialTransaction(session);
  call.life.add(() => {
    settle(call, session);
  });
  call.signalling = {
    hangup,
    forget: () => {
      session.dispose();
    },
  };
  const to =
    <Request>(receive: (agent: SipContext, call: SipCall, request: Request) => void) =>
    (request: Request): void => {
      receive(agent, call, request);
    };
  session.delegate = {
    onAck: ({ message }) => {
      if (leave === undefined) return call.onAck?.(sdpOf(message));
      leave();
      return undefined;
    },
    onAckTimeout: () => {
      session.bye();
      endRemotely(agent, call, { by: 'network', cause: 'request_timeout' });
    },
    onBye: request => {
      request.accept();
      endRemotely(agent, call, endByRequest('BYE', request.message));
    },
    onInfo: to(receiveInfo),
    onInvite: request => {
      receiveReinvite(agent, call, session, request);
    },
    onMessage: to(receiveText),
    onRefer: request => {
      receiveRefer(agent, call, session, request);
    },
    onNotify: to(receiveNotify),
  };
}

/** Private members of sip.js that this module needs. */
type Origin = { readonly initialTransaction: Transaction };

/** Releases the INVITE transaction of a dialog, which sip.js keeps with its messages and delegates. */
function releaseInitialTransaction(session: Session): void {
  if (!(session instanceof SessionDialog)) return;
  const { initialTransaction: transaction } = session as unknown as Origin;
  transaction.addStateChangeListener(() => {
    // An ACK that is still awaited would be compared with it.
    if (transaction.state !== TransactionState.Terminated || session.sessionState === SessionState.AckWait) return;
    Object.assign(session, { initialTransaction: undefined });
  });
}
