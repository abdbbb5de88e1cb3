import type { URI } from './sipjs.js';
import { parseSipUri } from './sip-uri.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import type { Failure } from '../core/port.js';
import type { Place } from '../call/port.js';
import { type SipContext, failed } from './context.js';
import { toRequestUri } from './uri.js';

/** Request-URI of a dialled target, checked before and after the `requestUri` option maps it. */
export function requestUri(
  { options, account }: SipContext,
  { target, context = {} }: Pick<Place, 'target' | 'context'>,
): Either<Failure, URI> {
  const dialled = toRequestUri(target, account.realm);
  const asked =
    isLeft(dialled) || options.requestUri === undefined
      ? dialled
      : toRequestUri(options.requestUri(target, context), account.realm);
  const uri = isLeft(asked) ? undefined : parseSipUri(asked.right);
  return uri === undefined ? left(failed('invalid-target')) : right(uri);
}
