import { Grammar, type IncomingResponseMessage, type URI } from 'sip.js/lib/core/index.js';
import { isLeft, left, right } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { Grant, Package, WatchId, WatchOrder } from '../subscriptions/port.js';
import type { Agent, Notifier, SipWatch } from './agent.js';
import { DIALOG_INFO } from './dialoginfo.js';
import { failureOf, read } from './failure.js';
import { failed, type Settle } from './ledger.js';
import { headerValue } from './message.js';
import { MESSAGE_SUMMARY } from './messagesummary.js';
import { contactOf } from './remotetarget.js';
import { toRequestUri } from './uri.js';
import { dialogHeaders } from './wording.js';

type Watch = Extract<WatchOrder, { readonly _tag: 'watch' }>;
type Unwatch = Extract<WatchOrder, { readonly _tag: 'unwatch' }>;
/** What we can read of each package. */
export const bodies: Readonly<Record<Package, string>> = { dialog: DIALOG_INFO, 'message-summary': MESSAGE_SUMMARY };

/** What stands in a SUBSCRIBE of this package. RFC 6665 §3.1. */
const headersOf = ({ account }: Agent, name: Package, expires: number): string[] => [
  ...dialogHeaders(account),
  `Event: ${name}`,
  `Accept: ${bodies[name]}`,
  `Expires: ${String(expires)}`,
];

/** Another subscription; a former one under this name is forgotten, and what still comes of it is refused. */
const begin = (agent: Agent, { watch: id, package: name, expires }: Watch, uri: URI): SipWatch => {
  const { core, account, watches } = agent;
  for (const [callId, watch] of watches) if (watch.id === id) watches.delete(callId);
  const last = core.makeOutgoingRequestMessage('SUBSCRIBE', uri, account.aor, uri, {}, headersOf(agent, name, expires));
  const watch: SipWatch = { id, package: name, uri, last, notifier: undefined, isLeft: false };
  watches.set(last.callId, watch);
  return watch;
};

/** The next SUBSCRIBE of a subscription. */
const goOn = (agent: Agent, watch: SipWatch, { tag, target, routeSet }: Notifier, expires: number): void => {
  const { last, uri } = watch;
  const { callId, fromTag, cseq } = last;
  watch.last = agent.core.makeOutgoingRequestMessage(
    'SUBSCRIBE',
    target,
    agent.account.aor,
    uri,
    { callId, fromTag, toTag: tag, cseq: cseq + 1, routeSet: [...routeSet] },
    headersOf(agent, watch.package, expires),
  );
};

/** Our own mailbox where nobody is named. What an application makes of dialled numbers is for calls. */
const addressOf = ({ account }: Agent, uri: string): URI | undefined => {
  if (uri === '') return account.aor;
  const asked = toRequestUri(uri, account.realm);
  return isLeft(asked) ? undefined : Grammar.URIParse(asked.right);
};

const unsupported: ReadonlySet<number | undefined> = new Set([405, 489, 501]);

/** Why nothing can be watched: a server that knows no such event can't be asked for it again. RFC 6665 §8.3.2. */
const refusalOf = (response: IncomingResponseMessage): Failure => {
  const { statusCode } = response;
  return statusCode !== undefined && unsupported.has(statusCode)
    ? failed('unsupported', { statusCode })
    : failureOf(response);
};

/** The dialog state after a 2xx: tag, route set and the latest remote target. RFC 3261 §12.1.2, §12.2.1.2. */
const answering = (message: IncomingResponseMessage, { uri, notifier }: SipWatch): Notifier =>
  notifier === undefined
    ? {
        tag: message.toTag,
        target: contactOf(message) ?? uri,
        routeSet: message.getHeaders('record-route').reverse(),
      }
    : { ...notifier, target: (notifier.tag === message.toTag ? contactOf(message) : undefined) ?? notifier.target };

/** Sends what has been composed last. A refused subscription is none; one that could not be prolonged runs out by itself. */
const send = ({ core, watches }: Agent, watch: SipWatch, expires: number, settle: Settle<Grant>): void => {
  const isNew = watch.last.toTag === undefined || watch.last.toTag === '';
  const onReject = ({ message }: { readonly message: IncomingResponseMessage }): void => {
    if (isNew || watch.isLeft || message.statusCode === 481) watches.delete(watch.last.callId);
    settle(left(refusalOf(message)));
  };
  core.request(watch.last, {
    onAccept: ({ message }) => {
      watch.notifier = answering(message, watch);
      const granted = headerValue(read(message), 'expires') ?? '';
      settle(right({ expires: /^\d{1,10}$/.test(granted) ? Number(granted) : expires }));
    },
    onRedirect: onReject,
    onReject,
  });
};

const find = ({ watches }: Agent, id: WatchId): SipWatch | undefined =>
  [...watches.values()].find(watch => watch.id === id && !watch.isLeft);

/** Subscribes, or asks for longer: one attempt. */
export const subscribe = (agent: Agent, order: Watch, settle: Settle<Grant>): void => {
  const { expires, anew } = order;
  const uri = addressOf(agent, order.uri);
  if (!agent.account.isSound || uri === undefined) {
    settle(left(failed(uri === undefined ? 'invalid-target' : 'invalid-header')));
    return;
  }
  const watch = anew ? begin(agent, order, uri) : find(agent, order.watch);
  // There is nothing that could go on: as if the server had said so.
  if (watch === undefined || (!anew && watch.notifier === undefined)) {
    settle(left(failed('call-ended')));
    return;
  }
  if (watch.notifier !== undefined) goOn(agent, watch, watch.notifier, expires);
  send(agent, watch, expires, settle);
};

/** Ends it. One of which nobody has been heard is forgotten: its first notification is refused, and that ends it there. */
export const unsubscribe = (agent: Agent, { watch: id }: Unwatch): void => {
  const watch = find(agent, id);
  if (watch === undefined) return;
  watch.isLeft = true;
  if (watch.notifier === undefined) {
    agent.watches.delete(watch.last.callId);
    return;
  }
  goOn(agent, watch, watch.notifier, 0);
  send(agent, watch, 0, () => undefined);
};
