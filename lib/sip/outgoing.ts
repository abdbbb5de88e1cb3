import { type IncomingResponseMessage, type OutgoingRequestMessage, type Session } from './sipjs.js';
import { parseSipUri } from './sip-uri.js';
import { Subscription } from 'rxjs';
import { isLeft } from '../core/either.js';
import { compact } from '../core/compact.js';
import type { CallOrder, CallReport } from '../call/port.js';
import type { SipContext, SipCall } from './context.js';
import { credentialLines } from './authentication.js';
import { conclude } from './sdp-negotiation.js';
import { endRemotely, run, unsent } from './call.js';
import { drop } from './sipjs-internals.js';
import { confirm } from './dialog.js';
import { read } from './failure.js';
import { NULL_TAG } from './rfc2543.js';
import { refreshTarget } from './remote-target.js';
import { refusesSound } from './sdp.js';
import { askingFor, leastOf } from './session-timer.js';
import { exposedHeaders } from './exposed-headers.js';
import { timedBy } from './session-refresh.js';
import { headersIn, splitHeaders, asTarget } from './uri.js';
import { dialogHeaders, endByResponse, reasonValue, sdpBody, sdpOf } from './message-mapping.js';
import { headerLines } from './prepare.js';
import { originalUri, parseAddress } from './address.js';
import { headerValues, type SipMessage } from './message.js';
import { updateIdentity } from './identity.js';

type Again = NonNullable<Extract<CallOrder, { readonly _tag: 'place' }>['again']>;
type TurnedBack = Extract<CallReport, { readonly _tag: 'redirected' }>;
type Dial = NonNullable<SipCall['dial']>;

/** Provisional descriptions: the one that plays, and those of other branches, by To tag. */
type Early = { tag?: string; readonly descriptions: Map<string, string> };

/**
 * The first description plays by itself; those of other branches are kept until one of them answers. 100rel is not
 * announced, so none of them is an answer yet. RFC 3261 §13.2.1, RFC 3960 §3.
 */
function listen(agent: SipContext, call: SipCall, early: Early, tag: string, sdp: string): boolean {
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
}

function progressed(agent: SipContext, call: SipCall, early: Early, message: IncomingResponseMessage): void {
  const sdp = sdpOf(message);
  const plays = sdp !== undefined && !refusesSound(sdp) && listen(agent, call, early, message.toTag, sdp);
  const identity = updateIdentity(call, message);
  call.reportReferral?.(message.statusCode ?? 180, message.reasonPhrase ?? '');
  agent.report({
    _tag: 'progress',
    call: call.id,
    statusCode: message.statusCode ?? 180,
    reasonPhrase: message.reasonPhrase ?? '',
    body: message.body,
    early: plays,
    ...compact({ identity }),
    ...exposedHeaders(agent, read(message)),
  });
}

/** True when another fork answers than the one whose early media play. A null tag in a provisional response matches any fork. */
function isFork({ tag }: Early, { remoteTag }: Session): boolean {
  return tag !== undefined && tag !== NULL_TAG && tag !== remoteTag;
}

/** The answer: of the 200, else of a provisional response of the same fork, else the one that plays. */
function accepted(
  agent: SipContext,
  call: SipCall,
  early: Early,
  session: Session,
  message: IncomingResponseMessage,
): void {
  confirm(agent, call, session);
  // Neither retry nor redirection is possible after the answer: the request is released.
  call.invite = undefined;
  call.dial = undefined;
  const sdp =
    sdpOf(message) ??
    early.descriptions.get(session.remoteTag) ??
    early.descriptions.get(early.tag ?? session.remoteTag);
  const identity = updateIdentity(call, message);
  conclude(agent, call, sdp, () => {
    call.reportReferral?.(200, 'OK');
    agent.report({
      _tag: 'accepted',
      call: call.id,
      ...compact({ identity }),
      ...exposedHeaders(agent, read(message)),
      ...(isFork(early, session) ? { forked: true } : {}),
    });
    timedBy(agent, call, message);
  });
}

/** A retry after a rejection: Min-SE of a 422, or the Contacts of a 3xx. */
function wayOut(
  { account, options: { uriHeaders = [] } }: SipContext,
  message: IncomingResponseMessage,
): Partial<TurnedBack> | undefined {
  const { statusCode = 500 } = message;
  if (statusCode === 422) {
    const minSessionExpires = leastOf(read(message));
    return minSessionExpires === undefined ? undefined : { minSessionExpires };
  }
  const targets = statusCode >= 300 && statusCode < 400 ? targetsOf(read(message), account.realm, uriHeaders) : [];
  return targets.length === 0 ? undefined : { targets };
}

/** A final response other than 2xx. */
function refused(agent: SipContext, call: SipCall, message: IncomingResponseMessage): void {
  const end = endByResponse(message);
  const found = call.life.closed ? undefined : wayOut(agent, message);
  if (found === undefined) {
    endRemotely(agent, call, end);
    return;
  }
  call.signalling = unsent;
  agent.report({ _tag: 'redirected', call: call.id, ...found, end });
}

/**
 * The INVITE. One that takes the place of another is the same call: only whom it asks, or for how long, is different.
 * RFC 3261 §8.1.3.4, RFC 4028 §7.3.
 */
function written(agent: SipContext, call: SipCall, dial: Dial, again: Again): OutgoingRequestMessage | undefined {
  const { core, account, options } = agent;
  const body = call.invite === undefined ? call.peer?.localDescription : call.local;
  const { target = '' } = again;
  const uri = target === '' ? dial.uri : parseSipUri(splitHeaders(target)[0]);
  const asked = headerLines(headersIn(target, options.uriHeaders ?? []));
  if (body === undefined || uri === undefined || isLeft(asked)) return undefined;
  const { callId, fromTag = '', cseq = 0 } = call.invite ?? {};
  const same = callId === undefined ? {} : { callId, fromTag, cseq: cseq + 1 };
  const timers = askingFor(undefined, options.sessionExpires, again.minSessionExpires);
  const headers = [...dialogHeaders(account), ...timers, ...dial.headers, ...asked.right];
  const message = core.makeOutgoingRequestMessage('INVITE', uri, account.aor, dial.uri, same, headers, sdpBody(body));
  call.local = body;
  call.invite = message;
  return message;
}

/**
 * Sends the INVITE. A CANCEL waits in sip.js for the first provisional response (RFC 3261 §9.1); a 200 that comes all
 * the same, or from another branch than the first, is acknowledged and hung up (§13.2.2.4).
 */
export function place(agent: SipContext, call: SipCall, again: Again = {}): void {
  const { core } = agent;
  const message = call.dial && written(agent, call, call.dial, again);
  if (message === undefined) {
    endRemotely(agent, call, { by: 'local', cause: 'media_failed' });
    return;
  }
  call.ref = message.callId;
  const early: Early = { descriptions: new Map() };
  const turned = ({ message: response }: { readonly message: IncomingResponseMessage }): void => {
    refused(agent, call, response);
  };
  const request = core.invite(message, {
    onProgress: ({ message: response }) => {
      if (!call.life.closed && call.session === undefined) progressed(agent, call, early, response);
    },
    onAccept: response => {
      refreshTarget(response.session, response.message);
      response.ack({ extraHeaders: credentialLines(message) });
      if (call.life.closed || call.session !== undefined) {
        agent.endedOffline.delete(call.id);
        response.session.bye();
      } else {
        call.life.remove(ended);
        accepted(agent, call, early, response.session, response.message);
      }
    },
    onRedirect: turned,
    onReject: turned,
  });
  // An INVITE whose call has ended is marked: its challenges are not answered.
  const ended = new Subscription(() => {
    agent.cancelledInvites.add(message);
  });
  call.life.add(ended);
  call.signalling = {
    hangup: why => {
      request.cancel(reasonValue(why));
    },
    forget: () => {
      drop(core, request);
    },
  };
  agent.report({ _tag: 'placed', call: call.id, ref: message.callId });
}

function preference(parameters: string): number {
  const [, q] = /;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?=;|$)/i.exec(parameters) ?? [];
  return q === undefined ? 1 : Number(q);
}

/** Where a 3xx sends us, best first, each once: only what can be called. RFC 3261 §8.1.3.4. */
export function targetsOf(message: SipMessage, realm: string, allowed: readonly string[]): readonly string[] {
  const found = headerValues(message, 'contact').flatMap(value => {
    const address = parseAddress(value);
    const target = asTarget(originalUri(address?.uri ?? ''), realm, allowed);
    return address === undefined || target === undefined ? [] : [{ target, q: preference(address.parameters) }];
  });
  return [...new Set([...found].sort((a, b) => b.q - a.q).map(({ target }) => target))];
}
