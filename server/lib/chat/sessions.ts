/** Sessions: login, lifetime after the last socket, and missed events. */
import { newId } from './ids.js';
import type { EventRow, Millis, Positions, SessionRow, UserRow } from './model.js';
import type { Storage } from './storage.js';

/** How sessions live. */
export interface SessionBounds {
  /** How long a session outlives its socket, in ms. */
  readonly lifetime: Millis;
  /** How many a user may have. */
  readonly most: number;
}

/** A session that a socket may use, or the event that refuses it. */
type Begun = { readonly session: SessionRow } | { readonly refused: string };

/** Most missed events that a resumed session gets; its client requests the rest. */
const pendingLimit = 1000;

/** The sessions of one service. */
export interface Sessions {
  /** A new session, or the former one of that id with what it remembers of its client. */
  readonly begin: (user: UserRow, id: string | undefined, parameters: Parameters) => Promise<Begun>;
  /** Events missed since `positions`, and the positions after them. */
  readonly missed: (
    user: UserRow,
    positions: Positions,
  ) => Promise<{ readonly events: readonly EventRow[]; readonly positions: Positions }>;
  /** The session lives on for its lifetime. */
  readonly touch: (id: string, positions: Positions) => Promise<void>;
  readonly end: (id: string) => Promise<void>;
}

/** Handshake data of a client. */
type Parameters = Readonly<Record<string, string>>;

export function createSessions(storage: Storage, { lifetime, most }: SessionBounds): Sessions {
  /** A session that is being put down must be so before it is taken up again. */
  const touching = new Map<string, Promise<void>>();

  async function resume(user: UserRow, id: string, parameters: Parameters): Promise<Begun> {
    await touching.get(id);
    const session = await storage.session(id);
    if (session?.user !== user.id || session.expires <= Date.now()) return { refused: 'session:invalid' };
    await storage.touchSession(id, Date.now() + lifetime);
    return { session: { ...session, parameters: { ...session.parameters, ...parameters } } };
  }

  return {
    begin: async (user, id, parameters) => {
      if (id !== undefined) return resume(user, id, parameters);
      const opened = Date.now();
      const session = {
        id: newId('SES'),
        user: user.id,
        parameters,
        opened,
        expires: opened + lifetime,
        positions: await storage.positions(user.id),
      };
      const result = await storage.openSession(session, most);
      return result === 'opened' ? { session } : { refused: 'session:error:max-open-sessions' };
    },

    missed: async (user, positions) => {
      const events = await storage.missed(user.id, positions, pendingLimit);
      const reached = Object.fromEntries(events.map(({ conversation, id }) => [conversation, id]));
      return { events: events.filter(event => isFor(user, event)), positions: { ...positions, ...reached } };
    },

    touch: async (id, positions) => {
      const done = storage.touchSession(id, Date.now() + lifetime, positions);
      touching.set(id, done);
      await done;
      if (touching.get(id) === done) touching.delete(id);
    },
    end: storage.endSession,
  };
}

/** Leg events are for their user only, and a late description is useless. */
function isFor(user: UserRow, event: EventRow): boolean {
  return event.type !== 'rtc:answer' && (!event.type.startsWith('rtc:') || event.user === user.id);
}
