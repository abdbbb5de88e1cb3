import { catchError, defaultIfEmpty, defer, from, map, of, take, type Observable, type ObservableInput } from 'rxjs';
import { left, right, type Either } from '../kernel/either.js';
import { fault, type Fault } from '../kernel/fault.js';
import { thrown } from './failure.js';
import type { MessagingOptions } from './options.js';
import { parseJson } from './json.js';
import { isWords } from './shape.js';

/** The token of the moment, and where the next one comes from. */
export type Keyring = {
  /** Asks for another one, which is not used before `use`. One value; never errors. */
  readonly ask: () => Observable<Either<Fault, string>>;
  readonly use: (token: string) => void;
  readonly current: () => string;
  /** Text of the far side, in which it may have quoted a token. */
  readonly hide: (text: string) => string;
};

export const createKeyring = (token: MessagingOptions['token']): Keyring => {
  let current = '';
  let asked = '';
  return {
    ask: () =>
      defer(() => {
        const given: unknown = token();
        // Whoever has none may well say `undefined`.
        return typeof given === 'object' && given !== null ? from(given as ObservableInput<unknown>) : of(given);
      }).pipe(
        take(1),
        defaultIfEmpty(''),
        map(value => {
          if (typeof value !== 'string' || !isSendable(value)) return left(noToken);
          asked = value;
          return right(value);
        }),
        catchError((error: unknown) =>
          of(
            left({
              ...fault('unauthorized', { message: 'The token could not be had.', ...thrown(error) }),
              retryable: true,
            }),
          ),
        ),
      ),
    use: value => {
      current = value;
    },
    current: () => current,
    hide: text =>
      [asked, current].filter(one => one !== '').reduce((safe, one) => safe.split(one).join('[redacted]'), text),
  };
};

const noToken = /*#__PURE__*/ fault('invalid-token', {
  message: 'The token is empty, or none that can be sent.',
  serverCode: 'session:error:empty-token',
});

/** What a header can carry. */
const isSendable = (token: string): boolean => /^[\x21-\x7e]+$/.test(token);

const aDay = 24 * 60 * 60;

/** For how many seconds a token is good; a day, where it does not say. */
export const lifetimeOf = (token: string, now: number): number => {
  const exp = expiryOf(token);
  return exp === undefined ? aDay : Math.max(0, Math.floor(exp - now / 1000));
};

/** RFC 7519 §4.1.4. Nobody's signature is checked: that is the server's. */
const expiryOf = (token: string): number | undefined => {
  const [, payload = ''] = token.split('.');
  try {
    const claims = parseJson(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const exp = claims._tag === 'Right' && isWords(claims.right) ? claims.right['exp'] : undefined;
    return typeof exp === 'number' ? exp : undefined;
  } catch {
    return undefined;
  }
};
