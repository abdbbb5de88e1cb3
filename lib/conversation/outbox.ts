import { left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { andThen, resolve, transition, type Moment } from '../core/transition.js';
import { compact } from '../core/compact.js';
import type { Content, Sent, Unsent } from './model.js';
import {
  isOpenTo,
  type Answer,
  type ConversationOrder,
  type ConversationState,
  type ConversationTransition,
  type Outgoing,
} from './state.js';
import type { StoredMessage, Verbs } from './port.js';
import type { Ref } from '../core/port.js';

type Asked = { readonly ref: Ref; readonly key: string };

/** A message goes to the end of the queue. */
export function send(
  record: ConversationState,
  { ref, key, content }: Asked & { readonly content: Content },
  { at }: Moment,
): ConversationTransition {
  const unsent: Unsent = { key, content, status: 'queued', since: at };
  const order = (record.outbox.at(-1)?.order ?? -1) + 1;
  const message: Outgoing = { unsent, commands: [ref], order, isAdopted: false, doubt: 'none' };
  return andThen(
    transition({ ...record, outbox: [...record.outbox, message] }, { orders: [keep(record, message)] }),
    sendNext,
  );
}

/** Messages of former pages come before those of this one, in the order in which they are given. */
export function restore(
  record: ConversationState,
  { key, content, since, order, tried }: StoredMessage,
): ConversationTransition {
  if (record.outbox.some(({ unsent }) => unsent.key === key)) return transition(record);
  // It may have arrived, and there is no key by which a second one would be the same.
  const isDoubtful = tried !== undefined && !record.setting.idempotent;
  const orphan: Outgoing = {
    unsent: {
      key,
      content,
      since,
      ...(isDoubtful ? { status: 'failed', fault: fault('timeout') } : { status: 'queued' }),
    },
    commands: [],
    order,
    isAdopted: true,
    doubt: isDoubtful ? 'over' : 'none',
    ...compact({ after: tried?.after }),
  };
  const [former, own] = [true, false].map(is => record.outbox.filter(({ isAdopted }) => isAdopted === is));
  const outbox = inOrder([...(former ?? []), orphan, ...(own ?? [])]);
  const moved = outbox.filter(one => one !== orphan && !record.outbox.includes(one));
  return andThen(transition({ ...record, outbox }, { orders: moved.map(one => keep(record, one)) }), sendNext);
}

/** Each with a higher place than the one before; most have one already. */
function inOrder(outbox: readonly Outgoing[]): readonly Outgoing[] {
  let last = -1;
  return outbox.map(one => {
    last = Math.max(one.order, last + 1);
    return one.order === last ? one : { ...one, order: last };
  });
}

function keep(
  { conversation }: ConversationState,
  { unsent: { key, content, since }, order }: Outgoing,
  tried?: StoredMessage['tried'],
): ConversationOrder {
  return {
    _tag: 'keep',
    message: { conversation: conversation.id, key, content, since, order, ...compact({ tried }) },
  };
}

/** The first that waits goes out, as soon as nothing is on its way and there is a line. */
export function sendNext(record: ConversationState): ConversationTransition {
  const next = record.outbox.find(({ unsent }) => unsent.status === 'queued');
  if (!isOpenTo(record) || next === undefined || sending(record) !== undefined) return transition(record);
  const { key, content } = next.unsent;
  const { idempotent } = record.setting;
  const args = { conversation: record.conversation.id, content, ...(idempotent ? { key } : {}) };
  const after = compact({ after: next.after ?? record.sequence.delivered });
  return transition(changed(record, next, { status: 'sending' }, after), {
    orders: [
      ...(idempotent ? [] : [keep(record, next, after)]),
      { _tag: 'request', purpose: 'send', about: key, request: { verb: 'send', args } },
    ],
  });
}

function sending({ outbox }: ConversationState): Outgoing | undefined {
  return outbox.find(({ unsent }) => unsent.status === 'sending');
}

export function changed(
  record: ConversationState,
  message: Outgoing,
  unsent: Partial<Unsent>,
  rest: Partial<Outgoing> = {},
): ConversationState {
  return {
    ...record,
    outbox: record.outbox.map(one =>
      one === message ? { ...message, ...rest, unsent: { ...withoutFault(message.unsent), ...unsent } } : one,
    ),
  };
}

function withoutFault({ fault: _, ...unsent }: Unsent): Unsent {
  return unsent;
}

export function removed(record: ConversationState, message: Outgoing): ConversationState {
  return {
    ...record,
    outbox: record.outbox.filter(one => one !== message),
  };
}

/** The answer to the send that is under way. */
export function answered(
  record: ConversationState,
  key: string | undefined,
  result: Either<Fault, Verbs['send']['result']>,
): ConversationTransition {
  const message = sending(record);
  // Its event arrived before the response and has settled it.
  if (message === undefined || message.unsent.key !== key) return transition(record);
  const { evidence } = message;
  if (result._tag === 'Right')
    return arrived(record, message, result.right.id === undefined ? (evidence ?? result.right) : result.right);
  if (!isLost(result.left)) return failed(record, message, result.left);
  if (evidence !== undefined) return arrived(record, message, evidence);
  if (!record.setting.idempotent) return markUncertain(record, message, result.left);
  return result.left.code === 'disconnected'
    ? transition(changed(record, message, { status: 'queued' }))
    : failed(record, message, result.left);
}

/** The request may have had its effect all the same. */
function isLost({ code, statusCode = 500 }: Fault): boolean {
  return (
    code === 'timeout' ||
    code === 'line-lost' ||
    code === 'disconnected' ||
    code === 'bad-answer' ||
    (code === 'server-error' && statusCode >= 500)
  );
}

/** Without keys a second send could be a second message: the conversation is looked through instead. */
function markUncertain(record: ConversationState, message: Outgoing, reason: Fault): ConversationTransition {
  return transition(changed(record, message, { status: 'sending', fault: reason }, { doubt: 'open' }));
}

/** True where the conversation must be searched for a message whose answer was lost. */
export function hasUncertain({ outbox, sequence }: ConversationState): boolean {
  return outbox.some(isUncertain) && sequence.delivered !== undefined;
}

function isUncertain({ doubt }: Outgoing): boolean {
  return doubt === 'open';
}

/** The missed events have been read without the message. */
export function concludeUncertain(record: ConversationState): ConversationTransition {
  const message = record.outbox.find(isUncertain);
  return message === undefined || record.sequence.backfill !== undefined
    ? transition(record)
    : failed(record, message, { ...(message.unsent.fault ?? fault('timeout')), retryable: true });
}

function failed(record: ConversationState, message: Outgoing, reason: Fault): ConversationTransition {
  const doubt = message.doubt === 'open' ? 'over' : message.doubt;
  const state = changed(record, message, { status: 'failed', fault: reason }, { commands: [], doubt });
  const told: ConversationTransition = transition(state, {
    orders: [{ _tag: 'drop', key: message.unsent.key }],
    events: [{ _tag: 'fault', fault: reason }],
    outcomes: message.commands.map(ref => resolve(ref, left(reason))),
  });
  return andThen(told, sendNext);
}

/** Everything that has not arrived fails. */
export function failAll(record: ConversationState, reason: Fault): ConversationTransition {
  return record.outbox
    .filter(({ unsent }) => unsent.status === 'queued' || unsent.status === 'sending')
    .reduce<ConversationTransition>(
      (done, message) => andThen(done, now => failed(now, message, reason)),
      transition(record),
    );
}

/** The service has it. Viewers see it as `sent` until its event has come. */
export function arrived(record: ConversationState, message: Outgoing, answer: Answer): ConversationTransition {
  const { key } = message.unsent;
  const isShown = answer.id !== undefined && answer.id <= (record.sequence.delivered ?? 0);
  const state =
    isShown || !record.view.watched
      ? removed(record, message)
      : changed(record, message, { status: 'sent' }, { commands: [], doubt: 'none', answer });
  const told: ConversationTransition = transition(state, {
    orders: [{ _tag: 'drop', key }],
    outcomes: message.commands.map(ref => resolve(ref, right({ key, ...answer } satisfies Sent))),
  });
  return andThen(told, sendNext);
}

/** A failed message is queued again, under the same key and in its old place. */
export function resend(record: ConversationState, { ref, key }: Asked): ConversationTransition {
  const message = record.outbox.find(({ unsent }) => unsent.key === key);
  if (message?.unsent.status !== 'failed') return refuse(record, ref, message);
  const queued = changed(record, message, { status: 'queued' }, { commands: [ref] });
  return andThen(transition(queued, { orders: [keep(record, message)] }), sendNext);
}

/** A message that has not left is taken back. */
export function unsend(record: ConversationState, { ref, key }: Asked): ConversationTransition {
  const message = record.outbox.find(({ unsent }) => unsent.key === key);
  if (message === undefined || message.unsent.status === 'sending' || message.unsent.status === 'sent')
    return refuse(record, ref, message);
  return transition(removed(record, message), {
    orders: [{ _tag: 'drop', key }],
    outcomes: [
      ...message.commands.map(command => resolve(command, left(fault('cancelled')))),
      resolve(ref, right(undefined)),
    ],
  });
}

function refuse(record: ConversationState, ref: Ref, message: Outgoing | undefined): ConversationTransition {
  return transition(record, {
    outcomes: [resolve(ref, left(fault(message === undefined ? 'not-found' : 'wrong-state')))],
  });
}
