import { AsyncSubject } from 'rxjs';
import type { Either } from './either.js';
import type { Fault } from './fault.js';
import type { Outcome } from './outcome.js';
import type { Settled } from './turn.js';
import type { Ref } from './units.js';

/** Commands that have not been answered yet. */
export interface Outcomes {
  /** The outcome of the command that carries `ref`; to be asked for before it is dispatched. */
  readonly open: <A>(ref: Ref) => Outcome<A>;
  /** Answers it; a second answer is nobody's. */
  readonly settle: (settled: Settled) => void;
}

export const createOutcomes = (): Outcomes => {
  const open = new Map<Ref, AsyncSubject<Either<Fault, unknown>>>();
  return {
    open: <A>(ref: Ref): Outcome<A> => {
      const outcome = new AsyncSubject<Either<Fault, unknown>>();
      open.set(ref, outcome);
      return outcome.asObservable() as Outcome<A>;
    },
    settle: ({ ref, outcome }) => {
      const found = open.get(ref);
      open.delete(ref);
      found?.next(outcome);
      found?.complete();
    },
  };
};
