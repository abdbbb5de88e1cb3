import type { CallOrder, CallReport } from '../call/port.js';
import type { CallInput } from '../call/record.js';
import { isLeft, isRight, left, type Either } from '../kernel/either.js';
import { fault } from '../kernel/fault.js';
import type { Done, Failure } from '../kernel/port.js';
import { after, andThen, cancelAfter, settle, turn, type Moment } from '../kernel/turn.js';
import { isOpen, newLine, type LineInput } from '../line/record.js';
import type { DeviceReport } from '../media/port.js';
import { opened, settingsOf, stepMedia } from '../media/step.js';
import { resume, take } from './commands.js';
import type { ClientTurn, Event, Input } from './input.js';
import { runCall, runCalls, runLine, withCall } from './run.js';
import { forget, sessionOf, without, type Pending, type State } from './state.js';

type Is<Tag extends Input['_tag']> = Extract<Input, { readonly _tag: Tag }>;
type Move<Tag extends Input['_tag']> = (state: State, input: Is<Tag>, moment: Moment) => ClientTurn;

/** How long the lines have to say goodbye. */
const farewell = 2_000;

/** The whole client as one pure fold: every report, command and tick goes through here. */
export const stepClient = (state: State, input: Input, moment: Moment): ClientTurn => {
  const move = moves[input._tag] as Move<Input['_tag']>;
  const moved = andThen(move(state, input, moment), now => settleDown(now, state, moment));
  const session = moved.state === state ? state.session : sessionOf(moved.state, state.session);
  return { ...moved, state: moved.state.session === session ? moved.state : { ...moved.state, session } };
};

const moves: { readonly [Tag in Input['_tag']]: Move<Tag> } = {
  connect: (state, _, moment) => {
    const start: ClientTurn = turn<State, ClientTurn['orders'][number], Event>(
      { ...state, connected: 'yes' },
      { orders: state.connected === 'yes' ? [] : [cancelAfter('drained'), { _tag: 'start' }] },
    );
    return toLines(start, { _tag: 'connect' }, moment);
  },

  disconnect: (state, _, moment) => {
    if (state.connected !== 'yes') return turn(state);
    const leaving: State = { ...state, connected: 'leaving', waiting: [] };
    const live = [...state.calls.values()].filter(({ phase }) => phase !== 'ended').map(({ call }) => call.id);
    const hungUp = runCalls(leaving, live, { _tag: 'hangup' }, moment);
    // Whatever anybody still waits for: a line, a person's permission, something of a call.
    const asked = [...state.pending.values()].flatMap(pending => ('command' in pending ? [pending.command] : []));
    const open = [...hungUp.settled, ...state.waiting].map(({ ref }) => ref).concat(asked);
    const settled = open.map(ref => settle(ref, left(fault('disconnected'))));
    const draining = toLines({ ...hungUp, settled }, { _tag: 'drain' }, moment);
    return andThen(draining, now =>
      turn(now, { orders: [{ _tag: 'release' }, after('drained', farewell, { _tag: 'drained' })] }),
    );
  },

  // Whoever has not closed by now is left behind.
  drained: (state, _, moment) =>
    andThen(toLines(turn(state), { _tag: 'close' }, moment), now =>
      turn({ ...now, lines: new Map([...now.lines.keys()].map(id => [id, newLine(id, moment.at)])) }),
    ),

  command: (state, { ref, command }, moment) => take(state, ref, command, moment),
  'give-up': (state, { ref }) =>
    turn(
      { ...state, waiting: state.waiting.filter(waiting => waiting.ref !== ref) },
      { settled: [settle(ref, left(fault('no-line')))] },
    ),

  'line-tick': (state, { line, tick }, moment) => runLine(state, line, tick, moment),
  'call-tick': (state, { call, tick }, moment) => runCall(state, call, tick, moment),
  forget: (state, { call }) => turn(forget(state, call)),
  deadline: (state, { ref }, moment) =>
    done(state, { _tag: 'done', ref, result: left({ fault: fault('timeout') }) }, moment),

  'from-platform': (state, { report }, moment) => fromPlatform(state, report, moment),
  'from-line': (state, { line, report }, moment) => {
    if (report._tag === 'done') return done(state, report, moment);
    if (report._tag === 'fault') return turn(state, { events: [{ _tag: 'fault', fault: report.fault }] });
    if (report._tag === 'incoming') return incoming(state, line, report, moment);
    if ('call' in report) return runCall(state, report.call, aboutCall(report), moment);
    return runLine(state, line, report, moment);
  },
};

/** All lines are told the same. */
const toLines = (before: ClientTurn, input: LineInput, moment: Moment): ClientTurn =>
  [...before.state.lines.keys()].reduce(
    (told, id) => andThen(told, state => runLine(state, id, input, moment)),
    before,
  );

/** What follows from a turn by itself: waiting commands find their line, and the last line closes the door. */
const settleDown = (state: State, before: State, moment: Moment): ClientTurn => {
  const lines = [...state.lines.values()];
  if (state.waiting.length > 0 && state.lines !== before.lines) return resume(state, moment);
  const atRest = lines.every(({ phase }) => phase === 'idle' || phase === 'refused');
  return state.connected === 'leaving' && atRest ? leave(state) : turn(state);
};

/** Nothing is left to be done: no call lingers, no timer runs. */
const leave = (state: State): ClientTurn => {
  const ended = [...state.calls.keys()].reduce(forget, state);
  return turn({ ...ended, connected: 'no', pending: new Map() }, { orders: [{ _tag: 'stop' }] });
};

const incoming = (
  state: State,
  line: string,
  report: Extract<CallReport, { readonly _tag: 'incoming' }>,
  moment: Moment,
): ClientTurn => {
  const traits = state.calling.get(line);
  const drop = (order: CallOrder): ClientTurn => turn(state, { orders: [{ _tag: 'to-line', line, order }] });
  // The line is here for conversations: whoever takes its calls is elsewhere.
  if (traits === undefined || state.callRoom === undefined) return drop({ _tag: 'forget', call: report.call });
  if (state.connected !== 'yes' || !hasSocket(state, line))
    return drop({ _tag: 'refuse', call: report.call, statusCode: 480 });
  const patience = state.limits.incoming;
  return withCall(
    state,
    state.callRoom.ring(report, { line, ...settingsOf(state.media.devices) }, { patience, traits }, moment),
  );
};

/** A call that was heard of just before its socket went cannot be answered any more. */
const hasSocket = ({ lines }: State, line: string): boolean => {
  const record = lines.get(line);
  return record !== undefined && isOpen(record);
};

type AboutCall = Exclude<CallReport, { readonly _tag: 'incoming' | 'fault' | 'done' }>;

const aboutCall = (report: AboutCall): CallInput =>
  report._tag === 'gathering' ||
  report._tag === 'candidate' ||
  report._tag === 'gathered' ||
  report._tag === 'unreachable'
    ? { _tag: 'ice', report }
    : report;

const fromPlatform = (state: State, report: DeviceReport, moment: Moment): ClientTurn => {
  if (report._tag === 'done') return done(state, report, moment);
  if (report._tag === 'fault') return turn(state, { events: [{ _tag: 'fault', fault: report.fault }] });
  if (report._tag === 'woke') return toLines(turn(state), { _tag: 'woke' }, moment);
  const media = stepMedia(state.media, report);
  const known = turn<State, never, Event>(media === state.media ? state : { ...state, media });
  const { online } = media.page;
  return online === state.media.page.online ? known : toLines(known, { _tag: online ? 'online' : 'offline' }, moment);
};

/** Which input of a call the answer of an order is. */
const callDone = {
  prepare: 'prepared',
  answer: 'answered',
  change: 'changed',
  'accept-offer': 'offer-settled',
  tone: 'toned',
  input: 'adjusted',
  output: 'adjusted',
  say: 'told',
  transfer: 'told',
  stats: 'told',
  restart: 'mended',
  recover: 'found',
} as const;

/** An order has been answered: the first answer counts, a later one is nobody's. */
const done = (state: State, { ref, result }: Done, moment: Moment): ClientTurn => {
  const pending = state.pending.get(ref);
  if (pending === undefined) return turn(state);
  const rest: State = { ...state, pending: without(state.pending, ref) };
  return andThen(
    turn<State, ClientTurn['orders'][number], Event>(rest, { orders: [cancelAfter(`deadline:${ref}`)] }),
    now => answered(now, pending, { ref, result }, moment),
  );
};

const answered = (state: State, pending: Pending, { ref, result }: Omit<Done, '_tag'>, moment: Moment): ClientTurn => {
  if ('command' in pending)
    return turn(state, {
      settled: [settle(pending.command, result._tag === 'Left' ? left(result.left.fault) : result)],
    });
  if ('line' in pending)
    return runLine(state, pending.line, { _tag: `${pending._tag}-done`, result } as LineInput, moment);
  const known = pending._tag === 'prepare' || pending._tag === 'input' ? microphone(state, result) : state;
  return runCall(known, pending.call, { _tag: callDone[pending._tag], ref, result } as CallInput, moment);
};

/** A microphone that was opened tells which one it is, and that it may be used. */
const microphone = (state: State, result: Either<Failure, unknown>): State => {
  if (isLeft(result) || !isRight(result)) return state;
  const { id } = (result.right ?? {}) as { readonly id?: string };
  const media = opened(state.media, id);
  return media === state.media ? state : { ...state, media };
};
