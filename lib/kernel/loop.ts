import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import { createLane, type Lane } from './lane.js';
import type { Outcome } from './outcome.js';
import { createOutcomes } from './outcomes.js';
import { createTimers } from './timers.js';
import type { After, CancelAfter, Moment, Step } from './turn.js';
import type { Ref } from './units.js';

export type LoopOptions<S, I, O, E> = {
  readonly initial: S;
  readonly step: Step<S, I, O | After<I> | CancelAfter, E>;
  /** Carries an order out; what it leads to comes back as an input. */
  readonly perform: (order: O) => void;
  readonly moment: () => Moment;
  /** Shared with the loops that this one must not run within; its own otherwise. */
  readonly lane?: Lane;
};

export interface Loop<S, I, E> {
  /** State. Has a value at once, replays the latest, never errors, never completes. */
  readonly state$: Observable<S>;
  /** The state, for whoever must not wait. */
  now(): S;
  /** What each turn gave, after its state was published. Event. */
  readonly turn$: Observable<{ readonly state: S; readonly events: readonly E[] }>;
  /** Takes one input. During a turn it waits until the turn is over. */
  dispatch(input: I): void;
  /** The outcome of the command that carries `ref`; to be asked for before it is dispatched. */
  outcome<A>(ref: Ref): Outcome<A>;
  /** Cancels all timers. The loop goes on, and so does what waits in its queue. */
  quiet(): void;
}

/**
 * The one place where anything happens.
 *
 *     input    --a--b-------      b comes while a's state is published
 *     state$   s-A--B-------      everyone has seen A before anyone sees B
 *     event$   --(a)-(b)----
 *
 * A turn: step; store the state; publish it; publish the turn's events; settle outcomes; carry out orders. So an event
 * or an outcome is never seen before the state that contains its effect, and a subscriber that acts inside its own
 * handler corrupts nobody.
 */
export const createLoop = <S, I, O extends { readonly _tag: string }, E>({
  initial,
  step,
  perform,
  moment,
  lane = createLane(),
}: LoopOptions<S, I, O, E>): Loop<S, I, E> => {
  const state$ = new BehaviorSubject(initial);
  const turn$ = new Subject<{ readonly state: S; readonly events: readonly E[] }>();
  const outcomes = createOutcomes();

  const take = (input: I): void => {
    const { state, orders, events, settled } = step(state$.value, input, moment());
    if (state !== state$.value) state$.next(state);
    turn$.next({ state, events });
    settled.forEach(outcomes.settle);
    orders.forEach(order => {
      if (!timers.take(order)) perform(order);
    });
  };

  const dispatch = (input: I): void => {
    lane.run(take, input);
  };
  const timers = createTimers(dispatch);

  return {
    state$: state$.asObservable(),
    now: () => state$.value,
    turn$: turn$.asObservable(),
    dispatch,
    outcome: outcomes.open,
    quiet: timers.clear,
  };
};
