import { defaultBackoff, backoffDelay } from '../core/backoff.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import type { Failure, Millis, Ref } from '../core/port.js';
import {
  after,
  andThen,
  cancelAfter,
  resolve,
  transition,
  type After,
  type CancelAfter,
  type Moment,
  type Transition,
} from '../core/transition.js';
import type { Inquiring, Request, LineNews } from './port.js';
import { dropFirst, emptyTimeline, insert, type Timeline } from './timeline.js';
import { maxRetryAfterMs, maxTriesOf, isRepeatable, isHolding, type Owner, type Pending } from './request-policy.js';

/** The service has asked, by this fault, not to be asked before then. */
type Hold = { readonly until: Millis; readonly fault: Fault };

type Queued = { readonly id: number; readonly pending: Pending };

/** `view`: a subscriber waits for it. `background`: backfill, receipts, the list. */
type Priority = 'view' | 'background';

export type RequestsState = {
  readonly line: LineNews;
  readonly count: number;
  /** Requests that were sent or wait for a retry, and commands that wait for the line. */
  readonly pending: ReadonlyMap<string, Pending>;
  /** Requests that have not been sent, by priority, each in order. */
  readonly queues: { readonly [Lane in Priority]: Timeline<Queued> };
  /** While it is set, nothing is sent. */
  readonly hold: Hold | undefined;
  /** So many holds have followed one another with no answer between them. */
  readonly holds: number;
  /** The number of the token: how often it has been refreshed. */
  readonly token: number;
  /** True for a moment after a failed refresh: a 401 fails at once, and only commands are sent. */
  readonly refused: boolean;
};

export type RequestsInput =
  | { readonly _tag: 'request'; readonly owner: Owner; readonly request: Request }
  | { readonly _tag: 'answered'; readonly ref: Ref; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'late'; readonly ref: Ref }
  | { readonly _tag: 'line'; readonly line: LineNews }
  | { readonly _tag: 'again' | 'give-up'; readonly id: string }
  | { readonly _tag: 'resume' | 'renewable' };

export type RequestsOrder =
  Inquiring | { readonly _tag: 'deliver'; readonly owner: Owner; readonly result: Either<Fault, unknown> };

/** A command that was carried out. */
export type Completed = { readonly request: Request; readonly value: unknown };

type RequestsTurn = Transition<RequestsState, RequestsOrder | After<RequestsInput> | CancelAfter, Completed>;

const noQueues: RequestsState['queues'] = { view: emptyTimeline, background: emptyTimeline };

export const noLine: LineNews = { wanted: false, up: false, coming: false };
export const noRequests: RequestsState = {
  line: noLine,
  count: 0,
  pending: new Map(),
  queues: noQueues,
  hold: undefined,
  holds: 0,
  token: 0,
  refused: false,
};

/** How long one attempt may take. */
const requestTimeoutMs: Millis = 20_000;
/** How long a command waits for a line that is on its way. */
const lineTimeoutMs: Millis = 10_000;
/** Longest back-off of a command; a longer one fails it. */
const commandTimeoutMs: Millis = 60_000;
/** How long after a refresh that failed no other is tried. */
const tokenRetryMs: Millis = 30_000;
/** Concurrent requests: after a reconnect there may be a thousand of each. Commands are not limited. */
const maxConcurrent: Readonly<Record<Priority, number>> = { view: 32, background: 6 };
const priorities = ['view', 'background'] as const;
type Is<Tag extends RequestsInput['_tag']> = Extract<RequestsInput, { readonly _tag: Tag }>;

/** Everything about a request that involves time or a second try. Pure; the adapter makes one attempt each. */
export function stepRequests(state: RequestsState, input: RequestsInput, moment: Moment): RequestsTurn {
  return (moves[input._tag] as (state: RequestsState, input: RequestsInput, moment: Moment) => RequestsTurn)(
    state,
    input,
    moment,
  );
}

const moves: {
  readonly [Tag in RequestsInput['_tag']]: (
    state: RequestsState,
    input: Extract<RequestsInput, { readonly _tag: Tag }> & Is<Tag>,
    moment: Moment,
  ) => RequestsTurn;
} = {
  request: (state, { owner, request }, { at }) => {
    const id = `ask:${state.count}`;
    const pending: Pending = { owner, request, phase: 'kept', tries: 0, renewed: false, token: state.token };
    const counted = { ...state, count: state.count + 1 };
    const priority = priorityOf(pending);
    if (priority !== undefined && state.line.wanted) {
      const queued = enqueue(counted, priority, { id: state.count, pending });
      return state.line.up ? sendQueued(queued) : transition(queued);
    }
    const known = put(counted, id, pending);
    if (priority !== undefined) return end(known, id, left(fault('disconnected')));
    if (state.line.up)
      return state.hold === undefined ? sendOut(known, id, pending) : endShortLived(known, state.hold, at);
    return state.line.coming
      ? transition(known, { orders: [after(`give-up:${id}`, lineTimeoutMs, { _tag: 'give-up', id })] })
      : end(known, id, left(fault('no-line')));
  },

  answered: (state, { ref, result }, moment) => {
    const [id = ''] = ref.split('/');
    const pending = state.pending.get(id);
    // A response after its deadline is ignored.
    if (pending?.phase !== 'out' || ref !== attempt(id, pending)) return transition(state);
    const over: RequestsTurn = transition(state, { orders: [cancelAfter(`deadline:${id}`)] });
    return andThen(over, now =>
      isLeft(result)
        ? failed(now, id, pending, result.left, moment)
        : // The line has room now for the queued requests.
          andThen(end({ ...now, holds: 0 }, id, right(result.right)), sendQueued),
    );
  },

  late: (state, { ref }, moment) => {
    const {
      state: now,
      orders,
      ...told
    } = moves.answered(state, { _tag: 'answered', ref, result: left({ fault: fault('timeout') }) }, moment);
    return now === state ? transition(state) : { ...told, state: now, orders: [{ _tag: 'abandon', ref }, ...orders] };
  },

  line: (state, { line }) => {
    // With a login comes a token.
    const known = { ...state, line, refused: state.refused && state.line.up === line.up };
    if (line.up) return sendQueued(known);
    if (line.wanted) return transition(known);
    const result = left(fault('disconnected'));
    const orders = priorities
      .flatMap(priority => state.queues[priority].toArray())
      .map(({ pending: { owner } }) => ({ _tag: 'deliver', owner, result }) as const);
    return [...state.pending.keys()].reduce<RequestsTurn>(
      (done, id) => andThen(done, now => end(now, id, result)),
      transition(
        { ...known, queues: noQueues, hold: undefined, refused: false },
        { orders: [...orders, cancelAfter('hold'), cancelAfter('renewable')] },
      ),
    );
  },

  again: (state, { id }) => {
    const pending = state.pending.get(id);
    return pending?.phase === 'resting' ? sendQueued(put(state, id, { ...pending, phase: 'kept' })) : transition(state);
  },

  'give-up': (state, { id }) =>
    state.pending.get(id)?.phase === 'kept' ? end(state, id, left(fault('no-line'))) : transition(state),

  resume: state => sendQueued({ ...state, hold: undefined }),
  renewable: state => sendQueued({ ...state, refused: false }),
};

function put(state: RequestsState, id: string, pending: Pending): RequestsState {
  return {
    ...state,
    pending: new Map(state.pending).set(id, pending),
  };
}

function attempt(id: string, { tries }: Pending): Ref {
  return `${id}/${tries}`;
}

function enqueue(state: RequestsState, priority: Priority, request: Queued): RequestsState {
  return {
    ...state,
    queues: { ...state.queues, [priority]: insert(state.queues[priority], request) },
  };
}

/** Sends the requests that wait for a retry or for the line, then those of the queues, as far as the limits allow. */
function sendQueued(state: RequestsState): RequestsTurn {
  if (state.hold !== undefined || !state.line.up) return transition(state);
  const room = { ...maxConcurrent, ...(state.refused ? { background: 0 } : {}) };
  const kept: (readonly [string, Pending])[] = [];
  for (const entry of state.pending) {
    const priority = priorityOf(entry[1]);
    if (entry[1].phase === 'out' && priority !== undefined) room[priority] -= 1;
    if (entry[1].phase === 'kept') kept.push(entry);
  }
  const again = kept.filter(([, pending]) => {
    const priority = priorityOf(pending);
    if (priority !== undefined) room[priority] -= 1;
    return priority === undefined || room[priority] >= 0;
  });
  return priorities.reduce<RequestsTurn>(
    (done, priority) =>
      Array.from({ length: Math.max(0, room[priority]) }).reduce<RequestsTurn>(
        sent => andThen(sent, now => sendNext(now, priority)),
        done,
      ),
    again.reduce<RequestsTurn>(
      (done, [id, pending]) => andThen(done, now => sendOut(now, id, pending)),
      transition(state),
    ),
  );
}

function sendNext(state: RequestsState, priority: Priority): RequestsTurn {
  const queue = state.queues[priority];
  const next = queue.at(0);
  return next === undefined
    ? transition(state)
    : sendOut(
        { ...state, queues: { ...state.queues, [priority]: dropFirst(queue, 1) } },
        `ask:${String(next.id)}`,
        next.pending,
      );
}

/** Commands have no limit. */
function priorityOf({ owner }: Pending): Priority | undefined {
  if (owner._tag === 'command') return undefined;
  const isBackground =
    owner._tag === 'list' ? owner.purpose === 'one' : owner.purpose === 'backfill' || owner.purpose === 'delivered';
  return isBackground ? 'background' : 'view';
}

function sendOut(state: RequestsState, id: string, pending: Pending): RequestsTurn {
  const out: Pending = { ...pending, phase: 'out', tries: pending.tries + 1, token: state.token };
  const ref = attempt(id, out);
  return transition(put(state, id, out), {
    orders: [
      cancelAfter(`give-up:${id}`),
      after(`deadline:${id}`, requestTimeoutMs, { _tag: 'late', ref }),
      { _tag: 'ask', ref, request: pending.request },
    ],
  });
}

function failed(state: RequestsState, id: string, pending: Pending, failure: Failure, moment: Moment): RequestsTurn {
  const { fault: reason, retryAfter = 0 } = failure;
  if (reason.code === 'unauthorized' && pending.request.verb !== 'refreshSession' && !pending.renewed && !state.refused)
    return renew(state, id, pending);
  const held: RequestsTurn = isHolding(failure) ? hold(state, failure, moment) : transition(state);
  return andThen(held, now => {
    const isOver = !reason.retryable || !isRepeatable(pending, reason) || pending.tries >= maxTriesOf(pending);
    // Commands wait for a limited time; other requests for at most the longest Retry-After.
    if (isOver || (pending.owner._tag === 'command' && retryAfter > commandTimeoutMs))
      return andThen(end(now, id, left(reason)), sendQueued);
    if (now.hold !== undefined) return transition(put(now, id, { ...pending, phase: 'kept' }));
    const rest: RequestsTurn = transition(put(now, id, { ...pending, phase: 'resting' }), {
      orders: [
        after(`again:${id}`, backoffDelay(defaultBackoff, pending.tries - 1, moment.random), { _tag: 'again', id }),
      ],
    });
    return andThen(rest, sendQueued);
  });
}

/** Pauses all requests for Retry-After, or with backoff. */
function hold(state: RequestsState, { fault: reason, retryAfter }: Failure, { at, random }: Moment): RequestsTurn {
  if (state.hold !== undefined && at + (retryAfter ?? 0) <= state.hold.until) return transition(state);
  const ms = Math.max(Math.min(retryAfter ?? 0, maxRetryAfterMs), backoffDelay(defaultBackoff, state.holds, random));
  const held = { until: at + ms, fault: reason };
  const holds = state.hold === undefined ? state.holds + 1 : state.holds;
  const begun: RequestsTurn = transition(
    { ...state, hold: held, holds },
    { orders: [after('hold', ms, { _tag: 'resume' })] },
  );
  return andThen(begun, now => endShortLived(now, held, at));
}

/** Commands that wait for a hold fail where it is too long for a person. */
function endShortLived(state: RequestsState, { until, fault: reason }: Hold, at: Millis): RequestsTurn {
  return until - at <= commandTimeoutMs
    ? transition(state)
    : [...state.pending]
        .filter(([, { owner, phase }]) => owner._tag === 'command' && phase === 'kept')
        .reduce<RequestsTurn>((done, [id]) => andThen(done, now => end(now, id, left(reason))), transition(state));
}

/** One refresh for all that were refused meanwhile; none for what was sent with a token that has been replaced since. */
function renew(state: RequestsState, refused: string, pending: Pending): RequestsTurn {
  if (pending.token < state.token) return sendQueued(put(state, refused, { ...pending, phase: 'kept', renewed: true }));
  const waiting = put(state, refused, { ...pending, phase: 'renewing' });
  if ([...state.pending.values()].some(({ request }) => request.verb === 'refreshSession')) return transition(waiting);
  const id = `ask:${state.count}`;
  const refresh: Pending = {
    owner: { _tag: 'command', ref: id },
    request: { verb: 'refreshSession', args: {} },
    phase: 'kept',
    tries: 0,
    renewed: true,
    token: state.token,
  };
  return sendOut({ ...waiting, count: state.count + 1 }, id, refresh);
}

/** Repeats a refused request with the new token, or fails it. */
function renewed(state: RequestsState, result: Either<Fault, unknown>): RequestsTurn {
  const waiting = [...state.pending].filter(([, { phase }]) => phase === 'renewing');
  const begun: RequestsTurn = isLeft(result)
    ? transition({ ...state, refused: true }, { orders: [after('renewable', tokenRetryMs, { _tag: 'renewable' })] })
    : transition({ ...state, refused: false, token: state.token + 1 }, { orders: [cancelAfter('renewable')] });
  const settled = waiting.reduce<RequestsTurn>(
    (done, [id, pending]) =>
      andThen(done, now =>
        isLeft(result)
          ? end(now, id, left(result.left.retryable ? result.left : fault('unauthorized', { statusCode: 401 })))
          : transition(put(now, id, { ...pending, phase: 'kept', renewed: true })),
      ),
    begun,
  );
  return andThen(settled, sendQueued);
}

/** Ends a request with its final result. */
function end(state: RequestsState, id: string, result: Either<Fault, unknown>): RequestsTurn {
  const pending = state.pending.get(id);
  if (pending === undefined) return transition(state);
  const rest = new Map(state.pending);
  rest.delete(id);
  const { owner, request } = pending;
  const left: RequestsTurn = transition<RequestsState, RequestsOrder | CancelAfter, Completed>(
    { ...state, pending: rest },
    {
      orders: [
        ...['give-up', 'deadline', 'again'].map(name => cancelAfter(`${name}:${id}`)),
        ...(owner._tag === 'command' ? [] : [{ _tag: 'deliver', owner, result } as const]),
      ],
      outcomes: owner._tag === 'command' ? [resolve(owner.ref, result)] : [],
      events: owner._tag === 'command' && result._tag === 'Right' ? [{ request, value: result.right }] : [],
    },
  );
  return request.verb === 'refreshSession' ? andThen(left, now => renewed(now, result)) : left;
}
