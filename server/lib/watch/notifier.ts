/** Who watches whom: a user agent inside the server that answers SUBSCRIBE for every user. RFC 6665, RFC 4235, RFC 3842. */
import { parseAddress, parseUri } from '../address.js';
import { header, headerList, type SipMessage, type SipRequest } from '../message.js';
import { programPeer, type Peer } from '../peer.js';
import type { Lifetimes } from '../registrar.js';
import { reply, toTag, type Extra } from '../reply.js';
import type { User, Users } from '../users.js';
import { createAgent, keyOf } from '../voice/sipagent.js';
import type { Part } from './calls.js';
import { dialogInfo, messageSummary, type Messages } from './documents.js';
import { openSubscription, type Package, type Subscription } from './subscription.js';

/** What it is given. */
export interface NotifierSettings {
  /** Its own name, a `.invalid` host that nobody can speak for from outside. */
  readonly host: string;
  readonly realm: string;
  readonly users: Users;
  readonly lifetimes: Lifetimes;
  /** Hands a message to the proxy. */
  readonly say: (message: SipMessage) => void;
  /** The calls of a user. */
  readonly partsOf: (user: User) => readonly Part[];
  /** Whether somebody speaks for that address now. */
  readonly isReachable: (uri: string) => boolean;
}

/** The notifier, and the peer that stands for it at the proxy. */
export interface Notifier {
  readonly peer: Peer;
  /** Something has changed in a call. */
  readonly changed: (part: Part) => void;
  /** What waits in a user's mailbox from now on. */
  readonly mailbox: (user: User, messages: Messages) => void;
  /** A socket is gone: who can't be reached any more is forgotten. */
  readonly gone: () => void;
  readonly close: () => void;
}

const empty: Messages = { new: 0, old: 0 };

/** Nobody watches yet, and every mailbox is empty. */
export function createNotifier(settings: NotifierSettings): Notifier {
  const { host, realm, users, lifetimes, say, partsOf, isReachable } = settings;
  const agent = createAgent(host, say);
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

  function receive(request: SipRequest): void {
    const inside = agent.dialogs.get(keyOf(request));
    if (request.method === 'ACK') return;
    if (inside) inside(request);
    else if (toTag(request) !== undefined || request.method === 'CANCEL') say(reply(request, 481));
    else outside(request);
  }

  function outside(request: SipRequest): void {
    const answer = (status: number, extra: Extra = {}): void => {
      say(reply(request, status, extra));
    };
    const required = headerList(request, 'Require');
    const user = users.find(parseUri(request.uri)?.user ?? '');
    const wanted = packages.get((header(request, 'Event') ?? '').split(';')[0]?.trim().toLowerCase() ?? '');
    const allowed = { name: 'Allow-Events', value: [...packages.keys()].join(', ') };
    if (required.length > 0) answer(420, { headers: required.map(value => ({ name: 'Unsupported', value })) });
    else if (request.method === 'OPTIONS') answer(200, { headers: [{ name: 'Allow', value: 'SUBSCRIBE' }, allowed] });
    else if (request.method !== 'SUBSCRIBE') answer(405, { headers: [{ name: 'Allow', value: 'SUBSCRIBE' }] });
    else if (!user) answer(404);
    else if (!wanted) answer(489, { headers: [allowed] });
    else if (!parseAddress(headerList(request, 'Contact')[0] ?? '')) answer(400);
    // A mailbox is its owner's alone; everybody may see who is on the phone.
    else if (wanted === summary && watcherOf(request) !== user) answer(403);
    else begin(request, user, wanted);
  }

  /** Who subscribes, in the word of the proxy. */
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
    say(reply(request, 423, { headers: [{ name: 'Min-Expires', value: String(lifetimes.min) }] }));
    return undefined;
  }

  function tell(user: User, wanted: Package, change?: Part): void {
    for (const one of [...subscriptions]) if (one.user === user && one.package === wanted) one.notify(change);
  }

  return {
    peer: programPeer(message => {
      if (message.kind === 'response') agent.respond(message);
      else receive(message);
    }),
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
