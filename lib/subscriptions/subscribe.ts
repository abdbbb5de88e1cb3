import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import { fault, type Fault } from '../core/fault.js';
import type { Failure, Millis } from '../core/port.js';
import { after, cancelAfter, transition, type Moment } from '../core/transition.js';
import type { Grant } from './port.js';
import type { SubscriptionState, WatchState, WatchTransition } from './state.js';

/** Shortest interval between two SUBSCRIBEs. */
const minRetryMs: Millis = 10_000;
/** How long a server may take to answer and to notify: Timer F of RFC 3261, Timer N of RFC 6665 §4.1.2. */
const answerTimeoutMs: Millis = 33_000;

/** Subscribes or refreshes; subscribes again where there is no subscription to refresh. */
export function sendSubscribe<C>(record: WatchState<C>, { at }: Moment): WatchTransition<C> {
  const { standing, expires } = record;
  const anew = standing === undefined || standing.until <= at;
  const nth = record.asked + 1;
  return transition(
    {
      ...record,
      asked: nth,
      askedAt: at,
      pending: true,
      ...(anew ? { standing: undefined, heard: false, unauthorized: false, watching: 'asking' as const } : {}),
    },
    {
      orders: [
        cancelAfter('ask'),
        { _tag: 'subscribe', nth, expires, anew },
        after('silence', answerTimeoutMs, { _tag: 'silence', nth }),
      ],
    },
  );
}

/** Refreshes for the full state, at most every 10 s. */
export function subscribeSoon<C>(record: WatchState<C>, moment: Moment): WatchTransition<C> {
  const due = record.askedAt + minRetryMs;
  // The pending SUBSCRIBE brings the full state.
  if (record.pending) return transition(record);
  return due <= moment.at
    ? sendSubscribe(record, moment)
    : transition(record, { orders: [after('ask', due - moment.at, { _tag: 'ask' })] });
}

/** Applies a granted lifetime. A NOTIFY may shorten it; only an answer prolongs it. */
export function subscribeAnswered<C>(
  { standing }: WatchState<C>,
  { expires }: Grant,
  by: 'answer' | 'notice',
  { at, random }: Moment,
): SubscriptionState {
  const { since = at, version } = standing ?? {};
  const until = at + expires * 1_000;
  const renewal = at + Math.max(minRetryMs, Math.round(expires * 1_000 * (0.8 + 0.15 * random)));
  return by === 'answer' || standing === undefined || renewal < standing.renewal
    ? { since, until, renewal, version }
    : standing;
}

/** Timer of the next refresh. */
export function renewing(
  { renewal }: SubscriptionState,
  { at }: Moment,
): ReturnType<typeof after<{ readonly _tag: 'ask' }>> {
  return after('ask', Math.max(0, renewal - at), { _tag: 'ask' });
}

/** The server has accepted; a NOTIFY may have come before. */
export function granted<C>(record: WatchState<C>, given: Grant, moment: Moment): WatchTransition<C> {
  const isRefresh = record.standing !== undefined && record.standing.since < record.askedAt;
  const standing = subscribeAnswered(record, given, 'answer', moment);
  const watching = record.unauthorized ? 'asking' : 'yes';
  return transition(
    {
      ...record,
      standing,
      pending: false,
      watching,
      fault: undefined,
      attempt: isRefresh ? 0 : record.attempt,
    },
    { orders: [...(record.heard ? [cancelAfter('silence')] : []), renewing(standing, moment)] },
  );
}

/** Retries or gives up. A granted subscription stays until it expires. RFC 6665 §4.1.2.2. */
export function failed<C>(record: WatchState<C>, failure: Failure, moment: Moment): WatchTransition<C> {
  const { code, retryable, statusCode } = failure.fault;
  const rest = { ...record, pending: false };
  // 481 to a refresh: subscribes in a new dialog.
  if (code === 'call-ended' && record.standing !== undefined) return renew(rest, moment);
  // A transient refusal is retried.
  const isTemporary = retryable || failure.retryAfter !== undefined || statusCode === 480;
  return isTemporary ? retryLater(rest, failure, moment) : notifyTimedOut(rest, failure.fault);
}

/** Retries after a delay: the server's, or backoff. */
export function retryLater<C>(
  record: WatchState<C>,
  { fault: reason, retryAfter = 0, minExpires = 0 }: Failure,
  { at, random }: Moment,
): WatchTransition<C> {
  const isStanding = record.standing !== undefined && record.standing.until > at;
  const least = Math.max(retryAfter, isStanding ? minRetryMs : 0);
  return transition(
    {
      ...record,
      attempt: record.attempt + 1,
      expires: Math.max(record.expires, minExpires),
      ...(isStanding ? {} : { standing: undefined, watching: 'asking' as const, fault: reason }),
    },
    {
      orders: [
        cancelAfter('silence'),
        after('ask', Math.max(least, backoffDelay(defaultBackoff, record.attempt, random)), { _tag: 'ask' }),
      ],
      events: told(reason),
    },
  );
}

/** The line reports its own loss, once for all subscriptions. */
function told(reason: Fault): readonly Fault[] {
  return reason.code === 'line-lost' ? [] : [reason];
}

/** Ends for good, and the state becomes unknown. `asked` is kept, so that late outcomes are ignored. */
export function notifyTimedOut<C>(record: WatchState<C>, reason: Fault): WatchTransition<C> {
  return transition(
    { ...record, standing: undefined, watching: 'no', fault: reason },
    { orders: [cancelAfter('ask'), cancelAfter('silence')], events: [reason] },
  );
}

/** The subscription has ended: subscribes again at once, or later if that has just been done. */
export function renew<C>(record: WatchState<C>, moment: Moment): WatchTransition<C> {
  const gone = { ...record, standing: undefined, watching: 'asking' as const };
  return record.renewedAt !== undefined && moment.at - record.renewedAt < minRetryMs
    ? retryLater(gone, { fault: ended }, moment)
    : sendSubscribe({ ...gone, renewedAt: moment.at }, moment);
}

/** Fault of a subscription without a grant. */
export const ended = fault('server-error', { message: 'The server has ended the subscription.' });
