import { left, right, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { Done, Failure } from '../core/port.js';
import type { Ref } from '../core/units.js';

type What = 'register' | 'unregister' | 'probe';

/** The orders that still owe an outcome, so that each gets exactly one. */
export type Owed = {
  readonly add: (ref: Ref, what: What) => void;
  readonly has: (what: What) => boolean;
  readonly settle: (ref: Ref, result: Either<Failure, unknown>) => void;
  readonly settleAll: (what: What, result: Either<Failure, unknown>) => void;
  /** The socket is gone: whoever wanted to be logged out is, and nobody else will be answered any more. */
  readonly settleLost: () => void;
  /** Nobody listens any more. */
  readonly clear: () => void;
};

export const createOwed = (report: (done: Done) => void): Owed => {
  const owed = new Map<Ref, What>();
  const settle: Owed['settle'] = (ref, result) => {
    if (owed.delete(ref)) report({ _tag: 'done', ref, result });
  };
  const settleAll: Owed['settleAll'] = (what, result) => {
    [...owed]
      .filter(([, one]) => one === what)
      .forEach(([ref]) => {
        settle(ref, result);
      });
  };
  return {
    add: (ref, what) => {
      owed.set(ref, what);
    },
    has: what => [...owed.values()].includes(what),
    settle,
    settleAll,
    settleLost: () => {
      settleAll('unregister', right(undefined));
      settleAll('register', lost());
      settleAll('probe', lost());
    },
    clear: () => {
      owed.clear();
    },
  };
};

const lost = (): Either<Failure, never> => left({ fault: fault('line-lost') });
