import { left, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { Done, Failure } from '../core/port.js';
import type { Ref } from '../core/units.js';

/** Gives the outcome of one order; only the first time counts. */
export type Settle<A = unknown> = (result: Either<Failure, A>) => void;

/**
 * The orders that still owe an outcome, so that each gets exactly one.
 *
 * An owner is a call's id, or the line: when it goes away, whatever it still owes is settled with a failure.
 */
export type Ledger = {
  open<A>(ref: Ref, owner: string): Settle<A>;
  /** Whether the outcome of this order is still awaited. */
  owes(ref: Ref): boolean;
  settle(ref: Ref, result: Either<Failure, unknown>): void;
  close(owner: string, failure: Failure): void;
  /** What this owner owes is another's now. */
  rename(owner: string, to: string): void;
  /** Nobody listens any more. */
  clear(): void;
};

/** The owner of what belongs to no call. */
export const LINE = '';

export const createLedger = (report: (done: Done) => void): Ledger => {
  const owners = new Map<Ref, string>();
  const settle: Ledger['settle'] = (ref, result) => {
    if (owners.delete(ref)) report({ _tag: 'done', ref, result });
  };
  return {
    open: (ref, owner) => {
      owners.set(ref, owner);
      return result => {
        settle(ref, result);
      };
    },
    owes: ref => owners.has(ref),
    settle,
    close: (owner, failure) => {
      const owed = [...owners].filter(([, of]) => of === owner);
      for (const [ref] of owed) settle(ref, left(failure));
    },
    rename: (owner, to) => {
      for (const [ref, of] of owners) if (of === owner) owners.set(ref, to);
    },
    clear: () => {
      owners.clear();
    },
  };
};

/** A failure that says no more than its code. */
export const failed = (...details: Parameters<typeof fault>): { readonly fault: ReturnType<typeof fault> } => ({
  fault: fault(...details),
});
