import { left } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { andThen, cancelAfter, resolve, transition } from '../core/transition.js';
import { emptyTimeline } from './timeline.js';
import type { Gone } from './model.js';
import { failAll, sendNext } from './outbox.js';
import { acknowledgeNext } from './receipts.js';
import type { ConversationState, ConversationTransition } from './state.js';
import { skipGap, resume, withoutBackfill } from './sequence.js';
import { reopen } from './view.js';

/** Why a command about it is refused. */
export function goneFault(why: Gone): Fault {
  return fault(why === 'deleted' ? 'not-found' : 'forbidden', {
    message: `The conversation is none of yours any more: ${why}.`,
  });
}

/** Reason of a lost conversation, by the service's refusal. */
export function goneBy({ code }: Fault): Gone | undefined {
  return code === 'forbidden' ? code : code === 'not-found' ? 'deleted' : undefined;
}

/**
 * The conversation is deleted or closed to us. What is shown of it stays; what waited for it ends; nothing more is asked.
 * `event`: the one that says so. An earlier membership that ended is no news to somebody who has come back since.
 */
export function leaveConversation(
  record: ConversationState,
  why: Gone,
  event = record.view.membership,
): ConversationTransition {
  const { view } = record;
  if (view.gone !== undefined || event < view.membership) return transition(record);
  const reason = goneFault(why);
  const lost: ConversationState = {
    ...withoutBackfill(record),
    arrivals: emptyTimeline,
    view: { ...view, gone: why, membership: event, loading: [] },
  };
  const told: ConversationTransition = transition(lost, {
    orders: [cancelAfter('gap'), cancelAfter('retry')],
    events: [{ _tag: 'gone', id: record.conversation.id }],
    outcomes: view.loading.map(ref => resolve(ref, left(reason))),
  });
  return andThen(
    andThen(told, now => failAll(now, reason)),
    deliverAll,
  );
}

/** Drops buffered events: the missing ones will not come. */
export function deliverAll(record: ConversationState): ConversationTransition {
  return record.sequence.buffered.length === 0 ? transition(record) : andThen(skipGap(record), deliverAll);
}

/** We have joined or rejoined: requests the backfill and the subscribed windows. */
export function enterConversation(record: ConversationState, event = record.view.membership): ConversationTransition {
  if (event < record.view.membership) return transition(record);
  const view = { ...record.view, membership: event, gone: undefined };
  const entered: ConversationTransition = transition(
    { ...record, view },
    {
      events: [{ _tag: 'entered', id: record.conversation.id }],
    },
  );
  return record.view.gone === undefined
    ? entered
    : [reopen, resume, sendNext, acknowledgeNext].reduce((done, next) => andThen(done, next), entered);
}
