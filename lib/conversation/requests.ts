import { patience, wait } from '../kernel/backoff.js';
import { isLeft, left, right, type Either } from '../kernel/either.js';
import { fault, type Fault } from '../kernel/fault.js';
import type { Failure } from '../kernel/port.js';
import {
  after,
  andThen,
  cancelAfter,
  settle,
  turn,
  type After,
  type CancelAfter,
  type Moment,
  type Turn,
} from '../kernel/turn.js';
import type { Millis, Ref } from '../kernel/units.js';
import type { ConversationId } from './model.js';
import type { LineNews } from './messaging.js';
import type { Inquiring, Request } from './port.js';
import type { Purpose } from './record.js';
import { dropFirst, emptyTimeline, insert, type Timeline } from './timeline.js';

/** Who asks, and so whom the answer is for. */
export type Owner =
  | { readonly _tag: 'command'; readonly ref: Ref }
  | { readonly _tag: 'conversation'; readonly id: ConversationId; readonly purpose: Purpose; readonly about?: string }
  | { readonly _tag: 'list'; readonly purpose: 'page' | 'one' };

/** A request from when it is made until its last answer. */
type Pending = {
  readonly owner: Owner;
  readonly request: Request;
  /** `kept` until there is a line, and room on it; `out`; `resting` before another try; `renewing` the token. */
  readonly phase: 'kept' | 'out' | 'resting' | 'renewing';
  readonly tries: number;
  /** Whether it has been asked again after a 401. */
  readonly renewed: boolean;
};

export type RequestsState = {
  readonly line: LineNews;
  readonly count: number;
  readonly pending: ReadonlyMap<string, Pending>;
  /** What has time and has not been out yet, in its order: there may be as many as there are conversations. */
  readonly queue: Timeline<{ readonly id: number; readonly pending: Pending }>;
};

export type RequestsInput =
  | { readonly _tag: 'request'; readonly owner: Owner; readonly request: Request }
  | { readonly _tag: 'answered'; readonly ref: Ref; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'late'; readonly ref: Ref }
  | { readonly _tag: 'line'; readonly line: LineNews }
  | { readonly _tag: 'again' | 'give-up'; readonly id: string };

export type RequestsOrder =
  Inquiring | { readonly _tag: 'deliver'; readonly owner: Owner; readonly result: Either<Fault, unknown> };

/** A command that was carried out. */
export type Accomplished = { readonly request: Request; readonly value: unknown };

type RequestsTurn = Turn<RequestsState, RequestsOrder | After<RequestsInput> | CancelAfter, Accomplished>;

export const noLine: LineNews = { wanted: false, up: false, coming: false };
export const noRequests: RequestsState = { line: noLine, count: 0, pending: new Map(), queue: emptyTimeline };

/** How long one attempt may take. */
const deadline: Millis = 20_000;
/** How long a command waits for a line that is on its way. */
const patienceForLine: Millis = 10_000;
/** How long a command rests because the service asks for it; it fails instead of resting longer. */
const patienceOfPerson: Millis = 60_000;
/** How long anything else rests. */
const longestRest: Millis = 300_000;
/** So many conversations are looked after at the same time: after a reconnect there may be a thousand. */
const lanes = 6;

/** How often something is tried that may be repeated at all. */
const limit = ({ owner }: Pending): number => {
  if (owner._tag === 'command') return 3;
  if (owner._tag === 'list') return 5;
  return limits[owner.purpose];
};
const limits: Readonly<Record<Purpose, number>> = {
  info: 5,
  members: 5,
  newest: 5,
  older: 3,
  // A hole stays a hole until it is filled.
  backfill: Infinity,
  send: 8,
  delivered: 1,
};

/** What has the same effect twice as once. */
const isRepeatable = ({ verb, args }: Request): boolean =>
  verb.startsWith('get') || verb === 'refreshSession' || (verb === 'send' && args.key !== undefined);

type Is<Tag extends RequestsInput['_tag']> = Extract<RequestsInput, { readonly _tag: Tag }>;

/** Everything about a request that involves time or a second try. Pure; the adapter makes one attempt each. */
export const stepRequests = (state: RequestsState, input: RequestsInput, moment: Moment): RequestsTurn =>
  (moves[input._tag] as (state: RequestsState, input: RequestsInput, moment: Moment) => RequestsTurn)(
    state,
    input,
    moment,
  );

const moves: {
  readonly [Tag in RequestsInput['_tag']]: (
    state: RequestsState,
    input: Extract<RequestsInput, { readonly _tag: Tag }> & Is<Tag>,
    moment: Moment,
  ) => RequestsTurn;
} = {
  request: (state, { owner, request }) => {
    const id = `ask:${state.count}`;
    const pending: Pending = { owner, request, phase: 'kept', tries: 0, renewed: false };
    const counted = { ...state, count: state.count + 1 };
    if (isPatient(pending) && state.line.wanted) {
      const queued = { ...counted, queue: insert(state.queue, { id: state.count, pending }) };
      return state.line.up ? fillLanes(queued) : turn(queued);
    }
    const known = put(counted, id, pending);
    if (state.line.up) return sendOut(known, id, pending);
    if (owner._tag !== 'command') return state.line.wanted ? turn(known) : end(known, id, left(fault('disconnected')));
    return state.line.coming
      ? turn(known, { orders: [after(`give-up:${id}`, patienceForLine, { _tag: 'give-up', id })] })
      : end(known, id, left(fault('no-line')));
  },

  answered: (state, { ref, result }, moment) => {
    const [id = ''] = ref.split('/');
    const pending = state.pending.get(id);
    // An answer that comes after its deadline is nobody's.
    if (pending?.phase !== 'out' || ref !== attempt(id, pending)) return turn(state);
    const over: RequestsTurn = turn(state, { orders: [cancelAfter(`deadline:${id}`)] });
    return andThen(over, now =>
      isLeft(result)
        ? failed(now, id, pending, result.left, moment)
        : // Whoever has waited for room on the line has it now.
          andThen(end(now, id, right(result.right)), fillLanes),
    );
  },

  late: (state, { ref }, moment) => {
    const {
      state: now,
      orders,
      ...told
    } = moves.answered(state, { _tag: 'answered', ref, result: left({ fault: fault('timeout') }) }, moment);
    return now === state ? turn(state) : { ...told, state: now, orders: [{ _tag: 'abandon', ref }, ...orders] };
  },

  line: (state, { line }) => {
    const known = { ...state, line };
    if (line.up) return fillLanes(known);
    if (line.wanted) return turn(known);
    const result = left(fault('disconnected'));
    const orders = state.queue.toArray().map(({ pending: { owner } }) => ({ _tag: 'deliver', owner, result }) as const);
    return [...state.pending.keys()].reduce<RequestsTurn>(
      (done, id) => andThen(done, now => end(now, id, result)),
      turn({ ...known, queue: emptyTimeline }, { orders }),
    );
  },

  again: (state, { id }) => {
    const pending = state.pending.get(id);
    return pending?.phase === 'resting' ? fillLanes(put(state, id, { ...pending, phase: 'kept' })) : turn(state);
  },

  'give-up': (state, { id }) =>
    state.pending.get(id)?.phase === 'kept' ? end(state, id, left(fault('no-line'))) : turn(state),
};

const put = (state: RequestsState, id: string, pending: Pending): RequestsState => ({
  ...state,
  pending: new Map(state.pending).set(id, pending),
});

const attempt = (id: string, { tries }: Pending): Ref => `${id}/${tries}`;

/** Sends what is kept, as far as there is room. */
const fillLanes = (state: RequestsState): RequestsTurn => {
  const busy = [...state.pending.values()].filter(one => one.phase === 'out' && isPatient(one)).length;
  const kept = [...state.pending].filter(([, { phase }]) => phase === 'kept');
  const patient = kept.filter(([, one]) => isPatient(one)).slice(0, Math.max(0, lanes - busy));
  const sent = kept
    .filter(entry => !isPatient(entry[1]) || patient.includes(entry))
    .reduce<RequestsTurn>((done, [id, pending]) => andThen(done, now => sendOut(now, id, pending)), turn(state));
  return Array.from({ length: Math.max(0, lanes - busy - patient.length) }).reduce<RequestsTurn>(
    done => andThen(done, sendNext),
    sent,
  );
};

const sendNext = (state: RequestsState): RequestsTurn => {
  const next = state.queue.at(0);
  return next === undefined
    ? turn(state)
    : sendOut({ ...state, queue: dropFirst(state.queue, 1) }, `ask:${String(next.id)}`, next.pending);
};

/** A person waits for a command and for what he looks at; the rest has time. */
const isPatient = ({ owner }: Pending): boolean =>
  (owner._tag === 'conversation' && (owner.purpose === 'backfill' || owner.purpose === 'delivered')) ||
  (owner._tag === 'list' && owner.purpose === 'one');

const sendOut = (state: RequestsState, id: string, pending: Pending): RequestsTurn => {
  const out: Pending = { ...pending, phase: 'out', tries: pending.tries + 1 };
  const ref = attempt(id, out);
  return turn(put(state, id, out), {
    orders: [
      cancelAfter(`give-up:${id}`),
      after(`deadline:${id}`, deadline, { _tag: 'late', ref }),
      { _tag: 'ask', ref, request: pending.request },
    ],
  });
};

const failed = (
  state: RequestsState,
  id: string,
  pending: Pending,
  { fault: reason, retryAfter = 0 }: Failure,
  { dice }: Moment,
): RequestsTurn => {
  if (pending.request.verb === 'refreshSession') return end(state, id, left(reason));
  if (reason.code === 'unauthorized' && !pending.renewed)
    return renew(put(state, id, { ...pending, phase: 'renewing' }));
  if (!reason.retryable || !isRepeatable(pending.request) || pending.tries >= limit(pending))
    return andThen(end(state, id, left(reason)), fillLanes);
  // A person is not kept waiting, and nobody for as long as a server can say.
  if (pending.owner._tag === 'command' && retryAfter > patienceOfPerson)
    return andThen(end(state, id, left(reason)), fillLanes);
  const ms = Math.max(Math.min(retryAfter, longestRest), wait(patience, pending.tries - 1, dice));
  const rest: RequestsTurn = turn(put(state, id, { ...pending, phase: 'resting' }), {
    orders: [after(`again:${id}`, ms, { _tag: 'again', id })],
  });
  return andThen(rest, fillLanes);
};

/** One refresh for all who were refused meanwhile. */
const renew = (state: RequestsState): RequestsTurn => {
  if ([...state.pending.values()].some(({ request }) => request.verb === 'refreshSession')) return turn(state);
  const id = `ask:${state.count}`;
  const refresh: Pending = {
    owner: { _tag: 'command', ref: id },
    request: { verb: 'refreshSession', args: {} },
    phase: 'kept',
    tries: 0,
    renewed: true,
  };
  return sendOut({ ...state, count: state.count + 1 }, id, refresh);
};

/** Those who were refused ask once more, or hear that there is no other token. */
const renewed = (state: RequestsState, result: Either<Fault, unknown>): RequestsTurn => {
  const waiting = [...state.pending].filter(([, { phase }]) => phase === 'renewing');
  const settled = waiting.reduce<RequestsTurn>(
    (done, [id, pending]) =>
      andThen(done, now =>
        isLeft(result)
          ? end(now, id, left(fault('unauthorized', { statusCode: 401 })))
          : turn(put(now, id, { ...pending, phase: 'kept', renewed: true })),
      ),
    turn(state),
  );
  return andThen(settled, fillLanes);
};

/** The last answer. */
const end = (state: RequestsState, id: string, result: Either<Fault, unknown>): RequestsTurn => {
  const pending = state.pending.get(id);
  if (pending === undefined) return turn(state);
  const rest = new Map(state.pending);
  rest.delete(id);
  const { owner, request } = pending;
  const left: RequestsTurn = turn<RequestsState, RequestsOrder | CancelAfter, Accomplished>(
    { ...state, pending: rest },
    {
      orders: [
        ...['give-up', 'deadline', 'again'].map(name => cancelAfter(`${name}:${id}`)),
        ...(owner._tag === 'command' ? [] : [{ _tag: 'deliver', owner, result } as const]),
      ],
      settled: owner._tag === 'command' ? [settle(owner.ref, result)] : [],
      events: owner._tag === 'command' && result._tag === 'Right' ? [{ request, value: result.right }] : [],
    },
  );
  return request.verb === 'refreshSession' ? andThen(left, now => renewed(now, result)) : left;
};
