import { Observable, type Subscriber } from 'rxjs';

/** A separate function: the handlers close over the subscriber alone, which unsubscribing clears. */
function hear<A>(promise: Promise<A>, subscriber: Subscriber<A>): () => void {
  let listener: Subscriber<A> | undefined = subscriber;
  promise.then(
    value => {
      listener?.next(value);
      listener?.complete();
    },
    (error: unknown) => {
      listener?.error(error);
    },
  );
  return () => {
    listener = undefined;
  };
}

/**
 * The value of a promise while subscribed. Cold; calls `ask` once for each subscriber.
 *
 * A platform may retain the handlers of a promise that never settles, as `@roamhq/wrtc` does for a connection that is
 * closed meanwhile. Here the handlers hold no reference to an unsubscribed subscriber.
 */
export function fromPromise<A>(ask: () => Promise<A>): Observable<A> {
  return new Observable(subscriber => hear(ask(), subscriber));
}

/** Lets one thing happen at a time, in the order in which they were asked for; one that fails does not stop the next. */
export function createSerialiser(): <A>(work: () => Promise<A>) => Promise<A> {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
