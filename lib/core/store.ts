import {
  BehaviorSubject,
  Subject,
  type Observable,
  asyncScheduler,
  timer,
  type Subscription,
  AsyncSubject,
} from 'rxjs';
import type { After, CancelAfter, Moment, Step, CommandOutcome } from './transition.js';
import type { Ref, Millis } from './units.js';
import { createPendingRequests } from './pending-requests.js';
import type { Outcome } from './port.js';
import type { Either } from './either.js';
import type { Fault } from './fault.js';

export type StoreOptions<S, I, O, E> = {
  readonly initial: S;
  readonly step: Step<S, I, O | After<I> | CancelAfter, E>;
  /** Carries an order out; what it leads to comes back as an input. */
  readonly perform: (order: O) => void;
  readonly moment: () => Moment;
  /** Shared with the loops that this one must not run within; its own otherwise. */
  readonly lane?: SerialQueue;
};

export interface Store<S, I, E> {
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
export const createStore = <S, I, O extends { readonly _tag: string }, E>({
  initial,
  step,
  perform,
  moment,
  lane = createSerialQueue(),
}: StoreOptions<S, I, O, E>): Store<S, I, E> => {
  const state$ = new BehaviorSubject(initial);
  const turn$ = new Subject<{ readonly state: S; readonly events: readonly E[] }>();
  const pending = createPendingCommands();

  const take = (input: I): void => {
    const { state, orders, events, outcomes } = step(state$.value, input, moment());
    if (state !== state$.value) state$.next(state);
    turn$.next({ state, events });
    outcomes.forEach(pending.resolve);
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
    outcome: pending.open,
    quiet: timers.clear,
  };
};

/** One queue for all that happens: what is added while something runs waits for its end. */
export interface SerialQueue {
  run<A>(task: (input: A) => void, input: A): void;
}

type Waiting = { readonly task: (input: never) => void; readonly input: unknown };

/** Loops that share a lane never run within each other's turn. */
export const createSerialQueue = (): SerialQueue => {
  const queue: Waiting[] = [];
  let running = false;
  return {
    run: (task, input) => {
      if (running) {
        queue.push({ task, input });
        return;
      }
      running = true;
      try {
        task(input);
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) next.task(next.input as never);
      } finally {
        running = false;
      }
    },
  };
};

/** A door that can be held shut until the present call has returned. */
export interface DeferredDispatch<I> {
  /** Passes on at once, or, while the door is shut, in order as soon as it opens. */
  dispatch(input: I): void;
  /** Shuts the door until the present call stack has ended; the scheduler is the clock, so that virtual time knows it. */
  defer(): void;
}

/** Lets nobody be told anything in the middle of his own set-up. */
export const createDeferredDispatch = <I>(pass: (input: I) => void): DeferredDispatch<I> => {
  let held: I[] | undefined;
  const open = (): void => {
    // What is heard meanwhile comes after what has waited longer.
    try {
      for (let next = held?.shift(); next !== undefined; next = held?.shift()) pass(next);
    } finally {
      held = undefined;
    }
  };
  return {
    dispatch: input => {
      if (held === undefined) pass(input);
      else held.push(input);
    },
    defer: () => {
      if (held !== undefined) return;
      held = [];
      asyncScheduler.schedule(open);
    },
  };
};

/** The timers of one loop, by key. */
export interface Timers<I> {
  /** Carries the order out, if it is one about time; says whether it was. */
  take(order: { readonly _tag: string }): order is After<I> | CancelAfter;
  /** Cancels all. */
  readonly clear: () => void;
}

/** Timers whose inputs come back through `dispatch`. */
export const createTimers = <I>(dispatch: (input: I) => void): Timers<I> => {
  const timers = new Map<string, Subscription>();

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

  return {
    take: (order): order is After<I> | CancelAfter => {
      if (order._tag === 'after') start(order as After<I>);
      else if (order._tag === 'cancel-after') cancel((order as CancelAfter).key);
      else return false;
      return true;
    },
    clear: () => {
      [...timers.keys()].forEach(cancel);
    },
  };
};

/** A longer wait would overflow the platform's timer and be over at once: what a server says of times is not trusted. */
const longest: Millis = 2 ** 31 - 1;

/** Commands without an outcome. */
export interface PendingCommands {
  /** The outcome of the command that carries `ref`; to be asked for before it is dispatched. */
  readonly open: <A>(ref: Ref) => Outcome<A>;
  readonly resolve: (outcome: CommandOutcome) => void;
}

export const createPendingCommands = (): PendingCommands => {
  const pending = createPendingRequests<AsyncSubject<Either<Fault, unknown>>, Either<Fault, unknown>>(
    (_, outcome, outcome$) => {
      outcome$.next(outcome);
      outcome$.complete();
    },
  );
  return {
    open: <A>(ref: Ref): Outcome<A> => {
      const outcome$ = new AsyncSubject<Either<Fault, unknown>>();
      pending.add(ref, outcome$);
      return outcome$.asObservable() as Outcome<A>;
    },
    resolve: ({ ref, outcome }) => {
      pending.answer(ref, outcome);
    },
  };
};
