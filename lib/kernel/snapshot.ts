import type { Observable } from 'rxjs';

/** What a state stream holds now, read synchronously. Throws when the stream has no value at once: that is no state. */
export const snapshot = <A>(state$: Observable<A>): A => {
  const held: A[] = [];
  // Subscribed and left within this call: a state stream emits on subscribe.
  state$.subscribe(value => held.push(value)).unsubscribe();
  if (held.length === 0) throw new TypeError('snapshot() reads state streams: this stream has no value at once');
  return held[held.length - 1] as A;
};
