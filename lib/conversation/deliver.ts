import { andThen, transition } from '../core/transition.js';
import { fold, targetOf } from './fold.js';
import { withConversation, type ConversationState, type ConversationTransition, type Numbered } from './state.js';
import { matchEchoes } from './echo-match.js';
import { acknowledge } from './receipts.js';
import { dropFirst, find } from './timeline.js';

/** Passes events on, in their order: everyone sees them once, after the state in which they have had their effect. */
export function deliver(record: ConversationState, events: readonly Numbered[]): ConversationTransition {
  const shown = trimmed(recall(record, events));
  const told: ConversationTransition = transition(shown, {
    events: events.map(event => ({ _tag: 'event', event }) as const),
  });
  if (record.outbox.length === 0 && !record.setting.receipts) return told;
  return andThen(
    andThen(told, now => matchEchoes(now, events)),
    now => acknowledge(now, events),
  );
}

/** Shows events where they belong, without passing them on. */
export function recall(record: ConversationState, events: readonly Numbered[]): ConversationState {
  if (record.view.phase === 'closed' && !record.view.watched) return record;
  const conversation = events.reduce((before, event) => fold(before, event, record.setting), record.conversation);
  const seen = conversation === record.conversation ? record : withConversation(record, conversation);
  return seen.view.missing.includes('newest') || seen.view.loading.length > 0 ? withOrphans(seen, events) : seen;
}

/** Keeps receipts and deletions whose event may be on a page that is being fetched. */
function withOrphans(record: ConversationState, events: readonly Numbered[]): ConversationState {
  const astray = events.filter(event => {
    const target = targetOf(event);
    return target !== undefined && find(record.conversation.events, target) === undefined;
  });
  return astray.length === 0
    ? record
    : { ...record, view: { ...record.view, orphans: [...record.view.orphans, ...astray] } };
}

/** A window that has grown too long lets its oldest events go; they can be loaded again. */
function trimmed(record: ConversationState): ConversationState {
  const { view, conversation } = record;
  const excess = conversation.events.length - view.capacity;
  if (excess < slack) return record;
  const history = { ...conversation.history, before: true };
  return {
    ...record,
    view: { ...view, older: undefined },
    conversation: { ...conversation, history, events: dropFirst(conversation.events, excess) },
  };
}

/** Letting go in lots is cheaper than one by one. */
const slack = 100;
