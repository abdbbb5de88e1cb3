/**
 * Structurally fp-ts's `Either`: its operators take our outcomes, and reading one needs no fp-ts. The constructors are ours
 * because fp-ts's would bring its type classes into every bundle.
 */
export type Left<E> = { readonly _tag: 'Left'; readonly left: E };
export type Right<A> = { readonly _tag: 'Right'; readonly right: A };

/** A failure (`Left`) or a result (`Right`). */
export type Either<E, A> = Left<E> | Right<A>;

export function left<E = never, A = never>(e: E): Either<E, A> {
  return { _tag: 'Left', left: e };
}
export function right<E = never, A = never>(a: A): Either<E, A> {
  return { _tag: 'Right', right: a };
}
export function isLeft<E>(either: Either<E, unknown>): either is Left<E> {
  return either._tag === 'Left';
}
export function isRight<A>(either: Either<unknown, A>): either is Right<A> {
  return either._tag === 'Right';
}
