import { left, right, type Either } from '../kernel/either.js';
import { fault, type Fault } from '../kernel/fault.js';
import { andThen, settle, turn, type Moment } from '../kernel/turn.js';
import type { Ref } from '../kernel/units.js';
import { contentOf, isSaid } from './content.js';
import type { Content, Sent, Unsent } from './model.js';
import type { ConversationRecord, ConversationTurn, Numbered, Outgoing, Setting } from './record.js';
import type { StoredMessage, Verbs } from './port.js';

type Asked = { readonly ref: Ref; readonly key: string };

/** A message goes to the end of the queue. */
export const send = (
  record: ConversationRecord,
  { ref, key, content }: Asked & { readonly content: Content },
  { at }: Moment,
): ConversationTurn => {
  const unsent: Unsent = { key, content, status: 'queued', since: at };
  const queued = { ...record, outbox: [...record.outbox, { unsent, commands: [ref], doubtful: false }] };
  return andThen(turn(queued, { orders: [{ _tag: 'keep', message: stored(record, unsent) }] }), pump);
};

/** A message that another page has left behind comes before those of this one. */
export const adopt = (record: ConversationRecord, { key, content, since }: StoredMessage): ConversationTurn => {
  if (record.outbox.some(({ unsent }) => unsent.key === key)) return turn(record);
  const orphan: Outgoing = { unsent: { key, content, status: 'queued', since }, commands: [], doubtful: false };
  const before = record.outbox.filter(({ unsent }) => unsent.since <= since);
  return pump({ ...record, outbox: [...before, orphan, ...record.outbox.filter(one => !before.includes(one))] });
};

const stored = ({ conversation }: ConversationRecord, { key, content, since }: Unsent): StoredMessage => ({
  conversation: conversation.id,
  key,
  content,
  since,
});

/** The first that waits goes out, as soon as nothing is on its way and there is a line. */
export const pump = (record: ConversationRecord): ConversationTurn => {
  const next = record.outbox.find(({ unsent }) => unsent.status === 'queued');
  if (!record.setting.up || next === undefined || sending(record) !== undefined) return turn(record);
  const { key, content } = next.unsent;
  const args = {
    conversation: record.conversation.id,
    content,
    ...(record.setting.idempotent ? { key } : {}),
  };
  return turn(changed(record, next, { status: 'sending' }), {
    orders: [{ _tag: 'request', purpose: 'send', about: key, request: { verb: 'send', args } }],
  });
};

const sending = ({ outbox }: ConversationRecord): Outgoing | undefined =>
  outbox.find(({ unsent }) => unsent.status === 'sending');

const changed = (
  record: ConversationRecord,
  message: Outgoing,
  unsent: Partial<Unsent>,
  rest: Partial<Outgoing> = {},
): ConversationRecord => ({
  ...record,
  outbox: record.outbox.map(one =>
    one === message ? { ...message, ...rest, unsent: { ...withoutFault(message.unsent), ...unsent } } : one,
  ),
});

const withoutFault = ({ fault: _, ...unsent }: Unsent): Unsent => unsent;

const removed = (record: ConversationRecord, message: Outgoing): ConversationRecord => ({
  ...record,
  outbox: record.outbox.filter(one => one !== message),
});

/** What the service has said of the message that was on its way. */
export const answered = (
  record: ConversationRecord,
  key: string | undefined,
  result: Either<Fault, Verbs['send']['result']>,
): ConversationTurn => {
  const message = sending(record);
  // Its event was here first, and has said all.
  if (message === undefined || message.unsent.key !== key) return turn(record);
  if (result._tag === 'Right') return arrived(record, message, result.right);
  if (result.left.code === 'disconnected') return turn(changed(record, message, { status: 'queued' }));
  return isLost(result.left) && !record.setting.idempotent
    ? doubt(record, message, result.left)
    : failed(record, message, result.left);
};

/** The request may have had its effect all the same. */
const isLost = ({ code, statusCode = 500 }: Fault): boolean =>
  code === 'timeout' || code === 'line-lost' || (code === 'server-error' && statusCode >= 500);

/** Without keys a second send could be a second message: the conversation is looked through instead. */
const doubt = (record: ConversationRecord, message: Outgoing, reason: Fault): ConversationTurn =>
  turn(changed(record, message, { status: 'sending', fault: reason }, { doubtful: true }));

/** Whether the conversation is to be looked through for a message whose answer was lost. */
export const isInDoubt = ({ outbox, sequence }: ConversationRecord): boolean =>
  outbox.some(({ doubtful }) => doubtful) && sequence.passed !== undefined;

/** What was missed has been read, and the message was not there. */
export const conclude = (record: ConversationRecord): ConversationTurn => {
  const message = record.outbox.find(({ doubtful }) => doubtful);
  return message === undefined || record.sequence.asked !== undefined
    ? turn(record)
    : failed(record, message, { ...(message.unsent.fault ?? fault('timeout')), retryable: true });
};

const failed = (record: ConversationRecord, message: Outgoing, reason: Fault): ConversationTurn => {
  const state = changed(record, message, { status: 'failed', fault: reason }, { commands: [], doubtful: false });
  const told: ConversationTurn = turn(state, {
    orders: [{ _tag: 'drop', key: message.unsent.key }],
    events: [{ _tag: 'fault', fault: reason }],
    settled: message.commands.map(ref => settle(ref, left(reason))),
  });
  return andThen(told, pump);
};

/** The service has it. Viewers see it as `sent` until its event has come. */
const arrived = (
  record: ConversationRecord,
  message: Outgoing,
  { timestamp, id }: Omit<Sent, 'key'>,
  seen = id !== undefined && id <= (record.sequence.passed ?? 0),
): ConversationTurn => {
  const { key } = message.unsent;
  const state =
    seen || !record.view.watched
      ? removed(record, message)
      : changed(record, message, { status: 'sent' }, { commands: [], doubtful: false });
  const told: ConversationTurn = turn(state, {
    orders: [{ _tag: 'drop', key }],
    settled: message.commands.map(ref =>
      settle(ref, right({ key, timestamp, ...(id === undefined ? {} : { id }) } satisfies Sent)),
    ),
  });
  return andThen(told, pump);
};

export const isOwn = ({ user }: Setting, event: Numbered): boolean =>
  'from' in event && event.from.kind === 'embeddedInfo' && event.from.user.id === user;

/** Own events tell of the messages that they are. */
export const recognise = (record: ConversationRecord, events: readonly Numbered[]): ConversationTurn =>
  record.outbox.length === 0
    ? turn(record)
    : events
        .filter(event => isOwn(record.setting, event))
        .reduce<ConversationTurn>((told, event) => andThen(told, now => recogniseOne(now, event)), turn(record));

const recogniseOne = (record: ConversationRecord, event: Numbered): ConversationTurn => {
  if (event.kind === 'unknown') return turn(record);
  const message = record.outbox.find(one => isEcho(one, event));
  return message === undefined
    ? turn(record)
    : arrived(record, message, { timestamp: event.timestamp, id: event.id }, true);
};

const isEcho = ({ unsent, doubtful }: Outgoing, event: Numbered): boolean => {
  if ('clientKey' in event) return event.clientKey === unsent.key;
  return (
    (doubtful || unsent.status === 'sent') &&
    isSaid(event) &&
    JSON.stringify(contentOf(event)) === JSON.stringify(unsent.content)
  );
};

/** A failed message is queued again, under the same key and in its old place. */
export const resend = (record: ConversationRecord, { ref, key }: Asked): ConversationTurn => {
  const message = record.outbox.find(({ unsent }) => unsent.key === key);
  if (message?.unsent.status !== 'failed') return refuse(record, ref, message);
  const queued = changed(record, message, { status: 'queued' }, { commands: [ref] });
  return andThen(turn(queued, { orders: [{ _tag: 'keep', message: stored(record, message.unsent) }] }), pump);
};

/** A message that has not left is taken back. */
export const unsend = (record: ConversationRecord, { ref, key }: Asked): ConversationTurn => {
  const message = record.outbox.find(({ unsent }) => unsent.key === key);
  if (message === undefined || message.unsent.status === 'sending' || message.unsent.status === 'sent')
    return refuse(record, ref, message);
  return turn(removed(record, message), {
    orders: [{ _tag: 'drop', key }],
    settled: [
      ...message.commands.map(command => settle(command, left(fault('cancelled')))),
      settle(ref, right(undefined)),
    ],
  });
};

const refuse = (record: ConversationRecord, ref: Ref, message: Outgoing | undefined): ConversationTurn =>
  turn(record, { settled: [settle(ref, left(fault(message === undefined ? 'not-found' : 'wrong-state')))] });
