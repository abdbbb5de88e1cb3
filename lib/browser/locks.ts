import { Observable } from 'rxjs';

/**
 * A lock that one page of an origin has at a time. Emits when it is ours, and keeps it until it is unsubscribed.
 *
 *     held('x')   --o----!      o  the page that had it is gone
 *
 * Where the platform has no locks (Node, a page that is not served securely), or refuses them (a sandboxed frame),
 * everybody has it at once. Web Locks.
 */
export function held(name: string): Observable<undefined> {
  return new Observable(owner => {
    const locks = typeof navigator === 'undefined' ? undefined : (navigator as Partial<Navigator>).locks;
    if (locks === undefined) {
      owner.next(undefined);
      return undefined;
    }
    const waiting = new AbortController();
    let isOurs = false;
    const take = (): void => {
      isOurs = true;
      owner.next(undefined);
    };
    let release = (): void => undefined;
    const over = new Promise<void>(resolve => {
      release = resolve;
    });
    locks
      .request(name, { signal: waiting.signal }, () => {
        take();
        return over;
      })
      .catch(() => {
        if (!waiting.signal.aborted && !isOurs) take();
      });
    return () => {
      waiting.abort();
      release();
    };
  });
}
