/** A dialog once it is confirmed, whoever called: keys, offers and the end, both ways. RFC 3261 §12.2, §14, §15. */
import { parseAddress } from '../address.js';
import { ackOf } from '../hop.js';
import { cseq, headerList, type Header, type SipRequest, type SipResponse } from '../message.js';
import { reply } from '../reply.js';
import { dialogKey, type Agent } from './sipagent.js';
import { digitBody, digitIn, isDigit } from './sipdigit.js';
import { requestIn, type DialogParts } from './sipparts.js';
import { allow, mayBeSdp, reasonsOf, sdpHeaders, whyOf, type Why } from './sipwords.js';

/** What the far side does. */
export interface DialogEars {
  /** Our 2xx has arrived, the first or that of a later offer. */
  readonly acknowledged: () => void;
  readonly ended: (why: Why) => void;
  readonly digit: (digit: string) => void;
  /** A later offer, or an empty one that asks for ours; `answer` is called once. `taken` hears the answer to ours. */
  readonly offered: (sdp: string, answer: (sdp: string | undefined, taken?: (answer: string) => void) => void) => void;
}

/** What we do. */
export interface Dialog {
  /** ACK to a 2xx of the INVITE. */
  readonly acknowledge: () => void;
  readonly bye: (why: Why) => void;
  readonly digit: (digit: string) => void;
  /** Our later offer; rejects when it is refused, or when another one is under way. */
  readonly change: (offer: string) => Promise<string>;
  readonly receive: (request: SipRequest) => void;
}

/** A dialog that hears its requests from now until its end. */
export function openDialog(parts: DialogParts, agent: Agent, ears: DialogEars): Dialog {
  const key = dialogKey(parts.callId, parts.ourTag, parts.theirTag);
  let { target, sent, heard } = parts;
  let over = false;
  /** An offer of either side has no answer yet. RFC 3261 §14. */
  let changing = false;
  /** The re-INVITE or UPDATE that waits for our answer. */
  let pending: SipRequest | undefined;
  let taken: ((answer: string) => void) | undefined;

  const make = (method: string, number: number, more: readonly Header[] = [], body = ''): SipRequest =>
    requestIn(parts, target, { method, number, headers: more, body });

  function ask(
    method: string,
    more: readonly Header[],
    body = '',
    hear: (response: SipResponse) => void = lostBy,
  ): void {
    sent += 1;
    agent.ask(make(method, sent, more, body), hear);
  }

  /** The far side knows of no such dialog: then there is none. RFC 3261 §12.2.1.2. */
  function lostBy(response: SipResponse): void {
    if (response.status === 481) finish({});
  }

  function finish(why: Why): void {
    if (over) return;
    shut();
    ears.ended(why);
  }

  function shut(): void {
    over = true;
    agent.dialogs.delete(key);
    if (pending) agent.say(reply(pending, 487));
    pending = undefined;
  }

  function change(offer: string): Promise<string> {
    if (over || changing) return Promise.reject(new Error(over ? '481 the call is over' : '491 an offer is under way'));
    changing = true;
    return new Promise((resolve, reject) => {
      sent += 1;
      const number = sent;
      const headers = [{ name: 'Contact', value: parts.contact }, allow, ...sdpHeaders(offer)];
      const asked = agent.ask(make('INVITE', number, headers, offer), response => {
        if (response.status < 200) return;
        if (response.status < 300) agent.tell(make('ACK', number));
        else agent.say(ackOf(asked, response));
        changing = false;
        if (response.status < 300 && response.body !== '') resolve(response.body);
        else reject(new Error(`${response.status} ${response.reason}`));
        lostBy(response);
      });
    });
  }

  function changed(request: SipRequest): void {
    if (request.method === 'UPDATE' && request.body === '') accept(request, '');
    else if (changing) agent.say(reply(request, 491));
    else if (!mayBeSdp(request))
      agent.say(reply(request, 415, { headers: [{ name: 'Accept', value: 'application/sdp' }] }));
    else {
      changing = true;
      pending = request;
      ears.offered(request.body, (sdp, then) => {
        if (pending !== request) return;
        pending = undefined;
        // An offer of ours is answered in the ACK. RFC 3261 §13.2.1.
        taken = request.body === '' ? then : undefined;
        changing = taken !== undefined && sdp !== undefined;
        if (sdp === undefined) agent.say(reply(request, 488));
        else accept(request, sdp);
      });
    }
  }

  function accept(request: SipRequest, body: string): void {
    target = parseAddress(headerList(request, 'Contact')[0] ?? '')?.uri ?? target;
    const headers = [{ name: 'Contact', value: parts.contact }, allow, ...sdpHeaders(body)];
    agent.say(reply(request, 200, { headers, body }));
  }

  function informed(request: SipRequest): void {
    const digit = digitIn(request);
    if (!isDigit(request)) agent.say(reply(request, 469));
    else if (digit === undefined) agent.say(reply(request, 400));
    else {
      agent.say(reply(request, 200));
      ears.digit(digit);
    }
  }

  const methods: Readonly<Record<string, ((request: SipRequest) => void) | undefined>> = {
    INVITE: changed,
    UPDATE: changed,
    INFO: informed,
    OPTIONS: request => {
      agent.say(reply(request, 200, { headers: [allow] }));
    },
    BYE: request => {
      agent.say(reply(request, 200));
      finish(whyOf(request));
    },
  };

  function receive(request: SipRequest): void {
    if (request.method === 'ACK') {
      const hear = taken;
      if (hear) changing = false;
      taken = undefined;
      ears.acknowledged();
      hear?.(request.body);
      return;
    }
    const number = cseq(request)?.number ?? 0;
    const act = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
    // One that a later one has overtaken. RFC 3261 §12.2.2.
    if (number < heard) agent.say(reply(request, 500));
    else if (act) act(request);
    else agent.say(reply(request, 405, { headers: [allow] }));
    heard = Math.max(heard, number);
  }

  agent.dialogs.set(key, receive);
  return {
    acknowledge: () => {
      agent.tell(make('ACK', parts.sent));
    },
    bye: why => {
      if (over) return;
      shut();
      ask(
        'BYE',
        reasonsOf(why).map(value => ({ name: 'Reason', value })),
      );
    },
    digit: digit => {
      const body = digitBody(digit);
      if (over || body === undefined) return;
      ask('INFO', [{ name: 'Content-Type', value: 'application/dtmf-relay' }], body);
    },
    change,
    receive,
  };
}
