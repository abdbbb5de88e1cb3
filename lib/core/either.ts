/**
 * Structurally fp-ts's `Either`: its operators take our outcomes, and reading one needs no fp-ts. The constructors are ours
 * because fp-ts's would bring its type classes into every bundle.
 */
export type Left<E> = { readonly _tag: 'Left'; readonly left: E };
export type Right<A> = { readonly _tag: 'Right'; readonly right: A };

/** A failure (`Left`) or a result (`Right`). */
export type Either<E, A> = Left<E> | Right<A>;

export const left = <E = never, A = never>(e: E): Either<E, A> => ({ _tag: 'Left', left: e });
export const right = <E = never, A = never>(a: A): Either<E, A> => ({ _tag: 'Right', right: a });
export const isLeft = <E>(either: Either<E, unknown>): either is Left<E> => either._tag === 'Left';
export const isRight = <A>(either: Either<unknown, A>): either is Right<A> => either._tag === 'Right';
