import { defer, distinctUntilChanged, map, mergeAll, type Observable } from 'rxjs';

/** One part of a state, as a state stream of its own: a value at once, distinct by identity. */
export const select = <S, A>(state$: Observable<S>, part: (state: S) => A): Observable<A> =>
  state$.pipe(map(part), distinctUntilChanged());

/** What of each value has not been seen yet by this subscriber. */
export const eachOnce = <A>(source$: Observable<readonly A[]>, key: (value: A) => string): Observable<A> =>
  defer(() => {
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
