import type { ConversationId, EventId, StreamEvent } from 'callstream';

/** What was counted on `event$` and `session$`, and nothing else. */
export type Tally = {
  readonly events: number;
  readonly repeated: number;
  /** Came after one with a higher number. */
  readonly late: number;
  readonly gaps: number;
  readonly reconnects: number;
  /** The highest number of each conversation so far. */
  readonly last: ReadonlyMap<ConversationId, EventId>;
};

export const noTally: Tally = { events: 0, repeated: 0, late: 0, gaps: 0, reconnects: 0, last: new Map() };

export const reconnected = (tally: Tally): Tally => ({ ...tally, reconnects: tally.reconnects + 1 });

/** One event more. What has no number has no place that it could miss. */
export const counted = (tally: Tally, event: StreamEvent): Tally => {
  if (event.kind === 'gap') return { ...tally, gaps: tally.gaps + 1 };
  const all = { ...tally, events: tally.events + 1 };
  if (!('id' in event)) return all;
  const last = tally.last.get(event.conversationId) ?? 0;
  if (event.id === last) return { ...all, repeated: all.repeated + 1 };
  if (event.id < last) return { ...all, late: all.late + 1 };
  return { ...all, last: new Map(tally.last).set(event.conversationId, event.id) };
};

const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

export const tallyWords = ({ events, repeated, late, gaps, reconnects }: Tally): string =>
  [
    many(events, 'event'),
    `${repeated} twice`,
    `${late} out of order`,
    many(gaps, 'gap'),
    many(reconnects, 'reconnect'),
  ].join(' · ');
