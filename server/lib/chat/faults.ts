/** Network faults of the events on their way to a socket. */
import type { Pass } from './connection.js';
import type { Millis } from './model.js';

/** Which events it happens to: of one user or all; the next so many, or each with this probability. */
export interface Chance {
  readonly user?: string;
  /** How many events. */
  readonly next?: number;
  /** 0…1, for every event until `calm`. One event is the default. */
  readonly probability?: number;
}

/** Kinds of faults. */
type FaultKind = 'lose' | 'duplicate' | 'reorder' | 'delay';

/** The faults that are switched on. */
export interface Faults {
  readonly add: (kind: FaultKind, chance: Chance, ms?: Millis) => void;
  /** Ends the faults of one user, or all; what is held back goes out. */
  readonly calm: (user?: string) => void;
  /** The faults that apply to a new socket of this user. */
  readonly passTo: (user: string) => Pass;
  readonly close: () => void;
}

interface Rule {
  readonly kind: FaultKind;
  readonly user: string | undefined;
  readonly probability: number;
  readonly ms: Millis;
  left: number;
}

/** How long a frame waits at most for another one to overtake it. */
const overtaking = 500;

/** @param seed - the same seed makes the same choices in the same order */
export function createFaults(seed: number): Faults {
  const random = generator(seed);
  let rules: Rule[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const heldBack = new Map<() => void, string>();

  /** True when a fault of this kind occurs now. */
  function struck(kind: FaultKind, user: string): Rule | undefined {
    const rule = rules.find(
      one =>
        one.kind === kind &&
        (one.user === undefined || one.user === user) &&
        (one.left > 0 || random() < one.probability),
    );
    if (!rule) return undefined;
    rule.left -= 1;
    if (rule.left <= 0 && rule.probability === 0) rules = rules.filter(one => one !== rule);
    return rule;
  }

  function later(ms: Millis, work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  }

  function passTo(user: string): Pass {
    let held: (() => void) | undefined;
    return (_, go) => {
      if (struck('lose', user)) return;
      const times = struck('duplicate', user) ? 2 : 1;
      const late = struck('delay', user);
      const send = (): void => {
        for (let i = 0; i < times; i += 1) go();
      };
      const leave = (): void => {
        if (late) later(late.ms, send);
        else send();
      };
      if (!held && struck('reorder', user)) {
        const release = (): void => {
          if (!heldBack.delete(release)) return;
          held = undefined;
          leave();
        };
        held = release;
        heldBack.set(release, user);
        later(overtaking, release);
        return;
      }
      leave();
      held?.();
    };
  }

  return {
    add: (kind, { user, next, probability }, ms = 0) => {
      const left = next ?? (probability === undefined ? 1 : 0);
      rules.push({ kind, user: user?.toLowerCase(), probability: probability ?? 0, ms, left });
    },
    calm: user => {
      const name = user?.toLowerCase();
      rules = rules.filter(rule => name !== undefined && rule.user !== name);
      for (const [release, of] of [...heldBack]) if (name === undefined || of === name) release();
    },
    passTo,
    close: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Numbers from 0 to 1, the same for the same seed: a counter whose bits are mixed. */
function generator(seed: number): () => number {
  let count = seed | 0;
  return () => {
    count = (count + 0x9e3779b9) | 0;
    let bits = count;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 0x1_0000_0000;
  };
}
