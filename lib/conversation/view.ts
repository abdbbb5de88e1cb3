import { left, right } from '../core/either.js';
import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import type { Fault } from '../core/fault.js';
import { after, andThen, cancelAfter, resolve, transition, type Moment } from '../core/transition.js';
import type { Millis, Ref } from '../core/units.js';
import { fold, informed, isShown } from './fold.js';
import type { Conversation, ConversationEvent, ConversationInfo, Member, Page, Unknown } from './model.js';
import { noTrail, onward, type Onward } from './pages.js';
import {
  isOpenTo,
  pageSize,
  windowSize,
  type ConversationOrder,
  type ConversationRecord,
  type ConversationTurn,
  type Numbered,
  type Purpose,
  type View,
} from './record.js';
import { recognise } from './echo.js';
import { begin, commence, numbered } from './sequence.js';
import { emptyTimeline, insertAll } from './timeline.js';

/** How long a window outlives its last viewer. */
const linger: Millis = 30_000;

const put = (record: ConversationRecord, view: Partial<View>): ConversationRecord => ({
  ...record,
  view: { ...record.view, ...view },
});

const show = (record: ConversationRecord, conversation: Partial<Conversation>): ConversationRecord => ({
  ...record,
  conversation: { ...record.conversation, ...conversation },
});

/** Somebody looks: the window opens; what of it could not be had is asked for again. */
export const watch = (record: ConversationRecord): ConversationTurn => {
  const watched = put(record, { watched: true });
  const kept: ConversationTurn = transition(watched, { orders: [cancelAfter('release')] });
  return andThen(kept, record.view.phase === 'closed' ? open : loadMissing);
};

/** Nobody looks any more. */
export const unwatch = (record: ConversationRecord): ConversationTurn => {
  const left = put(record, { watched: false });
  return record.setting.wanted
    ? transition(left, { orders: [cancelAfter('retry'), after('release', linger, { _tag: 'release' })] })
    : release(left);
};

/** A client that is left does not linger. */
export const settleView = (record: ConversationRecord): ConversationTurn =>
  record.setting.wanted || record.view.watched || record.view.phase === 'closed'
    ? transition(record)
    : andThen(release(record), now => transition(now, { orders: [cancelAfter('release')] }));

/** The window has been looked at by nobody for a while. While something of it is on its way, it stays. */
export const expire = (record: ConversationRecord): ConversationTurn =>
  record.view.asked.length + record.view.loading.length > 0
    ? transition(record, { orders: [after('release', linger, { _tag: 'release' })] })
    : release(record);

/** The window is let go; the place in the sequence stays. */
const release = (record: ConversationRecord): ConversationTurn => {
  const closed = put(record, {
    phase: 'closed',
    missing: [],
    asked: [],
    astray: [],
    older: undefined,
    trails: { older: noTrail, members: noTrail },
    attempt: 0,
    loading: [],
    room: windowSize,
  });
  const empty = show(closed, {
    events: emptyTimeline,
    members: [],
    history: { before: false, after: false, loading: false },
    sync: 'loading',
  });
  const closing: ConversationTurn = transition(empty, {
    orders: [cancelAfter('retry')],
    outcomes: record.view.loading.map(ref => resolve(ref, right(undefined))),
  });
  return andThen(closing, commence);
};

const parts: readonly Purpose[] = ['info', 'members', 'newest'];

const open = (record: ConversationRecord): ConversationTurn =>
  loadMissing(put(record, { phase: 'loading', missing: parts }));

/** Everything that is looked at is asked for anew. */
export const reopen = (record: ConversationRecord): ConversationTurn =>
  record.view.watched ? open(put(record, { asked: [] })) : transition(record);

/** A line that is back asks for what is not told by an event: what the conversation is, and whether it is still ours. */
export const refreshInfo = (record: ConversationRecord): ConversationTurn =>
  record.view.phase === 'open' && record.view.watched && isOpenTo(record)
    ? transition(put(record, { asked: ['info'] }), { orders: [request(record, 'info')] })
    : transition(record);

/** Asks for what the window still lacks, once there is a line. */
export const loadMissing = (record: ConversationRecord): ConversationTurn => {
  const { phase, missing, asked } = record.view;
  if (!isOpenTo(record) || phase !== 'loading') return transition(record);
  const wanted = missing.filter(part => !asked.includes(part));
  return transition(put(record, { asked: missing }), { orders: wanted.map(part => request(record, part)) });
};

const request = (
  { conversation: { id, events }, view }: ConversationRecord,
  purpose: Purpose,
  cursor?: string,
): ConversationOrder => {
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
};

/** One page more at the beginning of the window. */
export const loadOlder = (record: ConversationRecord, ref: Ref): ConversationTurn => {
  const { view, conversation } = record;
  if (view.phase !== 'open' || !conversation.history.before)
    return transition(record, { outcomes: [resolve(ref, right(undefined))] });
  const waiting = put(record, {
    loading: [...view.loading, ref],
    room: view.room + (view.loading.length === 0 ? pageSize : 0),
  });
  return transition(waiting, { orders: view.loading.length === 0 ? [request(record, 'older')] : [] });
};

type Events = Page<ConversationEvent | Unknown>;

const told = (record: ConversationRecord, reason: Fault): ConversationTurn =>
  transition(record, { events: [{ _tag: 'fault', fault: reason }] });

/** The oldest page is the beginning of the window. */
const withPage = (record: ConversationRecord, page: readonly Numbered[], next: Onward): ConversationRecord => {
  const { conversation, view, setting } = record;
  // What is older than the window is let in by its page only; all at once, for one by one would be slow.
  const opened = {
    ...conversation,
    events: insertAll(conversation.events, page.filter(isShown)),
    history: { ...conversation.history, before: false },
  };
  const filled = [...page, ...view.astray].reduce((before, event) => fold(before, event, setting), opened);
  const isMore = next._tag === 'more';
  return put(
    { ...record, conversation: { ...filled, history: { ...filled.history, before: isMore } } },
    {
      astray: [],
      older: isMore ? next.cursor : undefined,
      trails: { ...view.trails, older: isMore ? next.trail : noTrail },
    },
  );
};

/** What is done with a page of events; one that shows nothing leads on to the next. */
const paged = (
  record: ConversationRecord,
  purpose: 'newest' | 'older',
  page: Events,
  done: (record: ConversationRecord, events: readonly Numbered[]) => ConversationTurn,
): ConversationTurn => {
  const events = numbered(page.items);
  const next = onward(record.view.trails.older, { ...page, items: events.filter(isShown) });
  const filled = withPage(record, events, next);
  if (next._tag === 'more' && !events.some(isShown))
    return transition(filled, { orders: [request(filled, purpose, next.cursor)] });
  return next._tag === 'astray' ? andThen(told(filled, next.fault), now => done(now, events)) : done(filled, events);
};

const got = (record: ConversationRecord, part: Purpose): ConversationRecord => {
  const missing = record.view.missing.filter(one => one !== part);
  const asked = record.view.asked.filter(one => one !== part);
  const isWhole = missing.length === 0;
  return put(record, {
    missing,
    asked,
    phase: isWhole ? 'open' : 'loading',
    attempt: isWhole ? 0 : record.view.attempt,
  });
};

/** The window is there, or a part of it. */
export const loaded: {
  readonly info: (record: ConversationRecord, info: ConversationInfo) => ConversationTurn;
  readonly members: (record: ConversationRecord, page: Page<Member>) => ConversationTurn;
  readonly newest: (record: ConversationRecord, page: Events) => ConversationTurn;
  readonly older: (record: ConversationRecord, page: Events) => ConversationTurn;
} = {
  info: (record, info) => transition(got({ ...record, conversation: informed(record.conversation, info) }, 'info')),

  members: (record, page) => {
    const known = new Map(record.conversation.members.map(member => [member.id, member]));
    // What an event has told meanwhile is newer than the page.
    page.items.forEach(member => known.set(member.id, { ...member, ...known.get(member.id) }));
    const { trails } = record.view;
    const next = onward(trails.members, page);
    const trail = next._tag === 'more' ? next.trail : noTrail;
    const filled = put(show(record, { members: [...known.values()] }), { trails: { ...trails, members: trail } });
    if (next._tag === 'more') return transition(filled, { orders: [request(record, 'members', next.cursor)] });
    const whole = got(filled, 'members');
    return next._tag === 'astray' ? told(whole, next.fault) : transition(whole);
  },

  newest: (record, page) =>
    paged(record, 'newest', page, (filled, events) => {
      const top = filled.conversation.events.at(-1)?.id ?? 0;
      const shown = begin(
        got(filled, 'newest'),
        events.reduce((highest, { id }) => Math.max(highest, id), top),
      );
      // A message that an earlier page sent may stand there already.
      return andThen(shown, now => recognise(now, events, 'page'));
    }),

  older: (record, page) =>
    paged(record, 'older', page, filled =>
      transition(put(filled, { loading: [] }), {
        outcomes: record.view.loading.map(ref => resolve(ref, right(undefined))),
      }),
    ),
};

/** A part of the window could not be had. */
export const missed = (
  record: ConversationRecord,
  purpose: Purpose,
  reason: Fault,
  { random }: Moment,
): ConversationTurn => {
  if (purpose === 'older')
    return transition(put(record, { loading: [] }), {
      outcomes: record.view.loading.map(ref => resolve(ref, left(reason))),
    });
  const open = unasked(record, purpose);
  const { phase, watched, attempt } = open.view;
  const isAgain = reason.retryable && watched;
  const shown = phase === 'loading' ? show(open, { sync: { failed: reason } }) : open;
  // The request has been tried with backoff already: this goes on from there.
  const ms = backoffDelay(defaultBackoff, attempt + triesOfRequest, random);
  const failed: ConversationTurn = transition(isAgain ? put(shown, { attempt: attempt + 1 }) : shown, {
    orders: isAgain ? [after('retry', ms, { _tag: 'retry' })] : [],
    events: [{ _tag: 'fault', fault: reason }],
  });
  return purpose === 'newest' ? andThen(failed, commence) : failed;
};

const triesOfRequest = 4;

/** It is to be asked for again, once there is a line again. */
export const unasked = (record: ConversationRecord, purpose: Purpose): ConversationRecord =>
  put(record, { asked: record.view.asked.filter(one => one !== purpose) });
