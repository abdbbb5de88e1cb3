import { Subscription, type Observable } from 'rxjs';
import type { Either } from '../kernel/either.js';
import type { Fault } from '../kernel/fault.js';
import type { OutboxStorage, StoredMessage } from './port.js';

/** The outbox's hold on whatever outlives the page. */
export interface Keeping {
  keep(message: StoredMessage): void;
  drop(key: string): void;
  /** From now on for this user: what former pages have left behind comes back through `adopt`. */
  enter(user: string): void;
  leave(): void;
}

type Listener = { readonly adopt: (message: StoredMessage) => void; readonly fault: (fault: Fault) => void };

/** Keeps messages, if there is a place to keep them. What is said before anybody has signed in waits for a name. */
export const createKeeping = (storage: OutboxStorage | undefined, { adopt, fault }: Listener): Keeping => {
  let user: string | undefined;
  let open = Subscription.EMPTY;
  let early: readonly StoredMessage[] = [];

  // Writing has begun when it is asked for; only its failure is of interest.
  const run = (done$: Observable<Either<Fault, unknown>> | undefined): void => {
    done$?.subscribe(done => {
      if (done._tag === 'Left') fault(done.left);
    });
  };

  return {
    keep: message => {
      if (user === undefined) early = [...early, message];
      else run(storage?.put(user, message));
    },
    drop: key => {
      early = early.filter(message => message.key !== key);
      if (user !== undefined) run(storage?.remove(user, key));
    },
    enter: name => {
      if (name === user && !open.closed) return;
      open.unsubscribe();
      user = name;
      // Held until somebody else signs in or the client leaves: other tabs then may take what is here.
      open =
        storage?.open(name).subscribe(found => {
          if (found._tag === 'Left') fault(found.left);
          else found.right.forEach(adopt);
        }) ?? new Subscription();
      const waiting = early;
      early = [];
      waiting.forEach(message => {
        run(storage?.put(name, message));
      });
    },
    leave: () => {
      open.unsubscribe();
    },
  };
};
