import type { CallReport } from '../call/port.js';
import type { CallInput } from '../call/state.js';
import { isLeft, isRight, left, type Either } from '../core/either.js';
import { fault } from '../core/fault.js';
import type { Done, Failure } from '../core/port.js';
import { after, andThen, cancelAfter, resolve, transition, type Moment } from '../core/transition.js';
import { newLine, type LineInput } from '../line/state.js';
import type { DeviceReport } from '../media/port.js';
import { opened, stepMedia } from '../media/step.js';
import { resume, take } from './commands.js';
import { byeTimedOut } from './pending-bye.js';
import { endCalls, runCall, runLine } from './run.js';
import {
  forget,
  sessionOf,
  without,
  type Pending,
  type State,
  type ClientTurn,
  type Event,
  type Input,
} from './state.js';

type Is<Tag extends Input['_tag']> = Extract<Input, { readonly _tag: Tag }>;
type Move<Tag extends Input['_tag']> = (state: State, input: Is<Tag>, moment: Moment) => ClientTurn;

/** Time for the lines to unregister and close, in ms. */
const farewell = 2_000;

/** The whole client as one pure fold: every report, command and tick goes through here. */
export function stepClient(state: State, input: Input, moment: Moment): ClientTurn {
  const move = moves[input._tag] as Move<Input['_tag']>;
  const followed = (turned: ClientTurn): ClientTurn => state.callReducer?.follow?.(turned, moment) ?? turned;
  const stepped = followed(move(state, input, moment));
  const settled = andThen(stepped, now => settleDown(now, state, moment));
  const moved = followed(andThen(settled, now => attended(now, state)));
  const session = moved.state === state ? state.session : sessionOf(moved.state, state.session);
  return { ...moved, state: moved.state.session === session ? moved.state : { ...moved.state, session } };
}

const moves: { readonly [Tag in Input['_tag']]: Move<Tag> } = {
  connect: (state, _, moment) => {
    const start: ClientTurn = transition<State, ClientTurn['orders'][number], Event>(
      { ...state, connected: 'yes' },
      { orders: state.connected === 'yes' ? [] : [cancelAfter('drained'), { _tag: 'start' }] },
    );
    return toLines(start, { _tag: 'connect' }, moment);
  },

  disconnect: (state, _, moment) => {
    if (state.connected !== 'yes') return transition(state);
    const leaving: State = { ...state, connected: 'leaving', waiting: [], workflows: [] };
    const live = [...state.calls.values()].filter(({ phase }) => phase !== 'ended').map(({ call }) => call.id);
    const hungUp = endCalls(leaving, live, moment);
    // All pending commands fail with `disconnected`.
    const asked = [...state.pending.values()].flatMap(pending => ('command' in pending ? [pending.command] : []));
    const open = [...hungUp.outcomes, ...state.waiting, ...state.workflows].map(({ ref }) => ref).concat(asked);
    const outcomes = open.map(ref => resolve(ref, left(fault('disconnected'))));
    const draining = toLines({ ...hungUp, outcomes }, { _tag: 'drain' }, moment);
    return andThen(draining, now =>
      transition(now, { orders: [{ _tag: 'release' }, after('drained', farewell, { _tag: 'drained' })] }),
    );
  },

  // Lines that have not closed in time are reset.
  drained: (state, _, moment) =>
    andThen(toLines(transition(state), { _tag: 'close' }, moment), now =>
      transition({ ...now, lines: new Map([...now.lines.keys()].map(id => [id, newLine(id, moment.at)])) }),
    ),

  command: (state, { ref, command }, moment) => (state.callReducer?.receive ?? take)(state, ref, command, moment),
  'give-up': (state, { ref }) =>
    transition(
      { ...state, waiting: state.waiting.filter(waiting => waiting.ref !== ref) },
      { outcomes: [resolve(ref, left(fault('no-line')))] },
    ),

  'line-tick': (state, { line, tick }, moment) => runLine(state, line, tick, moment),
  'call-tick': (state, { call, tick }, moment) => runCall(state, call, tick, moment),
  forget: (state, { call }) => transition(forget(state, call)),
  'too-late': (state, { call }) => byeTimedOut(state, call),
  deadline: (state, { ref }, moment) =>
    done(state, { _tag: 'done', ref, result: left({ fault: fault('timeout') }) }, moment),

  'from-platform': (state, { report }, moment) => fromPlatform(state, report, moment),
  'from-line': (state, { line, report }, moment) => {
    if (report._tag === 'done') return done(state, report, moment);
    if (report._tag === 'fault') return transition(state, { events: [{ _tag: 'fault', fault: report.fault }] });
    // Without a call reducer the call is released without a response.
    if (report._tag === 'incoming')
      return (
        state.callReducer?.incoming?.(state, line, report, moment) ??
        transition(state, { orders: [{ _tag: 'to-line', line, order: { _tag: 'forget', call: report.call } }] })
      );
    if (report._tag === 'text') {
      const { _tag: _, ...text } = report;
      return transition(state, { events: [{ _tag: 'text', message: { line, ...text, at: moment.at } }] });
    }
    // The subscription store handles it.
    if (report._tag === 'notified') return transition(state);
    if (report._tag === 'ended')
      return runCall(state, report.call, state.callReducer?.endOf?.(state, report) ?? report, moment);
    if ('call' in report) return runCall(state, report.call, aboutCall(report), moment);
    return runLine(state, line, report, moment);
  },
};

/** Applies an input to all lines. */
function toLines(before: ClientTurn, input: LineInput, moment: Moment): ClientTurn {
  return [...before.state.lines.keys()].reduce(
    (told, id) => andThen(told, state => runLine(state, id, input, moment)),
    before,
  );
}

/** Retries queued commands after a change of the lines; stops the adapters when all lines are idle. */
function settleDown(state: State, before: State, moment: Moment): ClientTurn {
  const lines = [...state.lines.values()];
  const followed: ClientTurn = state.callReducer?.settle?.(state, before, moment) ?? transition(state);
  if (state.waiting.length > 0 && state.lines !== before.lines) return andThen(followed, now => resume(now, moment));
  const atRest = lines.every(({ phase }) => phase === 'idle' || phase === 'refused');
  return state.connected === 'leaving' && atRest ? andThen(followed, leave) : followed;
}

/** Adds the effects on the platform. */
function attended(state: State, before: State): ClientTurn {
  return transition(state, {
    orders: (state.callReducer?.platformEffects?.(state, before) ?? []).map(order => ({ _tag: 'to-platform', order })),
  });
}

/** Nothing is left to be done: no call lingers, no timer runs. */
function leave(state: State): ClientTurn {
  const ended = [...state.calls.keys()].reduce(forget, state);
  return transition(
    { ...ended, connected: 'no', pending: new Map(), pendingByes: new Map() },
    { orders: [{ _tag: 'stop' }] },
  );
}

type AboutCall = Exclude<CallReport, { readonly _tag: 'incoming' | 'fault' | 'done' }>;

function aboutCall(report: AboutCall): CallInput {
  return report._tag === 'gathering' ||
    report._tag === 'candidate' ||
    report._tag === 'gathered' ||
    report._tag === 'unreachable'
    ? { _tag: 'ice', report }
    : report;
}

/**
 * Whoever leaves for good says goodbye in this very turn, where it would be missed. A call with ways of its own can be taken
 * up again by the page that comes after this one.
 */
function partWith(state: State, moment: Moment): ClientTurn {
  const calls = [...state.calls.values()].filter(
    ({ phase, policy }) => phase !== 'ended' && policy.traits.signalling === 'line',
  );
  const lines = [...state.calling].filter(([, { signalling }]) => signalling === 'line').map(([id]) => id);
  const ids = calls.map(({ call }) => call.id);
  return lines.reduce<ClientTurn>(
    (done, id) => andThen(done, now => runLine(now, id, { _tag: 'drain' }, moment)),
    endCalls(state, ids, moment),
  );
}

function fromPlatform(state: State, report: DeviceReport, moment: Moment): ClientTurn {
  if (report._tag === 'done') return done(state, report, moment);
  if (report._tag === 'fault') return transition(state, { events: [{ _tag: 'fault', fault: report.fault }] });
  if (report._tag === 'leaving') return partWith(state, moment);
  if (report._tag === 'woke') return toLines(transition(state), { _tag: 'woke' }, moment);
  const media = stepMedia(state.media, report);
  const known = transition<State, never, Event>(media === state.media ? state : { ...state, media });
  const { online } = media.page;
  return online === state.media.page.online ? known : toLines(known, { _tag: online ? 'online' : 'offline' }, moment);
}

/** An order has its outcome; the first one counts. */
function done(state: State, { ref, result }: Done, moment: Moment): ClientTurn {
  const pending = state.pending.get(ref);
  if (pending === undefined) return transition(state);
  const rest: State = { ...state, pending: without(state.pending, ref) };
  return andThen(
    transition<State, ClientTurn['orders'][number], Event>(rest, { orders: [cancelAfter(`deadline:${ref}`)] }),
    now => answered(now, pending, { ref, result }, moment),
  );
}

function answered(state: State, pending: Pending, { ref, result }: Omit<Done, '_tag'>, moment: Moment): ClientTurn {
  if ('command' in pending)
    return transition(state, {
      outcomes: [resolve(pending.command, result._tag === 'Left' ? left(result.left.fault) : result)],
    });
  if ('line' in pending)
    return runLine(state, pending.line, { _tag: `${pending._tag}-done`, result } as LineInput, moment);
  const known = pending._tag === 'prepare' || pending._tag === 'input' ? microphone(state, result) : state;
  return runCall(known, pending.call, { _tag: `${pending._tag}-done`, ref, result } as CallInput, moment);
}

/** An opened microphone proves its device and the permission. */
function microphone(state: State, result: Either<Failure, unknown>): State {
  if (isLeft(result) || !isRight(result)) return state;
  const { id } = (result.right ?? {}) as { readonly id?: string };
  const media = opened(state.media, id);
  return media === state.media ? state : { ...state, media };
}
