import { type Fault } from '../core/fault.js';
import type { Failure, Millis, Ref } from '../core/port.js';
import type { Purpose } from './state.js';
import type { ConversationId } from './model.js';
import type { Request } from './port.js';

/** The origin of a request, which gets its answer. */
export type Owner =
  | { readonly _tag: 'command'; readonly ref: Ref }
  | { readonly _tag: 'conversation'; readonly id: ConversationId; readonly purpose: Purpose; readonly about?: string }
  | { readonly _tag: 'list'; readonly purpose: 'page' | 'one' };

/** A request from when it is made until its last answer. */
export type Pending = {
  readonly owner: Owner;
  readonly request: Request;
  /** `kept` until there is a line, and room on it; `out`; `resting` before another try; `renewing` the token. */
  readonly phase: 'kept' | 'out' | 'resting' | 'renewing';
  readonly tries: number;
  /** True after a retry with a refreshed token (401). */
  readonly renewed: boolean;
  /** The token with which it was sent, by number. */
  readonly token: number;
};

/** How long anything else rests. */
export const maxRetryAfterMs: Millis = 300_000;

/** How often something is tried that may be repeated at all. */
export function maxTriesOf({ owner }: Pending): number {
  if (owner._tag === 'command') return 3;
  if (owner._tag === 'list') return owner.purpose === 'page' ? 5 : Infinity;
  return triesByPurpose[owner.purpose];
}

const triesByPurpose: Readonly<Record<Purpose, number>> = {
  info: 5,
  members: 5,
  newest: 5,
  older: 3,
  // A hole stays a hole until it is filled.
  backfill: Infinity,
  send: 8,
  delivered: Infinity,
};

/** True for requests that are idempotent, or that had no effect. */
export function isRepeatable({ owner, request: { verb, args } }: Pending, { code, statusCode }: Fault): boolean {
  return (
    verb.startsWith('get') ||
    verb === 'refreshSession' ||
    (verb === 'send' && args.key !== undefined) ||
    code === 'rate-limited' ||
    // A lost receipt is not retried: the next one contains it.
    (owner._tag === 'conversation' && owner.purpose === 'delivered' && statusCode === 503)
  );
}

/** True for answers that hold all requests: 429, 503, Retry-After. */
export function isHolding({ fault: { code, statusCode }, retryAfter }: Failure): boolean {
  return code === 'rate-limited' || statusCode === 503 || (retryAfter !== undefined && code === 'server-error');
}
