/** The storage in memory: the usual one of a development server, gone with the process. */
import type { ConversationRow, EventRow, MemberRow, Receipt, SessionRow, UserRow } from './model.js';
import type { ConversationSlice, Draft, EventSlice, Membership, Message, Slice, Standing, Storage } from './storage.js';

interface Room {
  row: ConversationRow;
  readonly members: Map<string, MemberRow>;
  /** The event with number n is at n - 1. */
  readonly log: EventRow[];
  readonly byKey: Map<string, number>;
}

/** Every operation runs in one turn, which makes it atomic. */
export function createMemory(): Storage {
  const users = new Map<string, UserRow>();
  const names = new Map<string, string>();
  const rooms = new Map<string, Room>();
  const roomNames = new Map<string, string>();
  const sessions = new Map<string, SessionRow>();

  const roomOf = (idOrName: string): Room | undefined =>
    rooms.get(idOrName) ?? rooms.get(roomNames.get(idOrName) ?? '');

  function membershipsOf(user: string): Membership[] {
    return [...rooms.values()].flatMap(({ row, members }) =>
      [...members.values()].filter(member => member.user === user).map(member => ({ conversation: row, member })),
    );
  }

  const presentOf = (user: string): Membership[] => membershipsOf(user).filter(({ member }) => member.state !== 'LEFT');

  return {
    ensureUser: later(user => {
      const known = users.get(names.get(user.name) ?? '');
      if (known) return known;
      names.set(user.name, user.id);
      users.set(user.id, user);
      return user;
    }),
    user: later(idOrName => users.get(idOrName) ?? users.get(names.get(idOrName) ?? '')),

    createConversation: later(row => {
      if (roomNames.has(row.name)) return 'duplicate-name';
      roomNames.set(row.name, row.id);
      rooms.set(row.id, { row: { ...row, last: 0 }, members: new Map(), log: [], byKey: new Map() });
      return 'created';
    }),
    conversation: later(idOrName => roomOf(idOrName)?.row),
    updateConversation: later((id, change, at) => {
      const room = rooms.get(id);
      if (!room) return 'no-conversation';
      const name = change.name ?? room.row.name;
      if ((roomNames.get(name) ?? id) !== id) return 'duplicate-name';
      roomNames.delete(room.row.name);
      roomNames.set(name, id);
      room.row = { ...room.row, ...change, updated: at };
      return room.row;
    }),
    deleteConversation: later(id => {
      const room = rooms.get(id);
      if (!room) return false;
      roomNames.delete(room.row.name);
      return rooms.delete(id);
    }),
    conversationsOf: later((user, slice) => {
      const sorted = presentOf(user).sort((a, b) => compare(placeOf(a, slice.by), placeOf(b, slice.by)));
      const { after } = slice;
      return taken(sorted, slice, one => (after ? compare(placeOf(one, slice.by), after) : undefined));
    }),

    putMember: later(({ member: facts, was, event: draft }) => {
      const room = rooms.get(facts.conversation);
      if (!room) return 'no-conversation';
      const known = room.members.get(facts.id);
      const doubled = [...room.members.values()].some(
        other => other.id !== facts.id && other.user === facts.user && other.state !== 'LEFT',
      );
      if (known?.state !== was || (doubled && facts.state !== 'LEFT')) return 'stale';
      const event = stored(room, draft, null);
      const entered = known?.entered ?? event.id;
      const member = { ...facts, entered, gone: facts.state === 'LEFT' ? event.id : null };
      room.members.set(member.id, member);
      return { member, event };
    }),
    member: later((conversation, id) => rooms.get(conversation)?.members.get(id)),
    memberOf: later((conversation, user) => {
      const all = [...(rooms.get(conversation)?.members.values() ?? [])].filter(member => member.user === user);
      return all.find(member => member.state !== 'LEFT') ?? all.at(-1);
    }),
    members: later((conversation, slice) => {
      const { after } = slice;
      const all = [...(rooms.get(conversation)?.members.values() ?? [])];
      return taken(all, slice, member => (after === undefined ? undefined : member.entered - after));
    }),
    standings: later((user, conversations) => {
      const found = conversations.flatMap(id => {
        const room = rooms.get(id);
        return room ? [[id, standingIn(room, user)] as const] : [];
      });
      return new Map(found);
    }),
    audience: later(conversation =>
      [...(rooms.get(conversation)?.members.values() ?? [])]
        .filter(member => member.state === 'JOINED')
        .map(member => member.user),
    ),

    append: later(message => {
      const room = rooms.get(message.conversation);
      if (!room) return 'no-conversation';
      const key = message.key === undefined ? null : `${message.user} ${message.key}`;
      const former = room.log[(room.byKey.get(key ?? '') ?? 0) - 1];
      if (former) return { event: former, fresh: false };
      const member = room.members.get(message.from);
      if (member?.state !== 'JOINED' || member.user !== message.user) return 'no-member';
      const refused = affect(room, message);
      if (refused) return refused;
      const event = stored(room, message, message.key ?? null);
      if (key !== null) room.byKey.set(key, event.id);
      return { event, fresh: true };
    }),
    note: later(draft => {
      const room = rooms.get(draft.conversation);
      return room ? stored(room, draft, null) : 'no-conversation';
    }),
    event: later((conversation, id) => rooms.get(conversation)?.log[id - 1]),
    events: later((conversation, slice) => eventsIn(rooms.get(conversation)?.log ?? [], slice)),

    openSession: later((session, most) => {
      const own = [...sessions.values()].filter(({ user }) => user === session.user);
      const expired = own.filter(({ expires }) => expires <= session.opened);
      for (const { id } of expired) sessions.delete(id);
      if (own.length - expired.length >= most) return 'too-many';
      sessions.set(session.id, session);
      return 'opened';
    }),
    session: later(id => sessions.get(id)),
    touchSession: later((id, expires, positions) => {
      const session = sessions.get(id);
      if (session) sessions.set(id, { ...session, expires, ...(positions ? { positions } : {}) });
    }),
    endSession: later(id => {
      sessions.delete(id);
    }),

    positions: later(user =>
      Object.fromEntries(presentOf(user).map(({ conversation }) => [conversation.id, conversation.last])),
    ),
    missed: later((user, positions, limit) =>
      membershipsOf(user)
        .flatMap(({ conversation, member }) => {
          const position = positions[conversation.id];
          if (member.state === 'LEFT' && position === undefined) return [];
          const first = Math.max((position ?? 0) + 1, member.entered);
          const end = member.state === 'INVITED' ? member.entered : (member.gone ?? conversation.last);
          return dated(rooms.get(conversation.id)?.log.slice(first - 1, Math.max(end, first - 1)) ?? []);
        })
        .sort((a, b) => a.due - b.due || byText(a.event.conversation, b.event.conversation) || a.event.id - b.event.id)
        .slice(0, limit)
        .map(({ event }) => event),
    ),

    close: later(() => undefined),
  };
}

/** The result as a promise; what is done is done at the call. */
function later<A extends readonly unknown[], R>(work: (...args: A) => R): (...args: A) => Promise<R> {
  return (...args) => Promise.resolve(work(...args));
}

/** Applies a message to an earlier event, or returns the refusal. */
function affect(room: Room, { effect, from, at }: Message): 'no-event' | 'already-deleted' | undefined {
  if (!effect) return undefined;
  const target = room.log[effect.event - 1];
  if (!target) return 'no-event';
  if (effect.kind === 'erase') {
    if (target.deleted !== null) return 'already-deleted';
    room.log[effect.event - 1] = { ...target, body: effect.body, deleted: at };
    return undefined;
  }
  const receipt: Receipt = { member: from, status: effect.status, at };
  if (target.receipts.some(({ member, status }) => member === from && status === effect.status)) return undefined;
  room.log[effect.event - 1] = { ...target, receipts: [...target.receipts, receipt] };
  return undefined;
}

function stored(room: Room, { conversation, type, from, user, at, body }: Draft, key: string | null): EventRow {
  const id = room.row.last + 1;
  const event: EventRow = { conversation, id, type, from, user, at, body, key, deleted: null, receipts: [] };
  room.row = { ...room.row, last: id };
  room.log.push(event);
  return event;
}

function standingIn({ log, members }: Room, user: string): Standing {
  const own = [...members.values()].filter(member => member.user === user);
  const seen = (event: EventRow): boolean =>
    event.receipts.some(({ member, status }) => status === 'seen' && own.some(({ id }) => id === member));
  const entered = own.find(({ state }) => state !== 'LEFT')?.entered ?? 0;
  const isUnread = ({ id, type, user: by }: EventRow): boolean => type === 'message' && by !== user && id > entered;
  const backwards = [...log].reverse();
  const last = backwards.find(({ type }) => type === 'message' || type.startsWith('custom:'));
  const known = backwards.findIndex(seen);
  const since = known === -1 ? backwards : backwards.slice(0, known);
  return { ...(last ? { last } : {}), unread: since.filter(isUnread).length };
}

function eventsIn(log: readonly EventRow[], { order, limit, from, types, except, undeleted }: EventSlice): EventRow[] {
  const step = order === 'asc' ? 1 : -1;
  const found: EventRow[] = [];
  const start = order === 'asc' ? Math.max(from ?? 1, 1) : Math.min(from ?? log.length, log.length);
  for (let id = start; found.length < limit; id += step) {
    const event = log[id - 1];
    if (!event) break;
    const wanted = (types?.includes(event.type) ?? true) && !except?.includes(event.type);
    if (wanted && !(undeleted && event.deleted !== null)) found.push(event);
  }
  return found;
}

/** Events with the latest time up to each: a clock that was set back puts none before an earlier one. */
function dated(log: readonly EventRow[]): readonly { readonly event: EventRow; readonly due: number }[] {
  let due = -Infinity;
  return log.map(event => {
    due = Math.max(due, event.at);
    return { event, due };
  });
}

/** A page of rows that are in ascending order; `beyond` compares a row with the place after which the page starts. */
function taken<T>(rows: readonly T[], { order, limit }: Slice, beyond: (row: T) => number | undefined): readonly T[] {
  const direction = order === 'asc' ? 1 : -1;
  const rest = rows.filter(row => (beyond(row) ?? direction) * direction > 0);
  return (order === 'asc' ? rest : rest.reverse()).slice(0, limit);
}

interface Place {
  readonly value: string | number;
  readonly id: string;
}

function placeOf({ conversation }: Membership, by: ConversationSlice['by']): Place {
  return { value: by === 'created' ? conversation.created : (conversation.sortKey ?? ''), id: conversation.id };
}

function compare(a: Place, b: Place): number {
  return byText(a.value, b.value) || byText(a.id, b.id);
}

function byText(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
