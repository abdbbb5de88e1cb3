/** A confirmed dialog of the user agent, as caller or callee: requests, offers and the end. RFC 3261 §12.2, §14, §15. */
import { parseAddress } from '../sip/address.js';
import { ackOf } from '../sip/hop-by-hop.js';
import { cseq, header, headerLines, headerList } from '../sip/message.js';
import type { Header, SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import { reply } from '../sip/response.js';
import { digitBody, digitIn, isDigit } from './dtmf-info.js';
import { allow, mayBeSdp, reasonOf, reasonsOf, sdpHeaders, type EndCause } from './headers.js';
import { dialogKey, tagIn, type UserAgent } from './user-agent.js';

/** State of a dialog, from our side. */
export interface DialogParts {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Our From value, with its tag. */
  readonly local: string;
  /** The far side's To value, with its tag. */
  readonly remote: string;
  /** The far side's Contact. */
  readonly target: string;
  /** Route values, in order. */
  readonly routes: readonly string[];
  /** Our Contact value. */
  readonly contact: string;
  /** Highest CSeq number that we have sent; 0 for none. */
  readonly localSequence: number;
  /** Highest CSeq number that we have received. */
  readonly remoteSequence: number;
}

/** Events of a dialog. */
export interface DialogEvents {
  /** An ACK to a 2xx of ours has arrived; `sdp` is its body. */
  readonly acknowledged: (sdp: string) => void;
  /** The far side has ended the dialog. */
  readonly ended: (cause: EndCause) => void;
  readonly digit: (digit: string) => void;
  /**
   * A later offer, or an empty one that asks for ours. `answer` is called once: without SDP it refuses with 488. `accepted`
   * gets the answer to an offer of ours.
   */
  readonly offered: (
    sdp: string,
    answer: (sdp: string | undefined, accepted?: (answer: string) => void) => void,
  ) => void;
  /** A NOTIFY within the dialog. RFC 3515 §2.4.4. */
  readonly notified?: (request: SipRequest) => void;
}

/** Requests of ours within a dialog. */
export interface Dialog {
  /** Sends the ACK to a 2xx of the INVITE. */
  readonly acknowledge: () => void;
  readonly bye: (cause: EndCause) => void;
  readonly digit: (digit: string) => void;
  /** Sends a re-INVITE; resolves with its answer. Rejects when it is refused, or with 491 while another offer is pending. */
  readonly offer: (sdp: string) => Promise<string>;
  /** Sends any other request; resolves with its final status. */
  readonly request: (method: string, headers: readonly Header[]) => Promise<number>;
  /** The far side's present Contact. */
  readonly target: () => string;
}

/** A rejected request, with its status. */
export class RequestRefused extends Error {
  constructor(
    readonly status: number,
    reason: string,
  ) {
    super(`${status} ${reason}`);
  }
}

/**
 * Opens a dialog, which handles its requests until its end.
 *
 * @param more - headers of every 2xx to an offer besides Contact and Allow
 */
export function openDialog(
  parts: DialogParts,
  agent: UserAgent,
  events: DialogEvents,
  more: readonly Header[] = [],
): Dialog {
  const key = dialogKey(parts.callId, parts.localTag, parts.remoteTag);
  let { target, localSequence, remoteSequence } = parts;
  let isOver = false;
  /** True while an offer of either side has no answer. RFC 3261 §14. */
  let isNegotiating = false;
  /** The re-INVITE or UPDATE that waits for our answer. */
  let pending: SipRequest | undefined;
  /** Gets the answer to the offer in our 2xx, which the ACK carries. RFC 3261 §13.2.1. */
  let onAnswer: ((answer: string) => void) | undefined;

  const build = (method: string, number: number, headers: readonly Header[] = [], body = ''): SipRequest =>
    requestIn(parts, target, { method, number, headers, body });

  /** Sends a request and calls `onFinal` with its final response. */
  function send(
    method: string,
    headers: readonly Header[],
    body: string,
    onFinal: (response: SipResponse, sent: SipRequest) => void,
  ): void {
    localSequence += 1;
    const sent = agent.request(build(method, localSequence, headers, body), response => {
      if (response.status < 200) return;
      onFinal(response, sent);
      // The far side does not know the dialog, or is gone. RFC 3261 §12.2.1.2.
      if (response.status === 481 || response.status === 408) finish({});
    });
  }

  function finish(cause: EndCause): void {
    if (isOver) return;
    shut();
    events.ended(cause);
  }

  function shut(): void {
    isOver = true;
    agent.dialogs.delete(key);
    if (pending) agent.send(reply(pending, 487));
    pending = undefined;
  }

  function refresh(message: SipMessage): void {
    target = contactOf(message) ?? target;
  }

  function offer(sdp: string): Promise<string> {
    if (isOver) return Promise.reject(new RequestRefused(481, 'the call is over'));
    if (isNegotiating) return Promise.reject(new RequestRefused(491, 'an offer is pending'));
    isNegotiating = true;
    const headers = [{ name: 'Contact', value: parts.contact }, allow, ...sdpHeaders(sdp)];
    return new Promise((resolve, reject) => {
      send('INVITE', headers, sdp, (response, sent) => {
        isNegotiating = false;
        if (response.status >= 300) agent.send(ackOf(sent, response));
        else {
          refresh(response);
          agent.acknowledge(build('ACK', cseq(sent)?.number ?? 0));
        }
        if (response.status < 300 && response.body !== '') resolve(response.body);
        else reject(new RequestRefused(response.status, response.reason));
      });
    });
  }

  function receiveOffer(request: SipRequest): void {
    if (request.method === 'UPDATE' && request.body === '') accept(request, '');
    else if (isNegotiating) agent.send(reply(request, 491));
    else if (!mayBeSdp(request))
      agent.send(reply(request, 415, { headers: [{ name: 'Accept', value: 'application/sdp' }] }));
    else {
      isNegotiating = true;
      pending = request;
      events.offered(request.body, (sdp, accepted) => {
        if (pending !== request) return;
        pending = undefined;
        onAnswer = request.body === '' ? accepted : undefined;
        isNegotiating = onAnswer !== undefined && sdp !== undefined;
        if (sdp === undefined) agent.send(reply(request, 488));
        else accept(request, sdp);
      });
    }
  }

  function accept(request: SipRequest, body: string): void {
    refresh(request);
    const headers = [{ name: 'Contact', value: parts.contact }, allow, ...more, ...sdpHeaders(body)];
    agent.send(reply(request, 200, { headers, body }));
  }

  function receiveInfo(request: SipRequest): void {
    const digit = digitIn(request);
    agent.send(reply(request, !isDigit(request) ? 469 : digit === undefined ? 400 : 200));
    if (digit !== undefined) events.digit(digit);
  }

  function receiveAck({ body }: SipRequest): void {
    const accepted = onAnswer;
    if (accepted) isNegotiating = false;
    onAnswer = undefined;
    events.acknowledged(body);
    accepted?.(body);
  }

  const { notified } = events;
  const handlers = new Map<string, (request: SipRequest) => void>([
    ['INVITE', receiveOffer],
    ['UPDATE', receiveOffer],
    ['INFO', receiveInfo],
    [
      'BYE',
      request => {
        agent.send(reply(request, 200));
        finish(reasonOf(request));
      },
    ],
    ...(notified
      ? [
          [
            'NOTIFY',
            (request: SipRequest) => {
              agent.send(reply(request, 200));
              notified(request);
            },
          ] as const,
        ]
      : []),
  ]);

  function receive(request: SipRequest): void {
    if (request.method === 'ACK') {
      receiveAck(request);
      return;
    }
    const number = cseq(request)?.number ?? 0;
    // A later request has overtaken it. RFC 3261 §12.2.2.
    if (number < remoteSequence) agent.send(reply(request, 500));
    else (handlers.get(request.method) ?? agent.refuseMethod)(request);
    remoteSequence = Math.max(remoteSequence, number);
  }

  agent.dialogs.set(key, receive);
  return {
    acknowledge: () => {
      agent.acknowledge(build('ACK', parts.localSequence));
    },
    bye: cause => {
      if (isOver) return;
      shut();
      const reasons = reasonsOf(cause).map(value => ({ name: 'Reason', value }));
      send('BYE', reasons, '', () => undefined);
    },
    digit: digit => {
      const body = digitBody(digit);
      if (isOver || body === undefined) return;
      send('INFO', [{ name: 'Content-Type', value: 'application/dtmf-relay' }], body, () => undefined);
    },
    offer,
    request: (method, headers) =>
      isOver
        ? Promise.resolve(481)
        : new Promise(resolve => {
            send(method, [{ name: 'Contact', value: parts.contact }, ...headers], '', ({ status }) => {
              resolve(status);
            });
          }),
    target: () => target,
  };
}

/** The dialog that an answer to an INVITE of theirs, or their SUBSCRIBE, makes. RFC 3261 §12.1.1. */
export function partsOfUas(request: SipRequest, localTag: string, contact: string): DialogParts {
  return {
    callId: header(request, 'Call-ID') ?? '',
    localTag,
    remoteTag: tagIn(request, 'From'),
    local: `${header(request, 'To') ?? ''};tag=${localTag}`,
    remote: header(request, 'From') ?? '',
    target: contactOf(request) ?? '',
    routes: headerList(request, 'Record-Route'),
    contact,
    localSequence: 0,
    remoteSequence: cseq(request)?.number ?? 0,
  };
}

/** The dialog that a 2xx to an INVITE of ours makes. RFC 3261 §12.1.2. */
export function partsOfUac(invite: SipRequest, response: SipResponse, contact: string): DialogParts {
  return {
    callId: header(invite, 'Call-ID') ?? '',
    localTag: tagIn(invite, 'From'),
    remoteTag: tagIn(response, 'To'),
    local: header(invite, 'From') ?? '',
    remote: header(response, 'To') ?? '',
    target: contactOf(response) ?? invite.uri,
    routes: [...headerList(response, 'Record-Route')].reverse(),
    contact,
    localSequence: cseq(invite)?.number ?? 1,
    remoteSequence: 0,
  };
}

/** The Record-Route headers of a request, for the response that makes a dialog. RFC 3261 §12.1.1. */
export function recordRoutes(request: SipRequest): readonly Header[] {
  return headerLines(request, 'Record-Route').map(value => ({ name: 'Record-Route', value }));
}

/** Method, CSeq number and content of one request. */
export interface RequestContent {
  readonly method: string;
  readonly number: number;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** A request to `target`; the Via is added when it is sent. */
export function requestIn(
  { callId, local, remote, routes }: Pick<DialogParts, 'callId' | 'local' | 'remote' | 'routes'>,
  target: string,
  { method, number, headers, body }: RequestContent,
): SipRequest {
  return {
    kind: 'request',
    method,
    uri: target,
    headers: [
      ...routes.map(value => ({ name: 'Route', value })),
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: local },
      { name: 'To', value: remote },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${number} ${method}` },
      ...headers,
    ],
    body,
  };
}

function contactOf(message: SipMessage): string | undefined {
  return parseAddress(headerList(message, 'Contact')[0] ?? '')?.uri;
}
