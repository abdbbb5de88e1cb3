import type { Call, CallId, CallEvent, TextMessage } from '../call/model.js';
import type { CallState, CallPolicy, CallTimer } from '../call/state.js';
import type { SingleCallReducer } from '../call/step.js';
import type { Calling, CallReducer, CallingOrder, CallingReport } from '../call/calling.js';
import type { CallOrder, CallReport, Traits } from '../call/port.js';
import { left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { compact } from '../core/compact.js';
import type { Moment, After, CancelAfter, Transition } from '../core/transition.js';
import type { ConnectionStatus, Line, Registration, Verdict } from '../line/model.js';
import type { LineOrder } from '../line/port.js';
import { isOpen, newLine, type LineState, type LineTimer } from '../line/state.js';
import { newMedia, type MediaRecord } from '../media/step.js';
import type { Command } from './command.js';
import type { Session, ClientOptions } from './model.js';
import type { DeviceOrder, DeviceReport } from '../media/port.js';
import type { Millis, Ref } from '../core/port.js';

/** Inputs of the fold over lines and calls; conversations and subscriptions have folds and inputs of their own. */
export type Input =
  | { readonly _tag: 'connect' }
  | { readonly _tag: 'disconnect' }
  | { readonly _tag: 'command'; readonly ref: Ref; readonly command: Command }
  | { readonly _tag: 'from-line'; readonly line: string; readonly report: CallingReport }
  | { readonly _tag: 'from-platform'; readonly report: DeviceReport }
  | { readonly _tag: 'line-tick'; readonly line: string; readonly tick: LineTimer }
  | { readonly _tag: 'call-tick'; readonly call: CallId; readonly tick: CallTimer }
  /** Timeout of an order. */
  | { readonly _tag: 'deadline'; readonly ref: Ref }
  /** Timeout of a command that waits for a line. */
  | { readonly _tag: 'give-up'; readonly ref: Ref }
  | { readonly _tag: 'forget'; readonly call: CallId }
  /** Timeout of a deferred BYE. */
  | { readonly _tag: 'too-late'; readonly call: CallId }
  /** Timeout of unregistering and closing. */
  | { readonly _tag: 'drained' };

/** Orders of the client. */
export type Order =
  | { readonly _tag: 'to-line'; readonly line: string; readonly order: CallingOrder }
  | { readonly _tag: 'to-platform'; readonly order: DeviceOrder }
  /** Subscribe to the lines and to the platform. */
  | { readonly _tag: 'start' }
  /** Leave the platform: microphone and devices are released. */
  | { readonly _tag: 'release' }
  /** Unsubscribe from the lines and cancel all timers. */
  | { readonly _tag: 'stop' };

export type Event =
  | { readonly _tag: 'call'; readonly event: CallEvent }
  | { readonly _tag: 'text'; readonly message: TextMessage }
  | { readonly _tag: 'fault'; readonly fault: Fault };

export type Effect = Order | After<Input> | CancelAfter;
export type ClientTurn = Transition<State, Effect, Event>;

type WithRef<Order> = Order extends { readonly ref: Ref } ? Order : never;

/** An order that has not been answered yet, and whom its answer is for. */
export type Pending =
  | { readonly _tag: WithRef<LineOrder>['_tag']; readonly line: string }
  | { readonly _tag: WithRef<CallOrder>['_tag']; readonly call: CallId }
  | { readonly _tag: 'ask-permission' | 'unlock' | 'send-text'; readonly command: Ref };

/**
 * One step of a workflow. `before` makes room for the target, the outcome of `target` is that of the workflow, `after` follows from
 * it. What was done `before` is taken back where the wish fails.
 */
export type Step = { readonly part: 'before' | 'target' | 'after'; readonly command: Command };

/** A command that takes several steps. No step of another one comes in between. */
export type Workflow = {
  readonly ref: Ref;
  readonly target: Command;
  /** Remaining steps; absent before the workflow has started. The first one is under way. */
  readonly steps?: readonly Step[];
  /** Number of completed steps, part of the step's ref. */
  readonly done: number;
  /** Hold commands that were carried out for it. */
  readonly held: readonly Command[];
  readonly outcome?: Either<Fault, unknown>;
};

/** The application's settings for all calls. */
export type Policy = Pick<CallPolicy, 'onRedirect' | 'recovery' | 'sampling'> & {
  readonly linger: Millis;
  readonly outgoing: Millis;
  readonly incoming: Millis;
  readonly onAnswer: 'hold-others' | 'leave-others';
  readonly callWaiting: 'ring' | 'reject';
};

type ReportOf<Tag extends CallReport['_tag']> = Extract<CallReport, { readonly _tag: Tag }>;

/** Call reducer with the client's own functions. */
export type ClientCallReducer = CallReducer & SingleCallReducer & Partial<ClientCalls>;

type ClientCalls = {
  /** Takes a command at once, or one step after the other. */
  readonly receive: (state: State, ref: Ref, command: Command, moment: Moment) => ClientTurn;
  /** The steps that were done in a turn lead to the next ones. */
  readonly follow: (moved: ClientTurn, moment: Moment) => ClientTurn;
  readonly incoming: (state: State, line: string, report: ReportOf<'incoming'>, moment: Moment) => ClientTurn;
  /** The report with the cause that this client knows better. */
  readonly endOf: (state: State, report: ReportOf<'ended'>) => ReportOf<'ended'>;
  /** Consequences of a transition for calls and their devices. */
  readonly settle: (state: State, before: State, moment: Moment) => ClientTurn;
  /** Orders to the platform that follow from a transition. */
  readonly platformEffects: (state: State, before: State) => readonly DeviceOrder[];
};

/** Everything the client knows. `session` is the part of it that is public. */
export type State = {
  readonly session: Session;
  /** `yes` while a `connect()` is subscribed; `leaving` while lines unregister. */
  readonly connected: 'yes' | 'leaving' | 'no';
  readonly lines: ReadonlyMap<string, LineState>;
  /** The lines that can carry calls, in the order of preference. */
  readonly calling: ReadonlyMap<string, Traits>;
  /** Reducer of calls; `undefined` without a calling line. */
  readonly callReducer: ClientCallReducer | undefined;
  /** Live calls, and ended ones that linger; oldest first. */
  readonly calls: ReadonlyMap<CallId, CallState>;
  /** The last calls that have ended and left `session$`. */
  readonly past: readonly Call[];
  readonly media: MediaRecord;
  readonly pending: ReadonlyMap<Ref, Pending>;
  /** Commands that wait for a line. */
  readonly waiting: readonly { readonly ref: Ref; readonly command: Command }[];
  /** Commands of several steps, one after the other: the first one is under way. */
  readonly workflows: readonly Workflow[];
  /** Calls that ended while their line was down, and their lines: a BYE is pending. */
  readonly pendingByes: ReadonlyMap<CallId, string>;
  readonly doNotDisturb: boolean;
  readonly policy: Policy;
};

/** Number of ended calls that stay readable. */
const memory = 64;

export function newState(lines: readonly string[], calling: readonly Calling[], policy: Policy): State {
  const state: Omit<State, 'session'> = {
    connected: 'no',
    lines: new Map(lines.map(id => [id, newLine(id)])),
    calling: new Map(calling.map(({ id, traits }) => [id, traits])),
    // Every calling adapter has the reducer of `callstream/adapter`.
    callReducer: calling[0]?.callReducer as ClientCallReducer | undefined,
    calls: new Map(),
    past: [],
    media: newMedia,
    pending: new Map(),
    waiting: [],
    workflows: [],
    pendingByes: new Map(),
    doNotDisturb: false,
    policy,
  };
  return { ...state, session: sessionOf(state, undefined) };
}

/** The same map with one entry set, or without it. */
export function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}
export function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/** True when a call has come, gone, or changed in one of these parts. */
export function haveCallsChanged(
  state: State,
  before: State,
  partsOf: (record: CallState) => readonly unknown[],
): boolean {
  return (
    state.calls.size !== before.calls.size ||
    changedCalls(state, before).some(record => {
      const former = before.calls.get(record.call.id);
      const parts = former && partsOf(former);
      return parts === undefined || partsOf(record).some((part, index) => part !== parts[index]);
    })
  );
}

/** The calls that are new or have changed since `before`. */
export function changedCalls({ calls }: State, before: State): readonly CallState[] {
  if (calls === before.calls) return [];
  const changed: CallState[] = [];
  for (const [id, record] of calls) if (before.calls.get(id) !== record) changed.push(record);
  return changed;
}

/** True for a call that is in the session: neither being prepared nor about to replace another one. */
export function isSeen({ phase, replaces }: CallState): boolean {
  return phase !== 'preparing' && replaces === undefined;
}

export function callOf({ calls, past }: State, id: CallId): Call | undefined {
  const record = calls.get(id);
  if (record !== undefined) return isSeen(record) ? record.call : undefined;
  return past.find(call => call.id === id);
}

/** Conversation of a service call, also of an ended one. */
export function conversationOf({ calls, past }: State, name: string): Either<Fault, string> {
  const known = [...past, ...[...calls.values()].map(({ call }) => call)];
  const call = known.find(({ id, ref }) => id === name || ref === name);
  if (call === undefined) return left(fault('no-such-call'));
  return call.conversation === undefined ? left(fault('wrong-state')) : right(call.conversation);
}

/** An ended call leaves the session, and stays readable for a while. */
export function forget(state: State, id: CallId): State {
  const record = state.calls.get(id);
  return record?.phase === 'ended'
    ? { ...state, calls: without(state.calls, id), past: [...state.past, record.call].slice(-memory) }
    : state;
}

export function lineUse(line: LineState | undefined): 'none' | 'recovering' | 'up' {
  if (line === undefined) return 'none';
  if (line.phase === 'up') return 'up';
  return isOpen(line) || line.phase === 'opening' || line.phase === 'waiting' ? 'recovering' : 'none';
}

const fromWorst = {
  connection: ['disconnected', 'disconnecting', 'recovering', 'connecting', 'connected'],
  registration: ['refused', 'none', 'registering', 'registered'],
  verdict: ['dead', 'suspect', 'online'],
} as const;

function worst<A>(values: readonly A[], order: readonly unknown[], rank: (value: A) => unknown, none: A): A {
  return values.reduce(
    (found, value) => (order.indexOf(rank(value)) < order.indexOf(rank(found)) ? value : found),
    values[0] ?? none,
  );
}

/** The session of a state; the previous one where nothing has changed. */
export function sessionOf(state: Omit<State, 'session'>, before: Session | undefined): Session {
  const lines = same(
    [...state.lines.values()].map(({ line }) => line),
    before?.lines,
  );
  const calls = same(seenCalls(state), before?.calls);
  const { devices, page } = state.media;
  const { doNotDisturb } = state;
  if (
    before?.lines === lines &&
    before.calls === calls &&
    before.devices === devices &&
    before.page === page &&
    before.doNotDisturb === doNotDisturb
  )
    return before;
  const user = lines.find(line => line.user !== undefined)?.user;
  return { ...summary(lines), lines, ...compact({ user }), calls, devices, page, doNotDisturb };
}

function seenCalls({ calls }: Pick<State, 'calls'>): readonly Call[] {
  const seen: Call[] = [];
  for (const record of calls.values()) if (isSeen(record)) seen.push(record.call);
  return seen;
}

function summary(lines: readonly Line[]): {
  readonly connection: ConnectionStatus;
  readonly registration: Registration;
  readonly verdict: Verdict;
} {
  return {
    connection: worst<ConnectionStatus>(
      lines.map(line => line.connection),
      fromWorst.connection,
      value => value,
      'disconnected',
    ),
    registration: worst<Registration>(
      lines.map(line => line.registration),
      fromWorst.registration,
      ({ state }) => state,
      { state: 'none' },
    ),
    verdict: worst<Verdict>(
      lines.map(line => line.verdict),
      fromWorst.verdict,
      value => value,
      'online',
    ),
  };
}

function same<A>(values: readonly A[], before: readonly A[] | undefined): readonly A[] {
  return before?.length === values.length && values.every((value, index) => value === before[index]) ? before : values;
}

/** The policy from the options, with defaults. */
export function policyOf({
  linger = 3_000,
  noAnswer = {},
  onAnswer = 'leave-others',
  callWaiting = 'ring',
  onRedirect = 'show',
  recovery = 60_000,
  summaries = true,
}: ClientOptions): Policy {
  return {
    linger,
    outgoing: noAnswer.outgoing ?? 180_000,
    incoming: noAnswer.incoming ?? 60_000,
    onAnswer,
    callWaiting,
    onRedirect,
    recovery,
    ...(summaries ? { sampling: 10_000 } : {}),
  };
}
