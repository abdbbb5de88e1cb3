import type { Observable } from 'rxjs';
import type { Either } from './either.js';
import type { Fault } from './fault.js';

/**
 * What becomes of a command: one `Either`, then completion. Never errors.
 *
 * The command has started already, exactly once; subscribing, also later or again, only reads the outcome.
 */
export type Outcome<A> = Observable<Either<Fault, A>>;
