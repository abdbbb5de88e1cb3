import type { Either } from './either.js';
import type { Fault } from './fault.js';
import type { Millis, Ref } from './port.js';

/** Starts a timer: the store takes `input` after `ms`. The same `key` restarts it. */
export type After<I> = { readonly _tag: 'after'; readonly key: string; readonly ms: Millis; readonly input: I };
/** Cancels the timer of this key. */
export type CancelAfter = { readonly _tag: 'cancel-after'; readonly key: string };

export function after<I>(key: string, ms: Millis, input: I): After<I> {
  return { _tag: 'after', key, ms, input };
}
export function cancelAfter(key: string): CancelAfter {
  return { _tag: 'cancel-after', key };
}

/** The outcome of the command with this `ref`. */
export type CommandOutcome = { readonly ref: Ref; readonly outcome: Either<Fault, unknown> };

export function resolve(ref: Ref, outcome: Either<Fault, unknown>): CommandOutcome {
  return { ref, outcome };
}

/** Result of a step: the next state, and the effects for the store. */
export type Transition<S, O, E> = {
  readonly state: S;
  readonly orders: readonly O[];
  readonly events: readonly E[];
  readonly outcomes: readonly CommandOutcome[];
};

/** A transition to this state. */
export function transition<S, O = never, E = never>(
  state: S,
  { orders = none, events = none, outcomes = none }: Partial<Omit<Transition<S, O, E>, 'state'>> = {},
): Transition<S, O, E> {
  return { state, orders, events, outcomes };
}

const none: readonly never[] = [];

/** Empty lists are not copied. */
function joined<A>(first: readonly A[], second: readonly A[]): readonly A[] {
  if (second.length === 0) return first;
  return first.length === 0 ? second : [...first, ...second];
}

/** Two transitions in sequence, as one. */
export function andThen<S, O, E>(
  first: Transition<S, O, E>,
  next: (state: S) => Transition<S, O, E>,
): Transition<S, O, E> {
  const second = next(first.state);
  return {
    state: second.state,
    orders: joined(first.orders, second.orders),
    events: joined(first.events, second.events),
    outcomes: joined(first.outcomes, second.outcomes),
  };
}

/** Time and one random number from 0 to 1, which a step may not read by itself. */
export type Moment = { readonly at: Millis; readonly random: number };

/** A pure step: the same state, input and moment give the same transition. */
export type Step<S, I, O, E> = (state: S, input: I, moment: Moment) => Transition<S, O, E>;
