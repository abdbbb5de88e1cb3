import {
  type IncomingResponseMessage,
  type URI,
  NonInviteServerTransaction,
  UserAgentServer,
  type IncomingRequestMessage,
} from './sipjs.js';
import { parseSipUri } from './sip-uri.js';
import { isLeft, left, right } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { Grant, Package, WatchId, WatchOrder, Notice, WatchReport } from '../subscriptions/port.js';
import { type SipContext, type Notifier, type SipWatch, failed, type Settle } from './context.js';
import { DIALOG_INFO, parseDialogInfo } from './dialog-info.js';
import { failureOf, read } from './failure.js';
import { headerValue, splitOutside, wordOf, type SipMessage } from './message.js';
import { contactOf } from './remote-target.js';
import { toRequestUri } from './uri.js';
import { dialogHeaders } from './message-mapping.js';
import type { MessageCount } from '../subscriptions/model.js';
import { fault } from '../core/fault.js';
import { compact } from '../core/compact.js';

/** The type of such a body. RFC 3842 §5. */
const MESSAGE_SUMMARY = 'application/simple-message-summary';

const waiting = /^messages-waiting[ \t]*:[ \t]*(yes|no)[ \t]*$/i;
/** `Voice-Message: 2/8 (0/2)`: heard not yet and already, and how many of each are urgent. */
const count =
  /^([a-z]+-message|none)[ \t]*:[ \t]*(\d{1,9})[ \t]*\/[ \t]*(\d{1,9})(?:[ \t]*\([ \t]*\d{1,9}[ \t]*\/[ \t]*\d{1,9}[ \t]*\))?[ \t]*$/i;

function countOf(line: string): readonly (readonly [name: string, count: MessageCount])[] {
  const [, name, fresh, old] = count.exec(line) ?? [];
  return name === undefined ? [] : [[name.toLowerCase(), { new: Number(fresh), old: Number(old) }]];
}

/**
 * Message counts of a mailbox, by class in lower case (RFC 3842); `unreadable` without a Messages-Waiting line. Total.
 * Lines that are no counts, such as headers of the messages themselves, are skipped.
 */
export function parseMessageSummary(body: string): Notice {
  const lines = body.split(/\r\n|\n|\r/);
  const [, word] = waiting.exec(lines.find(line => line.trim() !== '') ?? '') ?? [];
  return word === undefined
    ? { _tag: 'unreadable' }
    : { _tag: 'messages', waiting: word.toLowerCase() === 'yes', counts: Object.fromEntries(lines.flatMap(countOf)) };
}

type Watch = Extract<WatchOrder, { readonly _tag: 'watch' }>;
type Unwatch = Extract<WatchOrder, { readonly _tag: 'unwatch' }>;
/** Media type of the body, by event package: for Accept and Content-Type. */
const bodies: Readonly<Record<Package, string>> = { dialog: DIALOG_INFO, 'message-summary': MESSAGE_SUMMARY };

/** Headers of a SUBSCRIBE of this package. RFC 6665 §3.1. */
function headersOf({ account }: SipContext, name: Package, expires: number): string[] {
  return [...dialogHeaders(account), `Event: ${name}`, `Accept: ${bodies[name]}`, `Expires: ${String(expires)}`];
}

/** Makes a subscription; an earlier one of the same id is dropped, and its NOTIFYs get 481. */
function begin(agent: SipContext, { watch: id, package: name, expires }: Watch, uri: URI): SipWatch {
  const { core, account, watches } = agent;
  for (const [callId, watch] of watches) if (watch.id === id) watches.delete(callId);
  const last = core.makeOutgoingRequestMessage('SUBSCRIBE', uri, account.aor, uri, {}, headersOf(agent, name, expires));
  const watch: SipWatch = { id, package: name, uri, last, notifier: undefined, isLeft: false };
  watches.set(last.callId, watch);
  return watch;
}

/** The next SUBSCRIBE of a subscription. */
function goOn(agent: SipContext, watch: SipWatch, { tag, target, routeSet }: Notifier, expires: number): void {
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
}

/** An empty URI is our own address, for the mailbox. */
function addressOf({ account }: SipContext, uri: string): URI | undefined {
  if (uri === '') return account.aor;
  const asked = toRequestUri(uri, account.realm);
  return isLeft(asked) ? undefined : parseSipUri(asked.right);
}

const unsupported: ReadonlySet<number | undefined> = new Set([405, 489, 501]);

/** Why nothing can be watched: a server that knows no such event can't be asked for it again. RFC 6665 §8.3.2. */
function refusalOf(response: IncomingResponseMessage): Failure {
  const { statusCode } = response;
  return statusCode !== undefined && unsupported.has(statusCode)
    ? failed('unsupported', { statusCode })
    : failureOf(response);
}

/** The dialog state after a 2xx: tag, route set and the latest remote target. RFC 3261 §12.1.2, §12.2.1.2. */
function answering(message: IncomingResponseMessage, { uri, notifier }: SipWatch): Notifier {
  return notifier === undefined
    ? {
        tag: message.toTag,
        target: contactOf(message) ?? uri,
        routeSet: message.getHeaders('record-route').reverse(),
      }
    : { ...notifier, target: (notifier.tag === message.toTag ? contactOf(message) : undefined) ?? notifier.target };
}

/** Sends the latest SUBSCRIBE. A refusal ends a new subscription; after a failed refresh it expires. */
function send({ core, watches }: SipContext, watch: SipWatch, expires: number, settle: Settle<Grant>): void {
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
}

function find({ watches }: SipContext, id: WatchId): SipWatch | undefined {
  return [...watches.values()].find(watch => watch.id === id && !watch.isLeft);
}

/** Subscribes, or asks for longer: one attempt. */
export function subscribe(agent: SipContext, order: Watch, settle: Settle<Grant>): void {
  const { expires, anew } = order;
  const uri = addressOf(agent, order.uri);
  if (!agent.account.isSound || uri === undefined) {
    settle(left(failed(uri === undefined ? 'invalid-target' : 'invalid-header')));
    return;
  }
  const watch = anew ? begin(agent, order, uri) : find(agent, order.watch);
  // A refresh without a subscription fails with `call-ended`, as by a 481.
  if (watch === undefined || (!anew && watch.notifier === undefined)) {
    settle(left(failed('call-ended')));
    return;
  }
  if (watch.notifier !== undefined) goOn(agent, watch, watch.notifier, expires);
  send(agent, watch, expires, settle);
}

/** Unsubscribes with Expires 0. Without a dialog it is dropped: a later NOTIFY gets 481, which ends it at the notifier. */
export function unsubscribe(agent: SipContext, { watch: id }: Unwatch): void {
  const watch = find(agent, id);
  if (watch === undefined) return;
  watch.isLeft = true;
  if (watch.notifier === undefined) {
    agent.watches.delete(watch.last.callId);
    return;
  }
  goOn(agent, watch, watch.notifier, 0);
  send(agent, watch, 0, () => undefined);
}

type Refusal = { readonly statusCode: number; readonly extraHeaders?: string[] };

const readers: Readonly<Record<Package, (body: string) => Notice>> = {
  dialog: parseDialogInfo,
  'message-summary': parseMessageSummary,
};

/** Accepted events: those subscribed to, and `refer`, which a REFER creates. RFC 3515 §2.4.4. */
const events: ReadonlySet<string> = new Set([...Object.keys(readers), 'refer']);

const badEvent: Refusal = { statusCode: 489, extraHeaders: [`Allow-Events: ${[...events].join(', ')}`] };

function eventOf(message: SipMessage): string {
  return wordOf(message, 'event');
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

const states: ReadonlySet<string> = new Set<WatchReport['state']>(['active', 'pending', 'terminated']);
function isState(text: string): text is WatchReport['state'] {
  return states.has(text);
}

/** Subscription-State of a notification; `undefined` where it has none. RFC 6665 §8.4. */
function stateOf(message: SipMessage): Omit<WatchReport, '_tag' | 'watch' | 'notice'> | undefined {
  const [word = '', ...parameters] = splitOutside(headerValue(message, 'subscription-state') ?? '', ';');
  const state = word.toLowerCase();
  if (!isState(state)) return undefined;
  const given = new Map(
    parameters.map(parameter => {
      const [name = '', value = ''] = parameter.split('=', 2);
      return [name.trim().toLowerCase(), value.trim()] as const;
    }),
  );
  const [expires, reason, retryAfter] = [
    seconds(given.get('expires')),
    given.get('reason'),
    seconds(given.get('retry-after')),
  ];
  return {
    state,
    ...(expires === undefined || state === 'terminated' ? {} : { expires }),
    ...(reason === undefined ? {} : { reason: reason.toLowerCase() }),
    ...compact({ retryAfter }),
  };
}

/** Status that refuses a NOTIFY: with forked SUBSCRIBEs only the first notifier is accepted. */
function notifyRefusalOf(
  watch: SipWatch | undefined,
  request: IncomingRequestMessage,
  event: string,
): Refusal | undefined {
  if (!events.has(event)) return badEvent;
  const { notifier } = watch ?? {};
  const isOther = notifier?.cseq !== undefined && notifier.tag !== request.fromTag;
  if (watch === undefined || isOther || watch.last.fromTag !== request.toTag) return { statusCode: 481 };
  if (event !== watch.package) return badEvent;
  return notifier?.cseq !== undefined && request.cseq <= notifier.cseq ? { statusCode: 500 } : undefined;
}

function noticeOf(
  { report }: SipContext,
  watch: SipWatch,
  { body }: IncomingRequestMessage,
  message: SipMessage,
): Notice {
  if (body === '') return { _tag: 'nothing' };
  const isOurs = headerValue(message, 'content-type') === bodies[watch.package];
  const notice: Notice = isOurs ? readers[watch.package](body) : { _tag: 'unreadable' };
  if (notice._tag === 'unreadable')
    report({ _tag: 'fault', fault: fault('malformed-frame', { message: 'A NOTIFY is malformed.' }) });
  return notice;
}

/**
 * NOTIFY: of what we watch, it is answered and told; within a call it is sip.js's affair, and else refused.
 * RFC 6665 §4.1.3.
 */
export function receiveNotify(agent: SipContext, request: IncomingRequestMessage): void {
  const { core, watches, report } = agent;
  const { callId, toTag, fromTag, cseq } = request;
  if (core.dialogs.has(`${callId}${toTag}${fromTag}`)) {
    core.receiveIncomingRequestFromTransport(request);
    return;
  }
  const message = read(request);
  const watch = watches.get(callId);
  const said = stateOf(message);
  const refusal =
    notifyRefusalOf(watch, request, eventOf(message)) ?? (said === undefined ? { statusCode: 400 } : undefined);
  if (watch === undefined || said === undefined || refusal !== undefined) {
    core.replyStateless(request, refusal ?? { statusCode: 481 });
    return;
  }
  new UserAgentServer(NonInviteServerTransaction, core, request).accept({ statusCode: 200 });
  watch.notifier = {
    tag: fromTag,
    target: contactOf(request) ?? watch.notifier?.target ?? watch.uri,
    // The first NOTIFY sets the route set. RFC 3261 §12.2.2.
    routeSet: watch.notifier?.cseq === undefined ? request.getHeaders('record-route') : watch.notifier.routeSet,
    cseq,
  };
  if (said.state === 'terminated') watches.delete(callId);
  if (!watch.isLeft)
    report({ _tag: 'notified', watch: watch.id, ...said, notice: noticeOf(agent, watch, request, message) });
}
