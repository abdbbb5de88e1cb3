import { BehaviorSubject, defer, Subject, type Observable } from 'rxjs';
import type { After, CancelAfter, Moment, Step } from './transition.js';
import type { Ref } from './units.js';
import { type SerialQueue, createTimers, createPendingCommands } from './store.js';
import type { Outcome } from './port.js';

export type KeyedStoreOptions<S, I, O, E> = {
  readonly initial: (key: string) => S;
  readonly step: Step<S, I, O | After<I> | CancelAfter, E>;
  /** Carries an order of the fold under `key` out. */
  readonly perform: (key: string, order: O) => void;
  readonly moment: () => Moment;
  readonly lane: SerialQueue;
  /** Whether a fold in this state may be forgotten, to begin anew when its key is heard of again; none, unless told. */
  readonly isIdle?: (state: S) => boolean;
  /** So many folds are kept before idle ones that nobody views are forgotten, oldest first: 10 000. */
  readonly most?: number;
};

/** Many folds of one kind, each under its key. */
export interface KeyedStore<S, I, E> {
  /** The fold under this key; it begins when somebody subscribes, or something happens to it. State. */
  state$(key: string): Observable<S>;
  /** What the turns of all keys gave, each after its state was published. Event. */
  readonly event$: Observable<E>;
  keys(): readonly string[];
  /** The state under this key, where there is one. */
  peek(key: string): S | undefined;
  /** Takes one input for one key. During a turn it waits until the turn is over. */
  dispatch(key: string, input: I): void;
  /** The outcome of the command that carries `ref`; to be asked for before it is dispatched. */
  outcome<A>(ref: Ref): Outcome<A>;
  /** Cancels all timers. */
  quiet(): void;
}

/**
 * The loop for many folds: a turn is the same, but only the fold of its key is looked at, and only the viewers of this
 * key are told, however many others there are.
 */
export const createKeyedStore = <S, I, O extends { readonly _tag: string }, E>({
  initial,
  step,
  perform,
  moment,
  lane,
  isIdle = () => false,
  most = 10_000,
}: KeyedStoreOptions<S, I, O, E>): KeyedStore<S, I, E> => {
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
  /** In lots, so that it costs nothing for each. */
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
};

/** One map of timers serves all folds: theirs carry the key of their fold. */
const own = (key: string, order: { readonly _tag: string }): { readonly _tag: string } => {
  if (order._tag !== 'after' && order._tag !== 'cancel-after') return order;
  const timed = order as After<unknown>;
  // Both parts may have been chosen by anybody: where the first one ends is told first.
  const named = { ...timed, key: `${String(key.length)} ${key} ${timed.key}`, input: { key, input: timed.input } };
  return named;
};
