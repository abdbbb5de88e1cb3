import { contentOf, type Content, type Conversation, type EventId, type TimelineEvent, type Unsent } from 'callstream';
import { calledOf, namesOf, senderOf, seenOf } from './people.js';
import { reachOf, type Reach } from './receipt.js';
import { isOwn } from './user.js';

/** Something that somebody said. Before it is sent it is `unsent`, and keeps its key when it has become an event. */
export type Said = {
  readonly kind: 'said';
  readonly key: string;
  /** What it was made of: another one means that there is something to draw. */
  readonly source: TimelineEvent | Unsent;
  readonly id?: EventId;
  readonly own: boolean;
  readonly sender: string;
  /** Whether it goes on from the row before it, which has told the sender. */
  readonly follows: boolean;
  readonly at: number;
  /** Nothing, when it was deleted. */
  readonly content?: Content;
  readonly reach?: Reach;
  readonly unsent?: Unsent;
};

/** Something that happened. */
export type Happened = {
  readonly kind: 'happened';
  readonly key: string;
  readonly words: string;
  readonly at?: number;
};

/** Something that could not be fetched in time, and may still come. */
export type Missing = { readonly kind: 'missing'; readonly key: string; readonly words: string };

export type Row = Said | Happened | Missing;

/** Longer, and the sender is told again. */
const pause = 5 * 60_000;

/** What a timeline shows, oldest first: what was said and what happened, with the gaps between, then what still waits. */
export const rowsOf = (conversation: Conversation, user: string | undefined): readonly Row[] => {
  const { events, gaps, unsent, members, me } = conversation;
  const readers = { names: namesOf(members), seen: seenOf(conversation), me: me?.id };

  const rows: Row[] = [];
  const add = (row: Row): void => {
    const before = rows.at(-1);
    const follows =
      row.kind === 'said' &&
      before?.kind === 'said' &&
      before.own === row.own &&
      before.sender === row.sender &&
      row.at - before.at < pause;
    rows.push(follows ? { ...row, follows } : row);
  };

  const holes = [...gaps];
  for (const event of events) {
    for (let hole = holes[0]; hole !== undefined && hole.to < event.id; hole = holes[0]) {
      add(missingOf(hole));
      holes.shift();
    }
    add(rowOf(event, user, readers));
  }
  holes.map(missingOf).forEach(add);

  // What a former page has sent may be here before its answer is.
  const here = new Set(rows.map(({ key }) => key));
  unsent
    .filter(({ key }) => !here.has(key))
    .map(waitingOf)
    .forEach(add);
  return rows;
};

const rowOf = (event: TimelineEvent, user: string | undefined, readers: Parameters<typeof reachOf>[1]): Row => {
  const { id } = event;
  if (event.kind === 'unknown') return { kind: 'happened', key: `${id}`, words: unknownOf(event.raw) };
  const at = Date.parse(event.timestamp);
  if (event.kind === 'member:invited' || event.kind === 'member:joined' || event.kind === 'member:left')
    return { kind: 'happened', key: `${id}`, words: `${calledOf(event.body.user)} ${happenings[event.kind]}`, at };
  const own = isOwn(event, user);
  const deleted = event.kind !== 'custom' && event.body.deleted !== undefined;
  return {
    kind: 'said',
    key: event.clientKey ?? `${id}`,
    source: event,
    id,
    own,
    sender: own ? 'You' : senderOf(event.from),
    follows: false,
    at,
    ...(deleted ? {} : { content: contentOf(event) }),
    ...(own && !deleted && event.kind !== 'custom' ? { reach: reachOf(event, readers) } : {}),
  };
};

const happenings = { 'member:invited': 'was invited', 'member:joined': 'joined', 'member:left': 'left' } as const;

const unknownOf = (raw: unknown): string => {
  const { type } = (typeof raw === 'object' && raw !== null ? raw : {}) as { readonly type?: unknown };
  return `Something this page does not know${typeof type === 'string' ? `: ${type}` : ''}`;
};

const missingOf = ({ from, to }: Conversation['gaps'][number]): Missing => ({
  kind: 'missing',
  key: `gap ${from}-${to}`,
  words: from === to ? `Event ${from} has not come yet` : `Events ${from} to ${to} have not come yet`,
});

const waitingOf = (unsent: Unsent): Said => ({
  kind: 'said',
  key: unsent.key,
  source: unsent,
  own: true,
  sender: 'You',
  follows: false,
  at: unsent.since,
  content: unsent.content,
  unsent,
});

/** Whether two rows look the same. */
export const sameRow = (a: Row, b: Row): boolean => {
  if (a.kind === 'said' && b.kind === 'said')
    return (
      a.source === b.source &&
      a.own === b.own &&
      a.sender === b.sender &&
      a.follows === b.follows &&
      a.reach?.words === b.reach?.words
    );
  return a.kind !== 'said' && b.kind !== 'said' && a.words === b.words;
};
