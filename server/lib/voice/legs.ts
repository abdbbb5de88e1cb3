/** The legs of calls: each is one party's part in a call, live or over. */
import { newId } from '../chat/ids.js';
import type { Millis, UserRow } from '../chat/model.js';
import type { Anchor, Party, Seat } from './model.js';

/** `started`, `ringing`, `answered`, `completed`; a leg that was never answered ends with one of the others. */
export type LegStatus =
  'started' | 'ringing' | 'answered' | 'completed' | 'busy' | 'rejected' | 'timeout' | 'failed' | 'cancelled';

/** The party at one end of a leg. */
export interface End {
  readonly type: 'app' | 'phone' | 'sip';
  readonly user?: string;
  readonly number?: string;
  readonly uri?: string;
}

/** A status, and since when. */
interface Step {
  readonly status: LegStatus;
  readonly at: Millis;
}

/** Properties of a leg that never change. */
interface LegFacts {
  readonly type: End['type'];
  /** `inbound`: it has called the service; `outbound`: the service calls it. */
  readonly direction: 'inbound' | 'outbound';
  readonly from: End;
  readonly to: End;
  /** The leg's user, if the user can be a member. */
  readonly user?: UserRow;
  /** The session that has opened it. */
  readonly session?: string;
}

/** One way in which a leg is rung. */
export interface RingTarget {
  /** Takes the answer of a client of the service. False: it was too late. Rejects when it can't be understood. */
  readonly answer?: (sdp: string) => Promise<boolean>;
  /** The offer to the service's clients, once it is made. */
  offer?: string;
  /** The user of the leg does not want it this way. */
  readonly refuse?: (why: EndReason) => void;
  readonly end: (elsewhere: boolean) => void;
}

/** A leg, and what hangs on it. */
export interface Leg extends Omit<LegFacts, 'to' | 'session'> {
  /** `LEG-…` */
  readonly id: string;
  /** Its place in lists. */
  readonly number: number;
  to: End;
  /** With the session that has it, it ends. */
  session: string | undefined;
  /** Empty until it knocks. */
  conversation: string;
  /** The id of its knock; empty for one that was called. */
  knocking: string;
  /** The id of its member; without a user, or after the member has left, no row has it. */
  member: string;
  /** True while the member is stored and has not left. */
  present: boolean;
  readonly history: readonly Step[];
  muted: boolean;
  earmuffed: boolean;
  /** Why it is over, from the first moment on. */
  over: EndReason | undefined;
  /** Resolves when the leg has ended and its events are published. */
  ended: Promise<void> | undefined;
  /** The connection that is measured. */
  anchor: Anchor | undefined;
  /** The audio of the leg, and its place in the mixer. */
  party: Party | undefined;
  seat: Seat | undefined;
  /** Legs that end when this one is moved or hung up. */
  group: CallGroup | undefined;
  readonly targets: Set<RingTarget>;
  /** The devices of its user that ring by SIP. */
  contacts: readonly string[];
  /** Told once how its ringing has ended. */
  settle: (rung: Rung) => void;
  /** Sends a DTMF key to the far end. */
  press: ((digit: string) => void) | undefined;
  /** Carried out at once when it is over. */
  readonly closing: Set<(why: EndReason) => void>;
  /** Runs after the events of the end are published. */
  readonly following: Set<(why: EndReason) => Promise<void> | void>;
}

/** Outcome of ringing. */
export type Rung = 'answered' | EndReason;

/** The legs of one call, until one of them is moved elsewhere. */
export interface CallGroup {
  loose: boolean;
  readonly legs: Set<Leg>;
}

/** All legs of one server. Those that are over are kept in memory for an hour, the latest thousand of them. */
export interface Legs {
  readonly add: (facts: LegFacts) => Leg;
  readonly find: (id: string) => Leg | undefined;
  /** Oldest first. */
  readonly all: () => readonly Leg[];
  readonly live: () => readonly Leg[];
  /** Also those that are over, oldest first. */
  readonly within: (conversation: string) => readonly Leg[];
  /** Its latest status is this one. */
  readonly step: (leg: Leg, status: LegStatus) => void;
}

const kept = { ms: 3_600_000, legs: 1000 };

export function createLegs(): Legs {
  const legs = new Map<string, Leg & { readonly history: Step[] }>();
  let count = 0;

  function forget(): void {
    const over = [...legs.values()].filter(leg => leg.over);
    const old = Date.now() - kept.ms;
    const [late, early] = [over.slice(-kept.legs), over.slice(0, -kept.legs)];
    for (const leg of [...early, ...late.filter(({ history }) => (history.at(-1)?.at ?? 0) < old)]) legs.delete(leg.id);
  }

  return {
    add: ({ to, session, ...facts }) => {
      forget();
      count += 1;
      const leg = { ...blank(), ...facts, id: newId('LEG'), number: count, member: newId('MEM'), to, session };
      legs.set(leg.id, leg);
      return leg;
    },
    find: id => {
      forget();
      return legs.get(id);
    },
    all: () => {
      forget();
      return [...legs.values()];
    },
    live: () => [...legs.values()].filter(leg => !leg.over),
    within: conversation => {
      forget();
      return [...legs.values()].filter(leg => leg.conversation === conversation);
    },
    step: ({ id }, status) => {
      legs.get(id)?.history.push({ status, at: Date.now() });
    },
  };
}

function blank(): Omit<Leg, keyof LegFacts | 'id' | 'number' | 'member'> & { readonly history: Step[] } {
  return {
    conversation: '',
    knocking: '',
    contacts: [],
    present: false,
    history: [{ status: 'started', at: Date.now() }],
    muted: false,
    earmuffed: false,
    over: undefined,
    ended: undefined,
    anchor: undefined,
    party: undefined,
    seat: undefined,
    group: undefined,
    targets: new Set(),
    settle: () => undefined,
    press: undefined,
    closing: new Set(),
    following: new Set(),
  };
}

/** Where it stands. */
export function statusOf({ history }: Pick<Leg, 'history'>): LegStatus {
  return history.at(-1)?.status ?? 'started';
}

/** True when it was answered. */
export function wasAnswered({ history }: Pick<Leg, 'history'>): boolean {
  return history.some(({ status }) => status === 'answered');
}

/** True when it has ended. Check again after each await. */
export function isOver({ over }: Pick<Leg, 'over'>): boolean {
  return over !== undefined;
}

export interface EndReason {
  readonly code: string;
  readonly text: string;
  /** The equivalent SIP status. */
  readonly sip: number;
  /** The last status of a leg that was never answered. */
  readonly status: LegStatus;
}
