import { Observable } from 'rxjs';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import { failureOf, thrown } from './failure.js';
import { parseAnswer } from './codec-shapes.js';

/** One request, and what its answer means. */
export type Asking<A> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly key?: string;
  /** The response, or the path of the first error in it; absent for a response without content. */
  readonly decode: ((answer: unknown) => Either<string, A>) | undefined;
  /** Token of the request. Default: the present one. */
  readonly token?: string;
};

/** Asks once. Cold: unsubscribing aborts. One value, then completion; never errors. */
export type Rest = <A>(asking: Asking<A>) => Observable<Either<Failure, A>>;

type Settings = {
  readonly api: string;
  readonly idempotencyKeys: boolean;
  readonly token: () => string;
  readonly hide: (text: string) => string;
  readonly fetch?: typeof fetch;
};

export function createRest({ api, idempotencyKeys, token, hide, fetch: given }: Settings): Rest {
  return asking =>
    new Observable(subscriber => {
      const abort = new AbortController();
      const { method, path, key, body } = asking;
      const answered = async (): Promise<Response> =>
        // The platform's fetch is looked up at each call, and called without `this`.
        (given ?? fetch)(api + path, {
          method,
          headers: {
            Authorization: `bearer ${asking.token ?? token()}`,
            'Content-Type': 'application/json',
            ...(idempotencyKeys && key !== undefined ? { 'Idempotency-Key': key } : {}),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          credentials: 'omit',
          signal: abort.signal,
        });
      answered()
        .then(response => read(response, asking, hide))
        .catch((error: unknown) => left({ fault: fault('line-lost', thrown(error)) }))
        .then(result => {
          subscriber.next(result);
          subscriber.complete();
        })
        .catch(() => undefined);
      return () => {
        abort.abort();
      };
    });
}

async function read<A>(
  response: Response,
  { decode }: Asking<A>,
  hide: (text: string) => string,
): Promise<Either<Failure, A>> {
  const { ok, status, headers } = response;
  const body = await response.text();
  if (!ok) {
    const now = Date.parse(headers.get('Date') ?? '') || Date.now();
    return left(failureOf({ status, retryAfter: headers.get('Retry-After'), body, now, hide }));
  }
  // A page of a proxy or a portal is no answer of the service, whatever its status.
  const isPage = /html/i.test(headers.get('Content-Type') ?? '');
  const parsed = isPage ? left('it is a page') : body === '' ? right(undefined) : parseAnswer(body);
  if (isLeft(parsed)) return left(badAnswer(status, parsed.left));
  if (decode === undefined) return right(undefined as A);
  const decoded = decode(parsed.right);
  return isLeft(decoded) ? left(badAnswer(status, decoded.left)) : decoded;
}

function badAnswer(statusCode: number, where: string): Failure {
  return {
    fault: fault('bad-answer', { message: `The answer can't be understood: ${where || 'all of it'}.`, statusCode }),
  };
}
