import { isLeft, left, type Left } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { andThen, cancelAfter, resolve, transition, type Moment } from '../core/transition.js';
import { informed } from './fold.js';
import { enterConversation, goneBy, goneFault, leaveConversation, deliverAll } from './membership.js';
import type { Conversation, ConversationInfo } from './model.js';
import {
  restore,
  answered,
  concludeUncertain,
  failAll,
  hasUncertain,
  sendNext,
  resend,
  send,
  unsend,
} from './outbox.js';
import { acknowledged, acknowledgeNext } from './receipts.js';
import {
  newConversation,
  type ConversationInput,
  type ConversationState,
  type ConversationTransition,
  type Purpose,
  type View,
} from './state.js';
import { receive, fill, backfillFailed, skipGap, suspendGapTimer, resume, withoutBackfill } from './sequence.js';
import {
  expire,
  loaded,
  loadMissing,
  loadOlder,
  loadFailed,
  refreshInfo,
  settleView,
  retryLater,
  unwatch,
  watch,
} from './view.js';

type Is<Tag extends ConversationInput['_tag']> = Extract<ConversationInput, { readonly _tag: Tag }>;
type Move<Tag extends ConversationInput['_tag']> = (
  record: ConversationState,
  input: Is<Tag>,
  moment: Moment,
) => ConversationTransition;

/** One conversation as a pure fold. */
export function stepConversation(
  record: ConversationState,
  input: ConversationInput,
  moment: Moment,
): ConversationTransition {
  const move = moves[input._tag] as Move<ConversationInput['_tag']>;
  const moved = move(record, input, moment);
  const state = projected(moved.state, record);
  return state === moved.state ? moved : { ...moved, state };
}

const moves: { readonly [Tag in ConversationInput['_tag']]: Move<Tag> } = {
  arrived: (record, { event }) =>
    andThen(receive(record, event), now => (now.view.gone === undefined ? transition(now) : deliverAll(now))),

  setting: (record, { setting }) => {
    const set: ConversationTransition = transition({ ...record, setting });
    if (setting.up && !record.setting.up)
      return [resume, loadMissing, refreshInfo, sendNext, acknowledgeNext].reduce(
        (done, next) => andThen(done, next),
        set,
      );
    const rested = !setting.up && record.setting.up ? andThen(set, suspendGapTimer) : set;
    // Also a line that was not up when it was left.
    return setting.wanted ? rested : andThen(rested, settleView);
  },

  // Another user: unsent messages are not sent in the new user's name.
  stranger: ({ conversation, view, outbox }, { setting }) => {
    const begun: ConversationTransition = transition(newConversation(() => setting)(conversation.id), {
      orders: ['gap', 'release'].map(cancelAfter),
      outcomes: [...outbox.flatMap(({ commands }) => commands), ...view.loading].map(ref =>
        resolve(ref, left(fault('cancelled'))),
      ),
    });
    return view.watched ? andThen(begun, watch) : begun;
  },

  watch,
  unwatch,
  release: expire,
  'load-older': (record, { ref }) => loadOlder(record, ref),
  send,
  resend,
  unsend,
  adopt: (record, { message }) =>
    andThen(restore(record, message), now =>
      now.view.gone === undefined ? transition(now) : failAll(now, goneFault(now.view.gone)),
    ),
  informed: (record, { info }) => inform(record, info),
  lost: (record, { why, event }) => leaveConversation(record, why, event),
  entered: (record, { event }) => enterConversation(record, event),
  retry: record => (record.view.phase === 'loading' ? loadMissing(record) : refreshInfo(record)),
  'gap-timeout': skipGap,

  answer: (record, { purpose, about, result }, moment) => {
    if (isLeft(result) && result.left.code === 'disconnected') return abandon(record, purpose, about, result, moment);
    if (purpose === 'send')
      return andThen(answered(record, about, result as Parameters<typeof answered>[2]), now =>
        hasUncertain(now) ? resume(now) : concludeUncertain(now),
      );
    if (purpose === 'delivered') return acknowledged(record);
    const gone = isLeft(result) && isKnown(record) ? goneBy(result.left) : undefined;
    if (gone !== undefined) return leaveConversation(record, gone);
    if (purpose === 'backfill') {
      const filled = isLeft(result) ? backfillFailed(record) : fill(record, result.right as Parameters<typeof fill>[1]);
      return andThen(filled, concludeUncertain);
    }
    if (isLeft(result)) return loadFailed(record, purpose, result.left, moment);
    if (purpose === 'info' && record.view.phase !== 'loading')
      return inform(retryLater(record, purpose), result.right as ConversationInfo);
    // The purpose of a request tells the type of its response.
    return (loaded[purpose] as (record: ConversationState, value: unknown) => ConversationTransition)(
      record,
      result.right,
    );
  },
};

/** True where we were a member: only then can the conversation be lost. */
function isKnown({ view, sequence }: ConversationState): boolean {
  return view.phase === 'open' || (view.phase === 'closed' && sequence.delivered !== undefined);
}

/** The service's version of a conversation; a user who can read it is a member or may become one. */
function inform(record: ConversationState, info: ConversationInfo): ConversationTransition {
  const conversation = informed(record.conversation, info);
  const known = conversation === record.conversation ? record : { ...record, conversation };
  return known.view.gone === undefined || info.me?.state === 'LEFT' ? transition(known) : enterConversation(known);
}

/** No answer will come: it is asked again when there is a line again. */
function abandon(
  record: ConversationState,
  purpose: Purpose,
  about: string | undefined,
  reason: Left<Fault>,
  moment: Moment,
): ConversationTransition {
  if (purpose === 'backfill') return transition(withoutBackfill(record));
  if (purpose === 'delivered') return transition({ ...record, acknowledging: false });
  if (purpose === 'send') return answered(record, about, reason);
  return purpose === 'older'
    ? loadFailed(record, purpose, reason.left, moment)
    : transition(retryLater(record, purpose));
}

/** Derives the public conversation; the same value where nothing has changed. */
function projected(record: ConversationState, before: ConversationState): ConversationState {
  const { view, sequence, outbox, setting, conversation } = record;
  if (record === before || (view.phase === 'closed' && !view.watched)) return record;
  const unsent = outbox === before.outbox && before.view.watched ? conversation.unsent : outbox.map(one => one.unsent);
  const sync = syncOf(conversation, view, setting.up && sequence.backfill === undefined && view.asked.length === 0);
  const after = sequence.buffered.length > 0;
  const loading = view.loading.length > 0;
  // Nearly always nothing of this has changed: it is looked at for every event.
  return unsent === conversation.unsent &&
    sync === conversation.sync &&
    sequence.gaps === conversation.gaps &&
    after === conversation.history.after &&
    loading === conversation.history.loading
    ? record
    : {
        ...record,
        conversation: {
          ...conversation,
          unsent,
          sync,
          gaps: sequence.gaps,
          history: { ...conversation.history, after, loading },
        },
      };
}

function syncOf({ sync }: Conversation, { phase, gone }: View, level: boolean): Conversation['sync'] {
  if (gone !== undefined) return typeof sync === 'object' && 'gone' in sync ? sync : { gone };
  if (phase !== 'open') return typeof sync === 'object' && 'failed' in sync ? sync : 'loading';
  return level ? 'live' : 'stale';
}
