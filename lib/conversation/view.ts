import { left, right } from '../kernel/either.js';
import type { Fault } from '../kernel/fault.js';
import { after, andThen, cancelAfter, settle, turn } from '../kernel/turn.js';
import type { Millis, Ref } from '../kernel/units.js';
import { fold, informed, isShown } from './fold.js';
import type { Conversation, ConversationEvent, ConversationInfo, Member, Page, Unknown } from './model.js';
import {
  pageSize,
  windowSize,
  type ConversationOrder,
  type ConversationRecord,
  type ConversationTurn,
  type Purpose,
  type View,
} from './record.js';
import { recognise } from './echo.js';
import { begin, commence, numbered, patienceForPages } from './sequence.js';
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
  const kept: ConversationTurn = turn(watched, { orders: [cancelAfter('release')] });
  return andThen(kept, record.view.phase === 'closed' ? open : loadMissing);
};

/** Nobody looks any more. */
export const unwatch = (record: ConversationRecord): ConversationTurn => {
  const left = put(record, { watched: false });
  return record.setting.wanted
    ? turn(left, { orders: [after('release', linger, { _tag: 'release' })] })
    : release(left);
};

/** A client that is left does not linger. */
export const settleView = (record: ConversationRecord): ConversationTurn =>
  record.setting.wanted || record.view.watched || record.view.phase === 'closed'
    ? turn(record)
    : andThen(release(record), now => turn(now, { orders: [cancelAfter('release')] }));

/** The window has been looked at by nobody for a while. While something of it is on its way, it stays. */
export const expire = (record: ConversationRecord): ConversationTurn =>
  record.view.asked.length + record.view.loading.length > 0
    ? turn(record, { orders: [after('release', linger, { _tag: 'release' })] })
    : release(record);

/** The window is let go; the place in the sequence stays. */
const release = (record: ConversationRecord): ConversationTurn => {
  const closed = put(record, {
    phase: 'closed',
    missing: [],
    asked: [],
    astray: [],
    older: undefined,
    idle: 0,
    loading: [],
    room: windowSize,
  });
  const empty = show(closed, {
    events: emptyTimeline,
    members: [],
    history: { before: false, after: false, loading: false },
    sync: 'loading',
  });
  const told: ConversationTurn = turn(empty, {
    settled: record.view.loading.map(ref => settle(ref, right(undefined))),
  });
  return andThen(told, commence);
};

const parts: readonly Purpose[] = ['info', 'members', 'newest'];

const open = (record: ConversationRecord): ConversationTurn =>
  loadMissing(put(record, { phase: 'loading', missing: parts }));

/** Asks for what the window still lacks, once there is a line. */
export const loadMissing = (record: ConversationRecord): ConversationTurn => {
  const { phase, missing, asked } = record.view;
  if (!record.setting.up || phase !== 'loading') return turn(record);
  const wanted = missing.filter(part => !asked.includes(part));
  return turn(put(record, { asked: missing }), { orders: wanted.map(part => request(record, part)) });
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
  const before =
    view.older !== undefined ? { cursor: view.older } : first === undefined ? {} : { startId: first.id - 1 };
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
    return turn(record, { settled: [settle(ref, right(undefined))] });
  const waiting = put(record, {
    loading: [...view.loading, ref],
    room: view.room + (view.loading.length === 0 ? pageSize : 0),
  });
  return turn(waiting, { orders: view.loading.length === 0 ? [request(record, 'older')] : [] });
};

type Events = Page<ConversationEvent | Unknown>;

/** The oldest page is the beginning of the window. */
const withPage = (record: ConversationRecord, { items, nextCursor }: Events): ConversationRecord => {
  const { conversation, view, setting } = record;
  const page = numbered(items);
  // What is older than the window is let in by its page only; all at once, for one by one would be slow.
  const opened = {
    ...conversation,
    events: insertAll(conversation.events, page.filter(isShown)),
    history: { ...conversation.history, before: false },
  };
  const filled = [...page, ...view.astray].reduce((before, event) => fold(before, event, setting), opened);
  const history = { ...filled.history, before: nextCursor !== undefined };
  return put({ ...record, conversation: { ...filled, history } }, { astray: [], older: nextCursor });
};

const got = (record: ConversationRecord, part: Purpose): ConversationRecord => {
  const missing = record.view.missing.filter(one => one !== part);
  const asked = record.view.asked.filter(one => one !== part);
  return put(record, { missing, asked, phase: missing.length === 0 ? 'open' : 'loading' });
};

/** The window is there, or a part of it. */
export const loaded: {
  readonly info: (record: ConversationRecord, info: ConversationInfo) => ConversationTurn;
  readonly members: (record: ConversationRecord, page: Page<Member>) => ConversationTurn;
  readonly newest: (record: ConversationRecord, page: Events) => ConversationTurn;
  readonly older: (record: ConversationRecord, page: Events) => ConversationTurn;
} = {
  info: (record, info) => turn(got({ ...record, conversation: informed(record.conversation, info) }, 'info')),

  members: (record, { items, nextCursor }) => {
    const known = new Map(record.conversation.members.map(member => [member.id, member]));
    // What an event has told meanwhile is newer than the page.
    items.forEach(member => known.set(member.id, { ...member, ...known.get(member.id) }));
    const filled = show(record, { members: [...known.values()] });
    const idle = known.size === record.conversation.members.length ? record.view.idle + 1 : 0;
    return nextCursor === undefined || items.length === 0 || idle > patienceForPages
      ? turn(got(put(filled, { idle: 0 }), 'members'))
      : turn(put(filled, { idle }), { orders: [request(record, 'members', nextCursor)] });
  },

  newest: (record, page) => {
    const top = numbered(page.items).reduce((highest, { id }) => Math.max(highest, id), 0);
    const shown = begin(got(withPage(record, page), 'newest'), top);
    // A message that an earlier page sent may stand there already.
    return andThen(shown, now => recognise(now, numbered(page.items), 'page'));
  },

  older: (record, page) =>
    turn(put(withPage(record, page), { loading: [] }), {
      settled: record.view.loading.map(ref => settle(ref, right(undefined))),
    }),
};

/** A part of the window could not be had. */
export const missed = (record: ConversationRecord, purpose: Purpose, reason: Fault): ConversationTurn => {
  if (purpose === 'older')
    return turn(put(record, { loading: [] }), {
      settled: record.view.loading.map(ref => settle(ref, left(reason))),
    });
  const open = unasked(record, purpose);
  const told: ConversationTurn = turn(open.view.phase === 'loading' ? show(open, { sync: { failed: reason } }) : open, {
    events: [{ _tag: 'fault', fault: reason }],
  });
  return purpose === 'newest' ? andThen(told, commence) : told;
};

/** It is to be asked for again, once there is a line again. */
export const unasked = (record: ConversationRecord, purpose: Purpose): ConversationRecord =>
  put(record, { asked: record.view.asked.filter(one => one !== purpose) });
