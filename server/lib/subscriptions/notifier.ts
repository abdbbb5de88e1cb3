/** The notifier: a user agent that answers SUBSCRIBE for every user. RFC 6665, RFC 4235, RFC 3842. */
import { parseAddress, parseUri } from '../sip/address.js';
import { header, headerList, type SipMessage, type SipRequest } from '../sip/message.js';
import type { Peer } from '../sip/peer.js';
import type { Lifetimes } from '../sip/registrar.js';
import { reply, type Extra } from '../sip/response.js';
import type { User, Users } from '../users.js';
import { createUserAgent } from '../user-agent/user-agent.js';
import type { Part } from './dialog-state.js';
import { dialogInfo, messageSummary, type Messages } from './documents.js';
import { openSubscription, type Package, type Subscription } from './subscription.js';

/** Settings of the notifier. */
export interface NotifierSettings {
  readonly host: string;
  readonly realm: string;
  readonly users: Users;
  readonly lifetimes: Lifetimes;
  readonly toProxy: (from: Peer, message: SipMessage) => void;
  /** The calls of a user. */
  readonly partsOf: (user: User) => readonly Part[];
  /** True while a socket serves that address. */
  readonly isReachable: (uri: string) => boolean;
}

/** The notifier, and its peer at the proxy. */
export interface Notifier {
  readonly peer: Peer;
  /** Notifies the watchers of a user about a change in a call. */
  readonly changed: (part: Part) => void;
  /** Sets the message counts of a user's mailbox. */
  readonly mailbox: (user: User, messages: Messages) => void;
  /** Removes the subscriptions of a closed socket. */
  readonly gone: () => void;
  readonly close: () => void;
}

const empty: Messages = { new: 0, old: 0 };

/** A notifier without subscriptions; every mailbox is empty. */
export function createNotifier(settings: NotifierSettings): Notifier {
  const { host, realm, users, lifetimes, toProxy, partsOf, isReachable } = settings;
  const agent = createUserAgent({ host, allow: 'SUBSCRIBE', toProxy, outside });
  const subscriptions = new Set<Subscription>();
  const mailboxes = new Map<User, Messages>();
  const addressOf = ({ name }: User): string => `sip:${name}@${realm}`;

  const dialog: Package = {
    contentType: 'application/dialog-info+xml',
    document: (user, version, change) =>
      dialogInfo(addressOf(user), version, change === undefined, change ? [change] : partsOf(user)),
  };
  const summary: Package = {
    contentType: 'application/simple-message-summary',
    document: (user, _, change) => (change ? undefined : messageSummary(addressOf(user), mailboxes.get(user) ?? empty)),
  };
  const packages = new Map([
    ['dialog', dialog],
    ['message-summary', summary],
  ]);

  function outside(request: SipRequest): void {
    const answer = (status: number, extra: Extra = {}): void => {
      agent.send(reply(request, status, extra));
    };
    const user = users.find(parseUri(request.uri)?.user ?? '');
    const wanted = packages.get((header(request, 'Event') ?? '').split(';')[0]?.trim().toLowerCase() ?? '');
    const allowed = { name: 'Allow-Events', value: [...packages.keys()].join(', ') };
    if (request.method === 'OPTIONS') answer(200, { headers: [{ name: 'Allow', value: 'SUBSCRIBE' }, allowed] });
    else if (request.method !== 'SUBSCRIBE') agent.refuseMethod(request);
    else if (!user) answer(404);
    else if (!wanted) answer(489, { headers: [allowed] });
    else if (!parseAddress(headerList(request, 'Contact')[0] ?? '')) answer(400);
    // A mailbox is visible to its owner only, dialog state to every user.
    else if (wanted === summary && watcherOf(request) !== user) answer(403);
    else begin(request, user, wanted);
  }

  /** The subscriber, as the proxy asserts it. */
  function watcherOf(request: SipRequest): User | undefined {
    const asserted = parseAddress(header(request, 'P-Asserted-Identity') ?? '');
    return users.find(parseUri(asserted?.uri ?? '')?.user ?? '');
  }

  function begin(request: SipRequest, user: User, wanted: Package): void {
    const seconds = granted(request);
    if (seconds === undefined) return;
    const subscription = openSubscription(
      { request, user, package: wanted, seconds },
      { agent, granted, over: one => subscriptions.delete(one) },
    );
    if (seconds > 0) subscriptions.add(subscription);
  }

  function granted(request: SipRequest): number | undefined {
    const asked = Number(header(request, 'Expires') ?? lifetimes.usual);
    const seconds = Number.isInteger(asked) && asked >= 0 ? asked : lifetimes.usual;
    if (seconds === 0 || seconds >= lifetimes.min) return Math.min(seconds, lifetimes.max);
    agent.send(reply(request, 423, { headers: [{ name: 'Min-Expires', value: String(lifetimes.min) }] }));
    return undefined;
  }

  function tell(user: User, wanted: Package, change?: Part): void {
    for (const one of [...subscriptions]) if (one.user === user && one.package === wanted) one.notify(change);
  }

  return {
    peer: agent.peer,
    changed: part => {
      tell(part.user, dialog, part);
    },
    mailbox: (user, messages) => {
      mailboxes.set(user, messages);
      tell(user, summary);
    },
    gone: () => {
      for (const one of [...subscriptions]) if (!isReachable(one.target())) one.forget();
    },
    close: () => {
      for (const one of [...subscriptions]) one.forget();
    },
  };
}
