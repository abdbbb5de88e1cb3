/** One socket that is logged in: what it has been sent, and how far its client is known to have everything. */
import type { Frame } from './fanout.js';
import type { Positions, UserRow } from './model.js';

/** The socket's side. `acked` is called when the client has acknowledged; it stays away if the socket is not asked to. */
export type Emit = (type: string, payload: unknown, acked: () => void) => void;

/** A frame on its way to one socket: noted in the books at once, sent when `go` is called, as often as it is called. */
export type Pass = (frame: Frame, go: () => void) => void;

/** Remembered event numbers of a conversation; older ones count as sent. */
const mostTold = 1000;

/** One logged-in socket. */
export interface Connection {
  readonly user: UserRow;
  readonly session: string;
  /** Starts sending: first the buffered frames that the login did not contain. */
  readonly open: (positions: Positions) => void;
  readonly hear: (frame: Frame) => void;
  readonly positions: () => Positions;
}

/**
 * A connection that keeps what it hears until it is opened.
 *
 * @param stood - up to where its client had everything before
 * @param acknowledging - whether the client acknowledges events; then an event counts from its acknowledgement on, so that
 * what went into a dead socket is told again when the session is resumed
 */
export function createConnection(
  user: UserRow,
  session: string,
  stood: Positions,
  acknowledging: boolean,
  emit: Emit,
  pass: Pass,
): Connection {
  const tops = new Map(Object.entries(stood));
  const told = new Map<string, Set<number>>();
  let had = stood;
  const unacknowledged = new Map<string, Set<number>>();
  let waiting: Frame[] | undefined = [];

  function send(frame: Frame): void {
    if (isTold(frame)) return;
    const settled = noted(frame);
    pass(frame, () => {
      emit(frame.type, frame.payload, settled);
    });
  }

  /** True for an event that was sent, or that the client had; marks it as sent. */
  function isTold({ place }: Frame): boolean {
    if (!place) return false;
    const { conversation, id } = place;
    const known = told.get(conversation) ?? new Set();
    told.set(conversation, known);
    const [oldest = Infinity] = known;
    if (id <= (had[conversation] ?? 0) || known.has(id) || (known.size === mostTold && id < oldest)) return true;
    if (known.size === mostTold) known.delete(oldest);
    known.add(id);
    return false;
  }

  /** Writes down that an event is about to be sent; the result crosses it off. */
  function noted({ place }: Frame): () => void {
    if (!place) return () => undefined;
    const { conversation, id } = place;
    tops.set(conversation, Math.max(tops.get(conversation) ?? 0, id));
    if (!acknowledging) return () => undefined;
    const open = unacknowledged.get(conversation) ?? new Set();
    unacknowledged.set(conversation, open.add(id));
    return () => {
      open.delete(id);
    };
  }

  return {
    user,
    session,
    open: positions => {
      const kept = waiting ?? [];
      waiting = undefined;
      had = { ...stood, ...positions };
      for (const [conversation, position] of Object.entries(positions)) tops.set(conversation, position);
      for (const frame of kept) {
        const { place } = frame;
        if (!place || place.id > (positions[place.conversation] ?? 0)) send(frame);
      }
    },
    hear: frame => {
      if (waiting) waiting.push(frame);
      else send(frame);
    },
    positions: () =>
      Object.fromEntries(
        [...tops].map(([conversation, top]) => {
          const open = unacknowledged.get(conversation) ?? new Set();
          return [conversation, Math.min(top, ...[...open].map(id => id - 1))];
        }),
      ),
  };
}
