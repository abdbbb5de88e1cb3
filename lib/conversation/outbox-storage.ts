import { defer, EMPTY, Subscription, type Observable } from 'rxjs';
import type { Either } from '../core/either.js';
import { fault as faultOf, type Fault } from '../core/fault.js';
import type { OutboxStorage, StoredMessage } from './port.js';

/** The outbox's hold on whatever outlives the page. */
export interface OutboxWriter {
  keep(message: StoredMessage): void;
  drop(key: string): void;
  /** From now on for this user: what former pages have left behind comes back through `adopt`. */
  enter(user: string): void;
  leave(): void;
}

type Listener = { readonly adopt: (message: StoredMessage) => void; readonly fault: (fault: Fault) => void };

/** Stores messages, where there is a storage. Messages before the login wait for the user. */
export function createOutboxWriter(storage: OutboxStorage | undefined, { adopt, fault }: Listener): OutboxWriter {
  let user: string | undefined;
  let open = Subscription.EMPTY;
  let early: readonly StoredMessage[] = [];

  // Starts a write at once, and reports only its failure, also one that the storage throws.
  const run = <A>(
    work: (storage: OutboxStorage) => Observable<Either<Fault, A>>,
    done: (value: A) => void = () => undefined,
  ): Subscription =>
    defer(() => (storage === undefined ? EMPTY : work(storage))).subscribe({
      next: result => {
        if (result._tag === 'Left') fault(result.left);
        else done(result.right);
      },
      error: () => {
        fault(faultOf('storage-failed'));
      },
    });

  const put = (name: string, message: StoredMessage): void => {
    run(kept => kept.put(name, message));
  };

  return {
    keep: message => {
      if (user === undefined) early = [...early, message];
      else put(user, message);
    },
    drop: key => {
      early = early.filter(message => message.key !== key);
      const name = user;
      if (name !== undefined) run(kept => kept.remove(name, key));
    },
    enter: name => {
      if (name === user && !open.closed) return;
      open.unsubscribe();
      user = name;
      // Locked until another user logs in or the client disconnects; then other tabs may take the messages.
      open = run(
        kept => kept.open(name),
        found => {
          found.forEach(adopt);
        },
      );
      const waiting = early;
      early = [];
      waiting.forEach(message => {
        put(name, message);
      });
    },
    leave: () => {
      open.unsubscribe();
    },
  };
}
