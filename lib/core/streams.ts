import { defer, distinctUntilChanged, map, merge, mergeAll, Observable, share, take } from 'rxjs';

/** A part of a state as a state stream: emits at once, distinct by identity. */
export function select<S, A>(state$: Observable<S>, part: (state: S) => A): Observable<A> {
  return state$.pipe(map(part), distinctUntilChanged());
}

/**
 * `select` whose cost does not grow with its subscribers: the part is selected once for all of them, at each `change$` of the
 * state. A new subscriber reads the state itself, which may be newer than the latest change.
 */
export function selectShared<S, A>(
  state$: Observable<S>,
  part: (state: S) => A,
  change$: Observable<S> = state$,
): Observable<A> {
  const changed$ = select(change$, part).pipe(share());
  return merge(state$.pipe(take(1), map(part)), changed$).pipe(distinctUntilChanged());
}

/** Items that this subscriber has not seen, by key. An item that was absent counts as new. */
export function eachOnce<A>(source$: Observable<readonly A[]>, key: (value: A) => string): Observable<A> {
  return defer(() => {
    const seen = new Set<string>();
    return source$.pipe(
      map(values => {
        const fresh = values.filter(value => !seen.has(key(value)));
        seen.clear();
        values.forEach(value => seen.add(key(value)));
        return fresh;
      }),
      mergeAll(),
    );
  });
}

/** The current value of a state stream. Throws where the stream does not emit on subscribe. */
export function snapshot<A>(state$: Observable<A>): A {
  const held: A[] = [];
  // A state stream emits on subscribe.
  state$.subscribe(value => held.push(value)).unsubscribe();
  if (held.length === 0) throw new TypeError('snapshot() reads state streams: this stream has no value at once');
  return held[held.length - 1] as A;
}

/** The same stream; `came` runs for the first of its subscribers, `went` after the last. */
export function whileObserved<A>(state$: Observable<A>, came: () => void, went?: () => void): Observable<A> {
  let viewers = 0;
  return new Observable<A>(viewer => {
    viewers += 1;
    if (viewers === 1) came();
    // Released by the teardown below.
    const seen = state$.subscribe(viewer);
    return () => {
      seen.unsubscribe();
      viewers -= 1;
      if (viewers === 0) went?.();
    };
  });
}
