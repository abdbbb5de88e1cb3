import type { Either } from './either.js';
import type { Fault } from './fault.js';
import type { Millis, Ref } from './units.js';

/** An order that the loop itself carries out: `input` comes back after `ms`. The same `key` again starts it anew. */
export type After<I> = { readonly _tag: 'after'; readonly key: string; readonly ms: Millis; readonly input: I };
/** An order that the loop itself carries out: what was to come under `key` does not. */
export type CancelAfter = { readonly _tag: 'cancel-after'; readonly key: string };

export const after = <I>(key: string, ms: Millis, input: I): After<I> => ({ _tag: 'after', key, ms, input });
export const cancelAfter = (key: string): CancelAfter => ({ _tag: 'cancel-after', key });

/** What became of the command that carried this `ref`. */
export type CommandOutcome = { readonly ref: Ref; readonly outcome: Either<Fault, unknown> };

export const resolve = (ref: Ref, outcome: Either<Fault, unknown>): CommandOutcome => ({ ref, outcome });

/** Everything that one input brings about: the next state, and what the loop has to do. */
export type Transition<S, O, E> = {
  readonly state: S;
  readonly orders: readonly O[];
  readonly events: readonly E[];
  readonly outcomes: readonly CommandOutcome[];
};

/** A turn with this state, and with what is given. */
export const transition = <S, O = never, E = never>(
  state: S,
  { orders = none, events = none, outcomes = none }: Partial<Omit<Transition<S, O, E>, 'state'>> = {},
): Transition<S, O, E> => ({ state, orders, events, outcomes });

const none: readonly never[] = [];

/** Most turns bring about little: what is empty is not copied. */
const joined = <A>(first: readonly A[], second: readonly A[]): readonly A[] => {
  if (second.length === 0) return first;
  return first.length === 0 ? second : [...first, ...second];
};

/** One turn, and another that begins where it ended, as one. */
export const andThen = <S, O, E>(
  first: Transition<S, O, E>,
  next: (state: S) => Transition<S, O, E>,
): Transition<S, O, E> => {
  const second = next(first.state);
  return {
    state: second.state,
    orders: joined(first.orders, second.orders),
    events: joined(first.events, second.events),
    outcomes: joined(first.outcomes, second.outcomes),
  };
};

/** When an input came, and one random number from 0 to 1: what a step may not ask the world for. */
export type Moment = { readonly at: Millis; readonly random: number };

/** The pure core: the same state, input and moment always give the same turn. */
export type Step<S, I, O, E> = (state: S, input: I, moment: Moment) => Transition<S, O, E>;
