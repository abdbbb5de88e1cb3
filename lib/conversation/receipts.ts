import { transition } from '../core/transition.js';
import { isMessage } from './fold.js';
import { isOwn } from './echo-match.js';
import { isOpenTo, type ConversationState, type ConversationTransition, type Numbered } from './state.js';
import { dropFirst, insert } from './timeline.js';

/** Messages of others are acknowledged as delivered: each once, one after the other. */
export function acknowledge(record: ConversationState, events: readonly Numbered[]): ConversationTransition {
  const { receipts } = record.setting;
  const me = record.conversation.me?.id ?? '';
  const fresh = receipts
    ? events
        .filter(event => isMessage(event))
        .filter(event => !isOwn(record.setting, event) && event.memberStatuses?.[me]?.delivered === undefined)
    : [];
  return fresh.length === 0
    ? transition(record)
    : acknowledgeNext({
        ...record,
        arrivals: fresh.reduce((arrivals, { id }) => insert(arrivals, { id }), record.arrivals),
      });
}

/** A receipt is sent once, also where its answer is lost. */
export function acknowledged(record: ConversationState): ConversationTransition {
  return acknowledgeNext({ ...record, arrivals: dropFirst(record.arrivals, 1), acknowledging: false });
}

/** One is under way at a time, while there is a line. */
export function acknowledgeNext(record: ConversationState): ConversationTransition {
  const event = record.arrivals.at(0)?.id;
  if (record.acknowledging || !isOpenTo(record) || event === undefined) return transition(record);
  const args = { conversation: record.conversation.id, event, receipt: 'delivered' } as const;
  return transition(
    { ...record, acknowledging: true },
    { orders: [{ _tag: 'request', purpose: 'delivered', request: { verb: 'sendReceipt', args } }] },
  );
}
