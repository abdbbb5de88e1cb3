import { BehaviorSubject, ReplaySubject, Subject, timer, type Observable, type Subscription } from 'rxjs';
import type { Either } from './either.js';
import type { Fault } from './fault.js';
import { createLane, type Lane } from './lane.js';
import type { Outcome } from './outcome.js';
import type { After, CancelAfter, Moment, Settled, Step } from './turn.js';
import type { Millis, Ref } from './units.js';

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
  const outcomes = new Map<Ref, ReplaySubject<Either<Fault, unknown>>>();
  const timers = new Map<string, Subscription>();

  const settle = ({ ref, outcome }: Settled): void => {
    const open = outcomes.get(ref);
    outcomes.delete(ref);
    open?.next(outcome);
    open?.complete();
  };

  const cancel = (key: string): void => {
    timers.get(key)?.unsubscribe();
    timers.delete(key);
  };

  const start = ({ key, ms, input }: After<I>): void => {
    cancel(key);
    // A timer is an order, so the loop is its one subscriber.
    const clock = timer(Math.min(ms, longest)).subscribe(() => {
      timers.delete(key);
      dispatch(input);
    });
    timers.set(key, clock);
  };

  const carryOut = (order: O | After<I> | CancelAfter): void => {
    if (isAfter<I>(order)) start(order);
    else if (isCancelAfter(order)) cancel(order.key);
    else perform(order);
  };

  const take = (input: I): void => {
    const { state, orders, events, settled } = step(state$.value, input, moment());
    if (state !== state$.value) state$.next(state);
    turn$.next({ state, events });
    settled.forEach(settle);
    orders.forEach(carryOut);
  };

  const dispatch = (input: I): void => {
    lane.run(() => {
      take(input);
    });
  };

  return {
    state$: state$.asObservable(),
    turn$: turn$.asObservable(),
    dispatch,
    outcome: <A>(ref: Ref): Outcome<A> => {
      const open = new ReplaySubject<Either<Fault, unknown>>(1);
      outcomes.set(ref, open);
      return open.asObservable() as Outcome<A>;
    },
    quiet: () => {
      [...timers.keys()].forEach(cancel);
    },
  };
};

/** A longer wait would overflow the platform's timer and be over at once: what a server says of times is not trusted. */
const longest: Millis = 2 ** 31 - 1;

const isAfter = <I>(order: { readonly _tag: string }): order is After<I> => order._tag === 'after';
const isCancelAfter = (order: { readonly _tag: string }): order is CancelAfter => order._tag === 'cancel-after';
