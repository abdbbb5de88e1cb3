import { BehaviorSubject, defer, Subject, type Observable } from 'rxjs';
import type { After, CancelAfter, Moment, Step } from './transition.js';
import { type SerialQueue, createTimers, createPendingCommands } from './store.js';
import type { Outcome, Ref } from './port.js';

export type KeyedStoreOptions<S, I, O, E> = {
  readonly initial: (key: string) => S;
  readonly step: Step<S, I, O | After<I> | CancelAfter, E>;
  /** Performs an order of the state under `key`. */
  readonly perform: (key: string, order: O) => void;
  readonly moment: () => Moment;
  readonly lane: SerialQueue;
  /** True where this state may be dropped; its key then starts from `initial` again. Default: never. */
  readonly isIdle?: (state: S) => boolean;
  /** Number of keys above which idle states without a subscriber are dropped, oldest first. Default 10 000. */
  readonly most?: number;
};

/** A store with one state for each key. */
export interface KeyedStore<S, I, E> {
  /** State of this key: starts with `initial` at the first subscription or input. */
  state$(key: string): Observable<S>;
  /** Events of all keys, each after its state. Hot. */
  readonly event$: Observable<E>;
  keys(): readonly string[];
  /** The state of this key, if it exists. */
  peek(key: string): S | undefined;
  /** Takes one input for one key; queued during a transition. */
  dispatch(key: string, input: I): void;
  /** The outcome of the command with this `ref`. Call it before `dispatch`. */
  outcome<A>(ref: Ref): Outcome<A>;
  /** Cancels all timers. */
  quiet(): void;
}

/**
 * Transitions are those of `createStore`. An input costs its own key alone: no other state is read, no other subscriber is
 * called.
 */
export function createKeyedStore<S, I, O extends { readonly _tag: string }, E>({
  initial,
  step,
  perform,
  moment,
  lane,
  isIdle = () => false,
  most = 10_000,
}: KeyedStoreOptions<S, I, O, E>): KeyedStore<S, I, E> {
  const cells = new Map<string, BehaviorSubject<S>>();
  const event$ = new Subject<E>();
  const pending = createPendingCommands();

  const cell = (key: string): BehaviorSubject<S> => {
    const known = cells.get(key);
    if (known !== undefined) return known;
    const begun = new BehaviorSubject(initial(key));
    if (cells.size >= limit) forget();
    cells.set(key, begun);
    return begun;
  };

  let limit = most;
  /** Dropped in batches of a tenth, so that a new key costs O(1). */
  const forget = (): void => {
    for (const [key, state$] of cells) {
      if (cells.size <= most * 0.9) break;
      if (!state$.observed && isIdle(state$.value)) cells.delete(key);
    }
    limit = Math.max(most, Math.round(cells.size * 1.1));
  };

  const take = ({ key, input }: { readonly key: string; readonly input: I }): void => {
    const state$ = cell(key);
    const { state, orders, events, outcomes } = step(state$.value, input, moment());
    if (state !== state$.value) state$.next(state);
    for (const event of events) event$.next(event);
    for (const one of outcomes) pending.resolve(one);
    for (const order of orders) if (!timers.take(own(key, order))) perform(key, order as O);
  };

  const dispatch = (key: string, input: I): void => {
    lane.run(take, { key, input });
  };
  const timers = createTimers<{ readonly key: string; readonly input: I }>(({ key, input }) => {
    dispatch(key, input);
  });

  return {
    state$: key => defer(() => cell(key)),
    event$: event$.asObservable(),
    keys: () => [...cells.keys()],
    peek: key => cells.get(key)?.value,
    dispatch,
    outcome: pending.open,
    quiet: timers.clear,
  };
}

/** Timer keys are prefixed by the key of their state, as all states share one map. */
function own(key: string, order: { readonly _tag: string }): { readonly _tag: string } {
  if (order._tag !== 'after' && order._tag !== 'cancel-after') return order;
  const timed = order as After<unknown>;
  // The length of the key comes first, as both parts may contain any character.
  const named = { ...timed, key: `${String(key.length)} ${key} ${timed.key}`, input: { key, input: timed.input } };
  return named;
}
