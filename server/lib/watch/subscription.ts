/** One subscription from its SUBSCRIBE to its end. RFC 6665 §4.2. */
import { parseAddress } from '../address.js';
import { cseq, header, headerLines, headerList, type Header, type SipRequest } from '../message.js';
import { reply, token } from '../reply.js';
import type { User } from '../users.js';
import { dialogKey, tagIn, type Agent } from '../voice/sipagent.js';
import { requestIn, type DialogParts } from '../voice/sipparts.js';
import type { Part } from './calls.js';

/** What can be watched of a user, and in which words. */
export interface Package {
  readonly contentType: string;
  /** A whole document, or that of one change; `undefined` where a change is nothing to this package. */
  readonly document: (user: User, version: number, change?: Part) => string | undefined;
}

/** Somebody who watches. */
export interface Subscription {
  readonly user: User;
  readonly package: Package;
  /** Where its NOTIFYs go. */
  readonly target: () => string;
  /** Tells all, or what has changed. */
  readonly notify: (change?: Part) => void;
  /** Is not told any more, and not told so. */
  readonly forget: () => void;
}

/** What a subscription is made of. */
export interface Wanted {
  readonly request: SipRequest;
  readonly user: User;
  readonly package: Package;
  /** How long, in seconds; 0 is one look. */
  readonly seconds: number;
}

/** What it needs around it. */
export interface Around {
  readonly agent: Agent;
  /** How long a later SUBSCRIBE may run, in seconds; `undefined` once that has been refused. */
  readonly granted: (request: SipRequest) => number | undefined;
  readonly over: (subscription: Subscription) => void;
}

/** Accepts it, and says at once how things are. */
export function openSubscription(wanted: Wanted, { agent, granted, over }: Around): Subscription {
  const { request: first, user, package: told } = wanted;
  const tag = token();
  const parts = partsOf(first, tag, `<sip:${user.name}@${agent.host};transport=ws>`);
  const key = dialogKey(parts.callId, tag, parts.theirTag);
  const event = header(first, 'Event') ?? '';
  let { target, sent, heard } = parts;
  let version = 0;
  let until = 0;
  let timer: NodeJS.Timeout | undefined;

  function accept(request: SipRequest, seconds: number): void {
    clearTimeout(timer);
    until = Date.now() + seconds * 1000;
    const routes = headerLines(request, 'Record-Route').map(value => ({ name: 'Record-Route', value }));
    const headers: readonly Header[] = [
      ...routes,
      { name: 'Contact', value: parts.contact },
      { name: 'Expires', value: String(seconds) },
    ];
    agent.say(reply(request, 200, { tag, headers }));
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
    sent += 1;
    const headers = [
      { name: 'Contact', value: parts.contact },
      { name: 'Event', value: event },
      { name: 'Subscription-State', value: state },
      { name: 'Content-Type', value: told.contentType },
    ];
    agent.ask(requestIn(parts, target, { method: 'NOTIFY', number: sent, headers, body }), ({ status }) => {
      // Who does not take it does not want it. RFC 6665 §4.2.2.
      if (status >= 300) forget();
    });
  }

  function receive(request: SipRequest): void {
    const number = cseq(request)?.number ?? 0;
    if (request.method !== 'SUBSCRIBE')
      agent.say(reply(request, 405, { headers: [{ name: 'Allow', value: 'SUBSCRIBE' }] }));
    // One that a later one has overtaken. RFC 3261 §12.2.2.
    else if (number < heard) agent.say(reply(request, 500));
    else {
      const seconds = granted(request);
      heard = number;
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

function partsOf(request: SipRequest, ourTag: string, contact: string): DialogParts {
  return {
    callId: header(request, 'Call-ID') ?? '',
    ourTag,
    theirTag: tagIn(request, 'From'),
    local: `${header(request, 'To') ?? ''};tag=${ourTag}`,
    remote: header(request, 'From') ?? '',
    target: parseAddress(headerList(request, 'Contact')[0] ?? '')?.uri ?? '',
    routes: headerList(request, 'Record-Route'),
    contact,
    sent: 0,
    heard: cseq(request)?.number ?? 0,
  };
}
