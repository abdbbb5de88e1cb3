/**
 * The one door through which fp-ts comes in. Public types name our own structural `Either`, which fp-ts's is
 * assignable to and from, so nobody has to install fp-ts to read an outcome.
 */
import * as fpEither from '#fp-ts/Either';

export type Left<E> = { readonly _tag: 'Left'; readonly left: E };
export type Right<A> = { readonly _tag: 'Right'; readonly right: A };

/** A failure as a value (`Left`) or what was asked for (`Right`). */
export type Either<E, A> = Left<E> | Right<A>;

export const left: <E = never, A = never>(e: E) => Either<E, A> = fpEither.left;
export const right: <E = never, A = never>(a: A) => Either<E, A> = fpEither.right;
export const isLeft: <E>(either: Either<E, unknown>) => either is Left<E> = fpEither.isLeft;
export const isRight: <A>(either: Either<unknown, A>) => either is Right<A> = fpEither.isRight;
