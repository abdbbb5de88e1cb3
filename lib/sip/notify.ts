import { NonInviteServerTransaction, UserAgentServer, type IncomingRequestMessage } from 'sip.js/lib/core/index.js';
import { fault } from '../core/fault.js';
import { compact } from '../core/compact.js';
import type { Notice, Package, WatchReport } from '../subscriptions/port.js';
import type { Agent, SipWatch } from './agent.js';
import { parseDialogInfo } from './dialoginfo.js';
import { read } from './failure.js';
import { headerValue, splitOutside, wordOf, type SipMessage } from './message.js';
import { parseMessageSummary } from './messagesummary.js';
import { contactOf } from './remotetarget.js';
import { bodies } from './watch.js';

type Refusal = { readonly statusCode: number; readonly extraHeaders?: string[] };

const readers: Readonly<Record<Package, (body: string) => Notice>> = {
  dialog: parseDialogInfo,
  'message-summary': parseMessageSummary,
};

/** Those that we ever ask for: REFER asks for `refer`. RFC 3515 §2.4.4. */
const events: ReadonlySet<string> = new Set([...Object.keys(readers), 'refer']);

const badEvent: Refusal = { statusCode: 489, extraHeaders: [`Allow-Events: ${[...events].join(', ')}`] };

const eventOf = (message: SipMessage): string => wordOf(message, 'event');

const seconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;

const states: ReadonlySet<string> = new Set<WatchReport['state']>(['active', 'pending', 'terminated']);
const isState = (text: string): text is WatchReport['state'] => states.has(text);

/** What a notification says of the subscription; `undefined` where it does not. RFC 6665 §8.4. */
const stateOf = (message: SipMessage): Omit<WatchReport, '_tag' | 'watch' | 'notice'> | undefined => {
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
};

/** Why a notification is not taken: of several ends that answer one SUBSCRIBE, the first that notifies is the one. */
const refusalOf = (
  watch: SipWatch | undefined,
  request: IncomingRequestMessage,
  event: string,
): Refusal | undefined => {
  if (!events.has(event)) return badEvent;
  const { notifier } = watch ?? {};
  const isOther = notifier?.cseq !== undefined && notifier.tag !== request.fromTag;
  if (watch === undefined || isOther || watch.last.fromTag !== request.toTag) return { statusCode: 481 };
  if (event !== watch.package) return badEvent;
  return notifier?.cseq !== undefined && request.cseq <= notifier.cseq ? { statusCode: 500 } : undefined;
};

const noticeOf = (
  { report }: Agent,
  watch: SipWatch,
  { body }: IncomingRequestMessage,
  message: SipMessage,
): Notice => {
  if (body === '') return { _tag: 'nothing' };
  const isOurs = headerValue(message, 'content-type') === bodies[watch.package];
  const notice: Notice = isOurs ? readers[watch.package](body) : { _tag: 'unreadable' };
  if (notice._tag === 'unreadable')
    report({ _tag: 'fault', fault: fault('malformed-frame', { message: 'A notification cannot be understood.' }) });
  return notice;
};

/**
 * NOTIFY: of what we watch, it is answered and told; within a call it is sip.js's affair, and else refused.
 * RFC 6665 §4.1.3.
 */
export const receiveNotice = (agent: Agent, request: IncomingRequestMessage): void => {
  const { core, watches, report } = agent;
  const { callId, toTag, fromTag, cseq } = request;
  if (core.dialogs.has(`${callId}${toTag}${fromTag}`)) {
    core.receiveIncomingRequestFromTransport(request);
    return;
  }
  const message = read(request);
  const watch = watches.get(callId);
  const said = stateOf(message);
  const refusal = refusalOf(watch, request, eventOf(message)) ?? (said === undefined ? { statusCode: 400 } : undefined);
  if (watch === undefined || said === undefined || refusal !== undefined) {
    core.replyStateless(request, refusal ?? { statusCode: 481 });
    return;
  }
  new UserAgentServer(NonInviteServerTransaction, core, request).accept({ statusCode: 200 });
  watch.notifier = {
    tag: fromTag,
    target: contactOf(request) ?? watch.notifier?.target ?? watch.uri,
    // The first one makes the way; RFC 3261 §12.2.2 leaves it as it is from then on.
    routeSet: watch.notifier?.cseq === undefined ? request.getHeaders('record-route') : watch.notifier.routeSet,
    cseq,
  };
  if (said.state === 'terminated') watches.delete(callId);
  if (!watch.isLeft)
    report({ _tag: 'notified', watch: watch.id, ...said, notice: noticeOf(agent, watch, request, message) });
};
