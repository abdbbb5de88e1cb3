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
import { createPendingRequests } from './pending-requests.js';
import type { Outcome, Ref, Millis } from './port.js';
import type { Either } from './either.js';
import type { Fault } from './fault.js';

export type StoreOptions<S, I, O, E> = {
  readonly initial: S;
  readonly step: Step<S, I, O | After<I> | CancelAfter, E>;
  /** Performs an order; its results return as inputs. */
  readonly perform: (order: O) => void;
  readonly moment: () => Moment;
  /** The queue, where stores share one. Default: an own queue. */
  readonly lane?: SerialQueue;
};

export interface Store<S, I, E> {
  /** State. Has a value at once, replays the latest, never errors, never completes. */
  readonly state$: Observable<S>;
  /** The current state. */
  now(): S;
  /** State and events of each transition, after `state$` has emitted. Hot. */
  readonly turn$: Observable<{ readonly state: S; readonly events: readonly E[] }>;
  /** Takes one input; queued during a transition. */
  dispatch(input: I): void;
  /** The outcome of the command with this `ref`. Call it before `dispatch`. */
  outcome<A>(ref: Ref): Outcome<A>;
  /** Cancels all timers. Queued inputs are still taken. */
  quiet(): void;
}

/**
 * A store: state, and the pure step that takes inputs.
 *
 *     input    --a--b-------      b is dispatched while A is emitted
 *     state$   s-A--B-------      every subscriber has seen A before B
 *     event$   --(a)-(b)----
 *
 * A transition: step, emit the state, emit the events, resolve outcomes, perform orders. An event or an outcome never comes
 * before the state that contains its effect, and a subscriber may dispatch inside its own handler.
 */
export function createStore<S, I, O extends { readonly _tag: string }, E>({
  initial,
  step,
  perform,
  moment,
  lane = createSerialQueue(),
}: StoreOptions<S, I, O, E>): Store<S, I, E> {
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
}

/** A queue of tasks: a task that is added while another runs waits for its end. */
export interface SerialQueue {
  run<A>(task: (input: A) => void, input: A): void;
}

type Waiting = { readonly task: (input: never) => void; readonly input: unknown };

/** Stores that share a queue never run within each other's transition. */
export function createSerialQueue(): SerialQueue {
  const queue: Waiting[] = [];
  let running = false;
  return {
    run: (task, input) => {
      if (running) {
        queue.push({ task, input });
        return;
      }
      running = true;
      // An index: `shift` of a long array moves all of it.
      let head = 0;
      try {
        task(input);
        for (; head < queue.length; head += 1) {
          const next = queue[head] as Waiting;
          next.task(next.input as never);
        }
      } finally {
        // A task that has thrown is done.
        queue.splice(0, head + 1);
        running = false;
      }
    },
  };
}

/** Dispatch that can be deferred until the current call stack has ended. */
export interface DeferredDispatch<I> {
  /** Passes the input on at once; while deferred, in order after the call stack. */
  dispatch(input: I): void;
  /** Defers until the current call stack has ended, by rxjs's scheduler, so that virtual time applies. */
  defer(): void;
}

/** Queues adapter reports while `connect()` is on the stack, so that code after `connect()` runs before the first emission. */
export function createDeferredDispatch<I>(pass: (input: I) => void): DeferredDispatch<I> {
  let held: I[] | undefined;
  const open = (): void => {
    // Inputs that arrive while the queue is flushed come after it.
    try {
      for (const next of held ?? []) pass(next);
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
}

/** The timers of one store, by key. */
export interface Timers<I> {
  /** Performs the order if it is a timer's; returns whether it was. */
  take(order: { readonly _tag: string }): order is After<I> | CancelAfter;
  /** Cancels all. */
  readonly clear: () => void;
}

/** Timers whose inputs come back through `dispatch`. */
export function createTimers<I>(dispatch: (input: I) => void): Timers<I> {
  const timers = new Map<string, Subscription>();

  const cancel = (key: string): void => {
    timers.get(key)?.unsubscribe();
    timers.delete(key);
  };

  const start = ({ key, ms, input }: After<I>): void => {
    cancel(key);
    // The store is the only subscriber of a timer.
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
}

/** A longer delay overflows the platform's timer, which then fires at once; delays may come from a server. */
const longest: Millis = 2 ** 31 - 1;

/** Commands without an outcome. */
export interface PendingCommands {
  /** The outcome of the command with this `ref`. Call it before `dispatch`. */
  readonly open: <A>(ref: Ref) => Outcome<A>;
  readonly resolve: (outcome: CommandOutcome) => void;
}

export function createPendingCommands(): PendingCommands {
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
}
