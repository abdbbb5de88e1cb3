import { firstValueFrom, map } from 'rxjs';
import { isLeft, isRight, left, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { VBotError } from './error.js';
import type { Outcome } from '../core/port.js';

/**
 * The same promise, which may also be ignored.
 *
 * The document calls `client.connect()` and `media.setInput()` without looking at the promise; a failure must then
 * reach whoever listens to `fault$`, not the page's `unhandledrejection`.
 */
export function quiet<A>(promise: Promise<A>): Promise<A> {
  promise.catch(() => undefined);
  return promise;
}

/** Resolves with the value of a command, or throws its fault. */
export function orThrow<A>(either: Either<Fault, A>): A {
  if (isLeft(either)) throw new VBotError(either.left);
  return either.right;
}

/** Maps the value of a command; the result may be ignored. */
export function promised<A, B>(outcome$: Outcome<A>, to: (result: A) => B): Promise<B> {
  const never = left<Fault>(fault('disconnected'));
  return quiet(
    firstValueFrom<Either<Fault, A>, Either<Fault, A>>(outcome$, { defaultValue: never }).then(orThrow).then(to),
  );
}

/** True when the command has succeeded; never rejects. */
export function succeeded(outcome$: Outcome<unknown>): Promise<boolean> {
  return firstValueFrom(outcome$.pipe(map(isRight)), { defaultValue: false });
}

/** As `promised`, without a value. */
export function done(outcome$: Outcome<unknown>): Promise<void> {
  return promised(outcome$, () => undefined);
}
