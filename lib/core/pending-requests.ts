import { AsyncSubject } from 'rxjs';
import type { Either } from './either.js';
import type { Fault } from './fault.js';
import type { CommandOutcome } from './transition.js';
import type { Ref } from './units.js';
import type { Outcome } from './port.js';

/** Commands that have not been answered yet. */
export interface PendingRequests {
  /** The outcome of the command that carries `ref`; to be asked for before it is dispatched. */
  readonly open: <A>(ref: Ref) => Outcome<A>;
  /** Answers it; a second answer is nobody's. */
  readonly settle: (settled: CommandOutcome) => void;
}

export const createPendingRequests = (): PendingRequests => {
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
