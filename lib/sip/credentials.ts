import { catchError, defer, from, map, of, type Observable } from 'rxjs';
import { left, right, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import type { Credentials, SipOptions } from './options.js';

/** The account's password as it was last told: a challenge is answered at once, so it cannot ask. */
export type Keyring = {
  readonly current: Credentials | undefined;
  /** Asks again; emits once, in the same turn where the answer is no promise. Never errors. */
  renew(): Observable<Either<Failure, undefined>>;
};

const ask = (given: SipOptions['credentials']): Observable<Credentials | undefined> => {
  const answer = typeof given === 'function' ? given() : given;
  return answer instanceof Promise ? from(answer) : of(answer);
};

export const createKeyring = (given: SipOptions['credentials']): Keyring => {
  let current = typeof given === 'function' ? undefined : given;
  return {
    get current() {
      return current;
    },
    renew: () =>
      defer(() => ask(given)).pipe(
        map((told): Either<Failure, undefined> => {
          current = told;
          return right(undefined);
        }),
        catchError((cause: unknown) =>
          of(left({ fault: fault('server-error', { message: 'The credentials could not be had.', cause }) })),
        ),
      ),
  };
};
