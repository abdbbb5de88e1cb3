import { left, right } from '../core/either.js';
import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import type { Fault } from '../core/fault.js';
import { after, andThen, cancelAfter, resolve, transition, type Moment } from '../core/transition.js';
import { fold, informed, isShown } from './fold.js';
import type { Conversation, ConversationEvent, ConversationInfo, Member, Page, Unknown } from './model.js';
import { noTrail, onward, type Onward } from './pages.js';
import {
  isOpenTo,
  pageSize,
  windowSize,
  type ConversationOrder,
  type ConversationState,
  type ConversationTransition,
  type Numbered,
  type Purpose,
  type View,
} from './state.js';
import { matchEchoes } from './echo-match.js';
import { begin, start, numbered } from './sequence.js';
import { emptyTimeline, insertAll } from './timeline.js';
import type { Millis, Ref } from '../core/port.js';

/** How long a window outlives its last viewer. */
const viewLingerMs: Millis = 30_000;

function put(record: ConversationState, view: Partial<View>): ConversationState {
  return {
    ...record,
    view: { ...record.view, ...view },
  };
}

function show(record: ConversationState, conversation: Partial<Conversation>): ConversationState {
  return {
    ...record,
    conversation: { ...record.conversation, ...conversation },
  };
}

/** The first subscriber: loads the window, and what failed to load before. */
export function watch(record: ConversationState): ConversationTransition {
  const watched = put(record, { watched: true });
  const kept: ConversationTransition = transition(watched, { orders: [cancelAfter('release')] });
  return andThen(kept, record.view.phase === 'closed' ? open : loadMissing);
}

/** The last subscriber has left. */
export function unwatch(record: ConversationState): ConversationTransition {
  const left = put(record, { watched: false });
  return record.setting.wanted
    ? transition(left, { orders: [cancelAfter('retry'), after('release', viewLingerMs, { _tag: 'release' })] })
    : release(left);
}

/** A client that is left does not linger. */
export function settleView(record: ConversationState): ConversationTransition {
  return record.setting.wanted || record.view.watched || record.view.phase === 'closed'
    ? transition(record)
    : andThen(release(record), now => transition(now, { orders: [cancelAfter('release')] }));
}

/** The window has had no subscriber for a while; it stays while a request is pending. */
export function expire(record: ConversationState): ConversationTransition {
  return record.view.asked.length + record.view.loading.length > 0
    ? transition(record, { orders: [after('release', viewLingerMs, { _tag: 'release' })] })
    : release(record);
}

/** The window is let go; the place in the sequence stays. */
function release(record: ConversationState): ConversationTransition {
  const closed = put(record, {
    phase: 'closed',
    missing: [],
    asked: [],
    orphans: [],
    older: undefined,
    trails: { older: noTrail, members: noTrail },
    attempt: 0,
    loading: [],
    capacity: windowSize,
  });
  const empty = show(closed, {
    events: emptyTimeline,
    members: [],
    history: { before: false, after: false, loading: false },
    sync: 'loading',
  });
  const closing: ConversationTransition = transition(empty, {
    orders: [cancelAfter('retry')],
    outcomes: record.view.loading.map(ref => resolve(ref, right(undefined))),
  });
  return andThen(closing, start);
}

const viewParts: readonly Purpose[] = ['info', 'members', 'newest'];

function open(record: ConversationState): ConversationTransition {
  return loadMissing(put(record, { phase: 'loading', missing: viewParts }));
}

/** Requests all subscribed windows again. */
export function reopen(record: ConversationState): ConversationTransition {
  return record.view.watched ? open(put(record, { asked: [] })) : transition(record);
}

/** After a reconnect: requests the conversation and our membership, which no event reports. */
export function refreshInfo(record: ConversationState): ConversationTransition {
  return record.view.phase === 'open' && record.view.watched && isOpenTo(record)
    ? transition(put(record, { asked: ['info'] }), { orders: [request(record, 'info')] })
    : transition(record);
}

/** Asks for what the window still lacks, once there is a line. */
export function loadMissing(record: ConversationState): ConversationTransition {
  const { phase, missing, asked } = record.view;
  if (!isOpenTo(record) || phase !== 'loading') return transition(record);
  const wanted = missing.filter(part => !asked.includes(part));
  return transition(put(record, { asked: missing }), { orders: wanted.map(part => request(record, part)) });
}

function request(
  { conversation: { id, events }, view }: ConversationState,
  purpose: Purpose,
  cursor?: string,
): ConversationOrder {
  const page = { conversation: id, pageSize, ...(cursor === undefined ? {} : { cursor }) };
  if (purpose === 'info')
    return { _tag: 'request', purpose, request: { verb: 'getConversation', args: { conversation: id } } };
  if (purpose === 'members')
    return { _tag: 'request', purpose, request: { verb: 'getConversationMembers', args: page } };
  const first = events.at(0);
  const older = cursor ?? view.older;
  const before = older !== undefined ? { cursor: older } : first === undefined ? {} : { startId: first.id - 1 };
  return {
    _tag: 'request',
    purpose,
    request: {
      verb: 'getConversationEvents',
      args: { ...page, order: 'desc', includeDeletedEvents: true, ...(purpose === 'older' ? before : {}) },
    },
  };
}

/** One page more at the beginning of the window. */
export function loadOlder(record: ConversationState, ref: Ref): ConversationTransition {
  const { view, conversation } = record;
  if (view.phase !== 'open' || !conversation.history.before)
    return transition(record, { outcomes: [resolve(ref, right(undefined))] });
  const waiting = put(record, {
    loading: [...view.loading, ref],
    capacity: view.capacity + (view.loading.length === 0 ? pageSize : 0),
  });
  return transition(waiting, { orders: view.loading.length === 0 ? [request(record, 'older')] : [] });
}

type Events = Page<ConversationEvent | Unknown>;

function told(record: ConversationState, reason: Fault): ConversationTransition {
  return transition(record, { events: [{ _tag: 'fault', fault: reason }] });
}

/** The oldest page is the beginning of the window. */
function withPage(record: ConversationState, page: readonly Numbered[], next: Onward): ConversationState {
  const { conversation, view, setting } = record;
  // Events older than the window are inserted by their page, all at once.
  const opened = {
    ...conversation,
    events: insertAll(conversation.events, page.filter(isShown)),
    history: { ...conversation.history, before: false },
  };
  const filled = [...page, ...view.orphans].reduce((before, event) => fold(before, event, setting), opened);
  const isMore = next._tag === 'more';
  return put(
    { ...record, conversation: { ...filled, history: { ...filled.history, before: isMore } } },
    {
      orphans: [],
      older: isMore ? next.cursor : undefined,
      trails: { ...view.trails, older: isMore ? next.trail : noTrail },
    },
  );
}

/** Applies a page of events; an empty page leads to the next one. */
function paged(
  record: ConversationState,
  purpose: 'newest' | 'older',
  page: Events,
  done: (record: ConversationState, events: readonly Numbered[]) => ConversationTransition,
): ConversationTransition {
  const events = numbered(page.items);
  const next = onward(record.view.trails.older, { ...page, items: events.filter(isShown) });
  const filled = withPage(record, events, next);
  if (next._tag === 'more' && !events.some(isShown))
    return transition(filled, { orders: [request(filled, purpose, next.cursor)] });
  return next._tag === 'astray' ? andThen(told(filled, next.fault), now => done(now, events)) : done(filled, events);
}

function partLoaded(record: ConversationState, part: Purpose): ConversationState {
  const missing = record.view.missing.filter(one => one !== part);
  const asked = record.view.asked.filter(one => one !== part);
  const isWhole = missing.length === 0;
  return put(record, {
    missing,
    asked,
    phase: isWhole ? 'open' : 'loading',
    attempt: isWhole ? 0 : record.view.attempt,
  });
}

/** The window is there, or a part of it. */
export const loaded: {
  readonly info: (record: ConversationState, info: ConversationInfo) => ConversationTransition;
  readonly members: (record: ConversationState, page: Page<Member>) => ConversationTransition;
  readonly newest: (record: ConversationState, page: Events) => ConversationTransition;
  readonly older: (record: ConversationState, page: Events) => ConversationTransition;
} = {
  info: (record, info) =>
    transition(partLoaded({ ...record, conversation: informed(record.conversation, info) }, 'info')),

  members: (record, page) => {
    const known = new Map(record.conversation.members.map(member => [member.id, member]));
    // An event that arrived meanwhile is newer than the page.
    page.items.forEach(member => known.set(member.id, { ...member, ...known.get(member.id) }));
    const { trails } = record.view;
    const next = onward(trails.members, page);
    const trail = next._tag === 'more' ? next.trail : noTrail;
    const filled = put(show(record, { members: [...known.values()] }), { trails: { ...trails, members: trail } });
    if (next._tag === 'more') return transition(filled, { orders: [request(record, 'members', next.cursor)] });
    const whole = partLoaded(filled, 'members');
    return next._tag === 'astray' ? told(whole, next.fault) : transition(whole);
  },

  newest: (record, page) =>
    paged(record, 'newest', page, (filled, events) => {
      const top = filled.conversation.events.at(-1)?.id ?? 0;
      const shown = begin(
        partLoaded(filled, 'newest'),
        events.reduce((highest, { id }) => Math.max(highest, id), top),
      );
      // A message that an earlier page sent may stand there already.
      return andThen(shown, now => matchEchoes(now, events, 'page'));
    }),

  older: (record, page) =>
    paged(record, 'older', page, filled =>
      transition(put(filled, { loading: [] }), {
        outcomes: record.view.loading.map(ref => resolve(ref, right(undefined))),
      }),
    ),
};

/** A part of the window could not be had. */
export function loadFailed(
  record: ConversationState,
  purpose: Purpose,
  reason: Fault,
  { random }: Moment,
): ConversationTransition {
  if (purpose === 'older')
    return transition(put(record, { loading: [] }), {
      outcomes: record.view.loading.map(ref => resolve(ref, left(reason))),
    });
  const open = retryLater(record, purpose);
  const { phase, watched, attempt } = open.view;
  const isAgain = reason.retryable && watched;
  const shown = phase === 'loading' ? show(open, { sync: { failed: reason } }) : open;
  // The request has been tried with backoff already: this goes on from there.
  const ms = backoffDelay(defaultBackoff, attempt + maxTries, random);
  const failed: ConversationTransition = transition(isAgain ? put(shown, { attempt: attempt + 1 }) : shown, {
    orders: isAgain ? [after('retry', ms, { _tag: 'retry' })] : [],
    events: [{ _tag: 'fault', fault: reason }],
  });
  return purpose === 'newest' ? andThen(failed, start) : failed;
}

const maxTries = 4;

/** It is to be asked for again, once there is a line again. */
export function retryLater(record: ConversationState, purpose: Purpose): ConversationState {
  return put(record, { asked: record.view.asked.filter(one => one !== purpose) });
}
