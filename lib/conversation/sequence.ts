import { after, andThen, cancelAfter, transition } from '../core/transition.js';
import type { Millis } from '../core/units.js';
import type { ConversationEvent, EventId, Page, Unknown } from './model.js';
import { cover, holes, reach, type Ranges } from './ranges.js';
import { noTrail, onward } from './pages.js';
import {
  isOpenTo,
  further,
  pageSize,
  withSequence,
  type ConversationRecord,
  type ConversationTurn,
  type Numbered,
  type Sequence,
} from './record.js';
import { recognise } from './echo.js';
import { pass, recall } from './pass.js';
import { dropFirst, insert, insertAll } from './timeline.js';

/** How long a hole may hold back what is behind it. */
const gapTimeout: Millis = 10_000;

const put = (record: ConversationRecord, sequence: Partial<Sequence>): ConversationRecord => ({
  ...record,
  sequence: { ...record.sequence, ...sequence },
});

/** An event has arrived by itself: it is passed on, held until what is missing before it has come, or late. */
export const arrive = (record: ConversationRecord, event: Numbered): ConversationTurn => {
  const { passed, held, ahead, heard } = record.sequence;
  const { id } = event;
  if (passed === undefined) {
    // The sequence begins with the first page where one is on its way, else with this event.
    return record.view.asked.includes('newest')
      ? transition(put(record, { held: insert(held, event), ahead: cover(ahead, id, id), heard: Math.max(heard, id) }))
      : arrive(put(record, { passed: id - 1 }), event);
  }
  if (id <= passed) return late(record, [event]);
  if (id === passed + 1 && ahead.length === 0) {
    return pass(withSequence(record, further(record.sequence, id)), [event]);
  }
  return advance(put(record, { held: insert(held, event), ahead: cover(ahead, id, id), heard: Math.max(heard, id) }));
};

/** What comes after its place was passed is shown where it belongs, and passed on to nobody. */
const late = (record: ConversationRecord, events: readonly Numbered[]): ConversationTurn => {
  const gaps = events.reduce((left, { id }) => without(left, id, id), record.sequence.gaps);
  return recognise(recall(gaps === record.sequence.gaps ? record : put(record, { gaps }), events), events);
};

/** The sequence begins after a page whose newest event is `top`; what arrived meanwhile comes next. */
export const begin = (record: ConversationRecord, top: EventId): ConversationTurn => {
  if (record.sequence.passed !== undefined) return transition(record);
  const first = record.sequence.held.at(0);
  const passed = first === undefined ? top : first.id - 1;
  // The page may be older than the last moment without a line.
  return andThen(advance(put(record, { passed, heard: Math.max(record.sequence.heard, top) })), askOnce);
};

/** No page is on its way with which the sequence could begin: what was held for it is passed on. */
export const commence = (record: ConversationRecord): ConversationTurn => {
  const first = record.sequence.held.at(0);
  return record.sequence.passed === undefined && first !== undefined
    ? advance(put(record, { passed: first.id - 1 }))
    : transition(record);
};

const askOnce = (record: ConversationRecord): ConversationTurn =>
  record.sequence.asked === undefined ? ask(record) : transition(record);

/** Passes on everything up to the next hole, and sees to that hole. */
const advance = (record: ConversationRecord): ConversationTurn => {
  const { passed = 0, ahead, held } = record.sequence;
  const to = reach(ahead, passed);
  if (to === passed) return attend(record);
  const ready = upTo(held, to);
  const moved = put(record, {
    passed: to,
    held: dropFirst(held, ready.length),
    ahead: ahead.filter(range => range.from > to),
    waiting: false,
  });
  const rested: ConversationTurn = transition(moved, { orders: record.sequence.waiting ? [cancelAfter('gap')] : [] });
  return andThen(
    andThen(rested, now => pass(now, ready)),
    attend,
  );
};

const upTo = (held: Iterable<Numbered>, id: EventId): readonly Numbered[] => {
  const ready: Numbered[] = [];
  for (const event of held) {
    if (event.id > id) break;
    ready.push(event);
  }
  return ready;
};

/** A hole is asked for, and waited for, while there is a line. */
const attend = (record: ConversationRecord): ConversationTurn => {
  const { held, asked, waiting } = record.sequence;
  if (held.length === 0 || !isOpenTo(record)) return transition(record);
  const waited: ConversationTurn = waiting
    ? transition(record)
    : transition(put(record, { waiting: true }), { orders: [after('gap', gapTimeout, { _tag: 'gap-timeout' })] });
  return asked === undefined ? andThen(waited, ask) : waited;
};

/** Asks for everything from the first hole on. */
const ask = (record: ConversationRecord): ConversationTurn => {
  const { passed = 0, gaps, heard } = record.sequence;
  const from = Math.min(gaps[0]?.from ?? Infinity, passed + 1);
  return transition(put(record, { asked: { from, heard, stale: false, trail: noTrail } }), {
    orders: [backfill(record, from)],
  });
};

const backfill = (
  { conversation }: ConversationRecord,
  startId: EventId,
  cursor?: string,
): ConversationTurn['orders'][number] => ({
  _tag: 'request',
  purpose: 'backfill',
  request: {
    verb: 'getConversationEvents',
    args: {
      conversation: conversation.id,
      order: 'asc',
      pageSize,
      everything: true,
      ...(cursor === undefined ? { startId } : { cursor }),
    },
  },
});

/** A line that is back may have missed anything: what was passed on is the only thing that is sure. */
export const resume = (record: ConversationRecord): ConversationTurn => {
  const { passed, asked } = record.sequence;
  if (passed === undefined || record.view.gone !== undefined) return transition(record);
  const again = asked === undefined ? ask(record) : transition(put(record, { asked: { ...asked, stale: true } }));
  return andThen<ConversationRecord, ConversationTurn['orders'][number], ConversationTurn['events'][number]>(
    again,
    attend,
  );
};

/** Without a line nobody can fill a hole, so nobody's patience is tried. */
export const rest = (record: ConversationRecord): ConversationTurn =>
  record.sequence.waiting
    ? transition(put(record, { waiting: false }), { orders: [cancelAfter('gap')] })
    : transition(record);

/**
 * A page of what was missed has come: it covers what it spans, whatever it contains. One on which nothing can be
 * understood is not the end as long as it leads on.
 */
export const fill = (record: ConversationRecord, page: Page<ConversationEvent | Unknown>): ConversationTurn => {
  const { asked, passed = 0, held, ahead, gaps, heard } = record.sequence;
  if (asked === undefined) return transition(record);
  const items = numbered(page.items).filter(({ id }) => id >= asked.from);
  const last = items.reduce((highest, { id }) => Math.max(highest, id), asked.from - 1);
  const next = onward(asked.trail, { ...page, items });
  const end = next._tag === 'end' ? Math.max(last, asked.heard) : last;
  const from = Math.max(asked.from, passed + 1);
  const filled = put(record, {
    held: insertAll(
      held,
      items.filter(({ id }) => id > passed),
    ),
    ahead: end < from ? ahead : cover(ahead, from, end),
    gaps: end < asked.from ? gaps : without(gaps, asked.from, end),
    heard: Math.max(heard, last),
  });
  const old = items.filter(({ id }) => id <= passed);
  return andThen(recognise(recall(filled, old), old), shown => {
    if (next._tag === 'more') {
      const { cursor, trail } = next;
      const later = put(shown, { asked: { ...asked, from: end + 1, heard: filled.sequence.heard, trail } });
      return andThen(advance(later), now => transition(now, { orders: [backfill(now, end + 1, cursor)] }));
    }
    const done = put(shown, { asked: undefined });
    if (next._tag === 'astray')
      return andThen(passOver(done), now => transition(now, { events: [{ _tag: 'fault', fault: next.fault }] }));
    return asked.stale ? andThen(ask(done), advance) : advance(done);
  });
};

/** Nobody will tell what was missed. */
export const giveUp = (record: ConversationRecord): ConversationTurn => passOver(unanswered(record));

/** What was asked for is not waited for any more. */
export const unanswered = (record: ConversationRecord): ConversationRecord => put(record, { asked: undefined });

/** The hole has had its time: it is passed over and told of. */
export const passOver = (record: ConversationRecord): ConversationTurn => {
  const { passed = 0, held, gaps } = record.sequence;
  const first = held.at(0);
  const rested = put(record, { waiting: false });
  if (first === undefined) return transition(rested);
  const gap = { from: passed + 1, to: first.id - 1 };
  const moved = put(rested, { passed: gap.to, gaps: cover(gaps, gap.from, gap.to) });
  const told: ConversationTurn = transition(moved, {
    orders: [cancelAfter('gap')],
    events: [{ _tag: 'event', event: { kind: 'gap', conversationId: record.conversation.id, ...gap } }],
  });
  return andThen(told, advance);
};

const without = (ranges: Ranges, from: EventId, to: EventId): Ranges =>
  ranges.some(range => range.from <= to && range.to >= from)
    ? ranges.flatMap(range => holes([{ from, to }], range.from, range.to))
    : ranges;

/** What has a place in the sequence. */
export const numbered = (events: readonly (ConversationEvent | Unknown)[]): readonly Numbered[] =>
  events.filter(isNumbered);

export const isNumbered = (event: ConversationEvent | Unknown): event is Numbered => 'id' in event;
