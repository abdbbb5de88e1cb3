/** One subscription from its SUBSCRIBE to its end. RFC 6665 §4.2. */
import { parseAddress } from '../sip/address.js';
import { cseq, header, headerList, type Header, type SipRequest } from '../sip/message.js';
import { reply, token } from '../sip/response.js';
import type { User } from '../users.js';
import { partsOfUas, recordRoutes, requestIn } from '../user-agent/dialog.js';
import { dialogKey, type UserAgent } from '../user-agent/user-agent.js';
import type { Part } from './dialog-state.js';

/** An event package: the state of a user and its document. RFC 6665 §2.1. */
export interface Package {
  readonly contentType: string;
  /** A full document, or a partial one for one change; `undefined` where a change does not concern this package. */
  readonly document: (user: User, version: number, change?: Part) => string | undefined;
}

/** An active subscription. */
export interface Subscription {
  readonly user: User;
  readonly package: Package;
  /** Request-URI of its NOTIFYs. */
  readonly target: () => string;
  /** Sends a NOTIFY with the full state, or with one change. */
  readonly notify: (change?: Part) => void;
  /** Removes the subscription without a NOTIFY. */
  readonly forget: () => void;
}

/** Parameters of a subscription. */
export interface Wanted {
  readonly request: SipRequest;
  readonly user: User;
  readonly package: Package;
  /** Duration in seconds; 0 fetches the state once. */
  readonly seconds: number;
}

/** Services of the notifier. */
export interface Around {
  readonly agent: UserAgent;
  /** Granted duration of a refresh, in seconds; `undefined` when it has been refused. */
  readonly granted: (request: SipRequest) => number | undefined;
  readonly over: (subscription: Subscription) => void;
}

/** Accepts a SUBSCRIBE and sends the first NOTIFY. */
export function openSubscription(wanted: Wanted, { agent, granted, over }: Around): Subscription {
  const { request: first, user, package: told } = wanted;
  const tag = token();
  const parts = partsOfUas(first, tag, `<sip:${user.name}@${agent.host};transport=ws>`);
  const key = dialogKey(parts.callId, tag, parts.remoteTag);
  const event = header(first, 'Event') ?? '';
  let { target, localSequence, remoteSequence } = parts;
  let version = 0;
  let until = 0;
  let timer: NodeJS.Timeout | undefined;

  function accept(request: SipRequest, seconds: number): void {
    clearTimeout(timer);
    until = Date.now() + seconds * 1000;
    const headers: readonly Header[] = [
      ...recordRoutes(request),
      { name: 'Contact', value: parts.contact },
      { name: 'Expires', value: String(seconds) },
    ];
    agent.send(reply(request, 200, { tag, headers }));
    if (seconds === 0) {
      expire();
      return;
    }
    timer = setTimeout(expire, seconds * 1000).unref();
    notify();
  }

  function expire(): void {
    forget();
    send('terminated;reason=timeout', told.document(user, version));
  }

  function notify(change?: Part): void {
    const body = told.document(user, version, change);
    if (body === undefined) return;
    version += 1;
    send(`active;expires=${Math.max(0, Math.round((until - Date.now()) / 1000))}`, body);
  }

  function send(state: string, body = ''): void {
    localSequence += 1;
    const headers = [
      { name: 'Contact', value: parts.contact },
      { name: 'Event', value: event },
      { name: 'Subscription-State', value: state },
      { name: 'Content-Type', value: told.contentType },
    ];
    agent.request(
      requestIn(parts, target, { method: 'NOTIFY', number: localSequence, headers, body }),
      ({ status }) => {
        // A refused NOTIFY ends the subscription. RFC 6665 §4.2.2.
        if (status >= 300) forget();
      },
    );
  }

  function receive(request: SipRequest): void {
    const number = cseq(request)?.number ?? 0;
    if (request.method !== 'SUBSCRIBE') agent.refuseMethod(request);
    // A later request has overtaken it. RFC 3261 §12.2.2.
    else if (number < remoteSequence) agent.send(reply(request, 500));
    else {
      const seconds = granted(request);
      remoteSequence = number;
      target = parseAddress(headerList(request, 'Contact')[0] ?? '')?.uri ?? target;
      if (seconds !== undefined) accept(request, seconds);
    }
  }

  function forget(): void {
    clearTimeout(timer);
    agent.dialogs.delete(key);
    over(subscription);
  }

  const subscription: Subscription = { user, package: told, target: () => target, notify, forget };
  agent.dialogs.set(key, receive);
  accept(first, wanted.seconds);
  return subscription;
}
