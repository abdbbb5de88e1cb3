import { andThen, transition } from '../core/transition.js';
import { contentOf, isSaid } from './content.js';
import type { Said } from './model.js';
import { arrived, changed, removed } from './outbox.js';
import type { ConversationState, ConversationTransition, Numbered, Outgoing, LineSetting } from './state.js';

/** Where events come from: by themselves, in their order, or on a page that may be older than the message. */
type Source = 'live' | 'page';

export function isOwn({ user }: LineSetting, event: Numbered): boolean {
  return 'from' in event && event.from.kind === 'embeddedInfo' && event.from.user.id === user;
}

/** Own events settle the messages that they are. */
export function matchEchoes(
  record: ConversationState,
  events: readonly Numbered[],
  source: Source = 'live',
): ConversationTransition {
  return record.outbox.length === 0
    ? transition(record)
    : events.reduce<ConversationTransition>(
        (told, event) => andThen(told, now => matchEcho(now, event, source)),
        transition(record),
      );
}

function matchEcho(record: ConversationState, event: Numbered, source: Source): ConversationTransition {
  if (event.kind === 'unknown') return transition(record);
  if (!isOwn(record.setting, event) || !isSaid(event)) return transition(overtaken(record, event.timestamp));
  const message = echoed(record, event, source);
  if (message === undefined) return transition(overtaken(record, event.timestamp));
  // The answer that is on its way may still name another event.
  const isOpen = message.unsent.status === 'sending' && message.doubt !== 'open' && !isNamed(message, event);
  const { timestamp, id } = event;
  return isOpen
    ? transition(changed(record, message, {}, { evidence: message.evidence ?? { timestamp, id } }))
    : settled(record, message, event);
}

/** The message's event has arrived: removes the unsent message. */
function settled(record: ConversationState, message: Outgoing, { timestamp, id }: Said): ConversationTransition {
  const told = arrived(record, message, { timestamp, id });
  const shown = told.state.outbox.find(({ unsent }) => unsent.key === message.unsent.key);
  return shown === undefined ? told : { ...told, state: removed(told.state, shown) };
}

/** The message of this event: by key or number; by content only without both. */
function echoed({ outbox }: ConversationState, event: Said, source: Source): Outgoing | undefined {
  return (
    outbox.find(message => isNamed(message, event)) ??
    (event.clientKey === undefined ? outbox.find(message => isLike(message, event, source)) : undefined)
  );
}

function isNamed({ unsent, answer }: Outgoing, { clientKey, id, timestamp }: Said): boolean {
  if (clientKey !== undefined) return clientKey === unsent.key;
  return answer !== undefined && (answer.id === undefined ? answer.timestamp === timestamp : answer.id === id);
}

function isLike({ unsent, answer, after, doubt }: Outgoing, event: Said, source: Source): boolean {
  return (
    answer?.id === undefined &&
    (unsent.status === 'sending' || unsent.status === 'sent' || doubt !== 'none') &&
    (after === undefined ? source === 'live' : event.id > after) &&
    canonical(contentOf(event)) === canonical(unsent.content)
  );
}

/** JSON in which the order of keys makes no difference. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** A sent message without a number, past its place in the timeline: its event was there and did not match. */
function overtaken(record: ConversationState, timestamp: string): ConversationState {
  const outbox = record.outbox.filter(
    ({ unsent, answer }) =>
      unsent.status !== 'sent' ||
      answer?.id !== undefined ||
      !(Date.parse(answer?.timestamp ?? '') < Date.parse(timestamp)),
  );
  return outbox.length === record.outbox.length ? record : { ...record, outbox };
}
