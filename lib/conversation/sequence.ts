import { after, andThen, cancelAfter, transition } from '../core/transition.js';
import type { ConversationEvent, EventId, Page, Unknown } from './model.js';
import { cover, uncovered, reach, type Ranges } from './ranges.js';
import { noTrail, onward } from './pages.js';
import {
  isOpenTo,
  deliveredUpTo,
  pageSize,
  withSequence,
  type ConversationState,
  type ConversationTransition,
  type Numbered,
  type Sequence,
} from './state.js';
import { matchEchoes } from './echo-match.js';
import { deliver, recall } from './deliver.js';
import { dropFirst, insert, insertAll } from './timeline.js';
import type { Millis } from '../core/port.js';

/** How long a hole may hold back what is behind it. */
const gapTimeoutMs: Millis = 10_000;

function put(record: ConversationState, sequence: Partial<Sequence>): ConversationState {
  return {
    ...record,
    sequence: { ...record.sequence, ...sequence },
  };
}

/** An event has arrived by itself: it is passed on, held until what is missing before it has come, or late. */
export function receive(record: ConversationState, event: Numbered): ConversationTransition {
  const { delivered, buffered, ahead, highest } = record.sequence;
  const { id } = event;
  if (delivered === undefined) {
    // The sequence begins with the first page where one is on its way, else with this event.
    return record.view.asked.includes('newest')
      ? transition(
          put(record, {
            buffered: insert(buffered, event),
            ahead: cover(ahead, id, id),
            highest: Math.max(highest, id),
          }),
        )
      : receive(put(record, { delivered: id - 1 }), event);
  }
  if (id <= delivered) return receiveLate(record, [event]);
  if (id === delivered + 1 && ahead.length === 0) {
    return deliver(withSequence(record, deliveredUpTo(record.sequence, id)), [event]);
  }
  return advance(
    put(record, { buffered: insert(buffered, event), ahead: cover(ahead, id, id), highest: Math.max(highest, id) }),
  );
}

/** An event whose number was skipped is inserted into the timeline, and not emitted. */
function receiveLate(record: ConversationState, events: readonly Numbered[]): ConversationTransition {
  const gaps = events.reduce((left, { id }) => without(left, id, id), record.sequence.gaps);
  return matchEchoes(recall(gaps === record.sequence.gaps ? record : put(record, { gaps }), events), events);
}

/** The sequence begins after a page whose newest event is `top`; what arrived meanwhile comes next. */
export function begin(record: ConversationState, top: EventId): ConversationTransition {
  if (record.sequence.delivered !== undefined) return transition(record);
  const first = record.sequence.buffered.at(0);
  const delivered = first === undefined ? top : first.id - 1;
  // The page may be older than the last moment without a line.
  return andThen(advance(put(record, { delivered, highest: Math.max(record.sequence.highest, top) })), askOnce);
}

/** No page is on its way with which the sequence could begin: what was held for it is passed on. */
export function start(record: ConversationState): ConversationTransition {
  const first = record.sequence.buffered.at(0);
  return record.sequence.delivered === undefined && first !== undefined
    ? advance(put(record, { delivered: first.id - 1 }))
    : transition(record);
}

function askOnce(record: ConversationState): ConversationTransition {
  return record.sequence.backfill === undefined ? requestBackfill(record) : transition(record);
}

/** Passes on everything up to the next hole, and sees to that hole. */
function advance(record: ConversationState): ConversationTransition {
  const { delivered = 0, ahead, buffered } = record.sequence;
  const to = reach(ahead, delivered);
  if (to === delivered) return startGapTimer(record);
  const ready = upTo(buffered, to);
  const moved = put(record, {
    delivered: to,
    buffered: dropFirst(buffered, ready.length),
    ahead: ahead.filter(range => range.from > to),
    waiting: false,
  });
  const rested: ConversationTransition = transition(moved, {
    orders: record.sequence.waiting ? [cancelAfter('gap')] : [],
  });
  return andThen(
    andThen(rested, now => deliver(now, ready)),
    startGapTimer,
  );
}

function upTo(held: Iterable<Numbered>, id: EventId): readonly Numbered[] {
  const ready: Numbered[] = [];
  for (const event of held) {
    if (event.id > id) break;
    ready.push(event);
  }
  return ready;
}

/** A hole is asked for, and waited for, while there is a line. */
function startGapTimer(record: ConversationState): ConversationTransition {
  const { buffered, backfill, waiting } = record.sequence;
  if (buffered.length === 0 || !isOpenTo(record)) return transition(record);
  const waited: ConversationTransition = waiting
    ? transition(record)
    : transition(put(record, { waiting: true }), { orders: [after('gap', gapTimeoutMs, { _tag: 'gap-timeout' })] });
  return backfill === undefined ? andThen(waited, requestBackfill) : waited;
}

/** Asks for everything from the first hole on. */
function requestBackfill(record: ConversationState): ConversationTransition {
  const { delivered = 0, gaps, highest } = record.sequence;
  const from = Math.min(gaps[0]?.from ?? Infinity, delivered + 1);
  return transition(put(record, { backfill: { from, heard: highest, stale: false, trail: noTrail } }), {
    orders: [backfillRequest(record, from)],
  });
}

function backfillRequest(
  { conversation }: ConversationState,
  startId: EventId,
  cursor?: string,
): ConversationTransition['orders'][number] {
  return {
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
  };
}

/** A line that is back may have missed anything: what was passed on is the only thing that is sure. */
export function resume(record: ConversationState): ConversationTransition {
  const { delivered, backfill } = record.sequence;
  if (delivered === undefined || record.view.gone !== undefined) return transition(record);
  const again =
    backfill === undefined
      ? requestBackfill(record)
      : transition(put(record, { backfill: { ...backfill, stale: true } }));
  return andThen<ConversationState, ConversationTransition['orders'][number], ConversationTransition['events'][number]>(
    again,
    startGapTimer,
  );
}

/** Stops the gap timers while offline. */
export function suspendGapTimer(record: ConversationState): ConversationTransition {
  return record.sequence.waiting
    ? transition(put(record, { waiting: false }), { orders: [cancelAfter('gap')] })
    : transition(record);
}

/**
 * A page of what was missed has come: it covers what it spans, whatever it contains. One on which nothing can be
 * understood is not the end as long as it leads on.
 */
export function fill(record: ConversationState, page: Page<ConversationEvent | Unknown>): ConversationTransition {
  const { backfill, delivered = 0, buffered, ahead, gaps, highest } = record.sequence;
  if (backfill === undefined) return transition(record);
  const items = numbered(page.items).filter(({ id }) => id >= backfill.from);
  const last = items.reduce((highest, { id }) => Math.max(highest, id), backfill.from - 1);
  const next = onward(backfill.trail, { ...page, items });
  const end = next._tag === 'end' ? Math.max(last, backfill.heard) : last;
  const from = Math.max(backfill.from, delivered + 1);
  const filled = put(record, {
    buffered: insertAll(
      buffered,
      items.filter(({ id }) => id > delivered),
    ),
    ahead: end < from ? ahead : cover(ahead, from, end),
    gaps: end < backfill.from ? gaps : without(gaps, backfill.from, end),
    highest: Math.max(highest, last),
  });
  const old = items.filter(({ id }) => id <= delivered);
  return andThen(matchEchoes(recall(filled, old), old), shown => {
    if (next._tag === 'more') {
      const { cursor, trail } = next;
      const later = put(shown, { backfill: { ...backfill, from: end + 1, heard: filled.sequence.highest, trail } });
      return andThen(advance(later), now => transition(now, { orders: [backfillRequest(now, end + 1, cursor)] }));
    }
    const done = put(shown, { backfill: undefined });
    if (next._tag === 'astray')
      return andThen(skipGap(done), now => transition(now, { events: [{ _tag: 'fault', fault: next.fault }] }));
    return backfill.stale ? andThen(requestBackfill(done), advance) : advance(done);
  });
}

/** The backfill has failed: the missing events are skipped. */
export function backfillFailed(record: ConversationState): ConversationTransition {
  return skipGap(withoutBackfill(record));
}

/** Drops the backfill. */
export function withoutBackfill(record: ConversationState): ConversationState {
  return put(record, { backfill: undefined });
}

/** The gap timeout: the gap is skipped and reported. */
export function skipGap(record: ConversationState): ConversationTransition {
  const { delivered = 0, buffered, gaps } = record.sequence;
  const first = buffered.at(0);
  const rested = put(record, { waiting: false });
  if (first === undefined) return transition(rested);
  const gap = { from: delivered + 1, to: first.id - 1 };
  const moved = put(rested, { delivered: gap.to, gaps: cover(gaps, gap.from, gap.to) });
  const told: ConversationTransition = transition(moved, {
    orders: [cancelAfter('gap')],
    events: [{ _tag: 'event', event: { kind: 'gap', conversationId: record.conversation.id, ...gap } }],
  });
  return andThen(told, advance);
}

function without(ranges: Ranges, from: EventId, to: EventId): Ranges {
  return ranges.some(range => range.from <= to && range.to >= from)
    ? ranges.flatMap(range => uncovered([{ from, to }], range.from, range.to))
    : ranges;
}

/** Events with a number. */
export function numbered(events: readonly (ConversationEvent | Unknown)[]): readonly Numbered[] {
  return events.filter(isNumbered);
}

export function isNumbered(event: ConversationEvent | Unknown): event is Numbered {
  return 'id' in event;
}
