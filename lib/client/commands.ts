import { left, right } from '../kernel/either.js';
import { fault, type FaultCode } from '../kernel/fault.js';
import { after, andThen, cancelAfter, settle, turn, type Moment } from '../kernel/turn.js';
import type { Ref } from '../kernel/units.js';
import type { Place } from '../call/port.js';
import type { CallInput, InputPatch, OutputPatch, Patch } from '../call/record.js';
import { choosing, settingsOf } from '../media/step.js';
import { check, readiness, type CallCommand, type Command, type LineUse } from './command.js';
import type { ClientTurn } from './input.js';
import { runCall, runLine, withCall } from './run.js';
import { callOf, lineUse, put, type State } from './state.js';

type Is<Tag extends Command['_tag']> = Extract<Command, { readonly _tag: Tag }>;

const refuse = (state: State, ref: Ref, code: FaultCode): ClientTurn =>
  turn(state, { settled: [settle(ref, left(fault(code)))] });

/** Takes a command: refuses it, keeps it until a line is back, or carries it out. */
export const take = (state: State, ref: Ref, command: Command, moment: Moment): ClientTurn => {
  const wrong = check(command);
  if (wrong !== undefined) return turn(state, { settled: [settle(ref, left(wrong))], events: events(command, wrong) });
  const ready = readiness[command._tag][use(state, command)];
  if (ready === 'refuse') return refuse(state, ref, 'no-line');
  if (ready === 'act') return act(state, ref, command, moment);
  const waiting = [...state.waiting, { ref, command }];
  return turn({ ...state, waiting }, { orders: [after(`give-up:${ref}`, ready.wait, { _tag: 'give-up', ref })] });
};

/** A setting that nobody reads the outcome of is told on `fault$` too. */
const events = (command: Command, wrong: ReturnType<typeof fault>): ClientTurn['events'] =>
  command._tag === 'choose' || command._tag === 'adjust' ? [{ _tag: 'fault', fault: wrong }] : [];

/** The best line that the command could use. */
const use = (state: State, command: Command): LineUse => {
  if (state.connected !== 'yes') return 'none';
  const uses = candidates(state, command).map(id => lineUse(state.lines.get(id)));
  return uses.includes('up') ? 'up' : uses.includes('recovering') ? 'recovering' : 'none';
};

const candidates = ({ lines, calling }: State, command: Command): readonly string[] => {
  if (command._tag !== 'invite' && command._tag !== 'reconnectCall') return [...lines.keys()];
  // Where a call goes on without its line it can be taken up again.
  const able = [...calling]
    .filter(([, { outlivesLine }]) => command._tag === 'invite' || outlivesLine)
    .map(([id]) => id);
  return command.via === undefined ? able : able.filter(id => id === command.via);
};

const act = (state: State, ref: Ref, command: Command, moment: Moment): ClientTurn => {
  if (command._tag === 'invite') return invite(state, ref, command, moment);
  if (command._tag === 'reconnectCall') return reconnectCall(state, ref, command, moment);
  if (command._tag === 'choose') return choose(state, ref, command, moment);
  if (command._tag === 'askPermission') return askPermission(state, ref);
  if (command._tag === 'reconnect') return reconnect(state, ref, moment);
  return toCall(state, ref, command, moment);
};

const invite = (state: State, ref: Ref, command: Is<'invite'>, moment: Moment): ClientTurn => {
  const { target, headers, context } = command;
  return place(state, ref, command, { target, headers, ...(context === undefined ? {} : { context }) }, moment);
};

const place = (
  state: State,
  ref: Ref,
  command: Is<'invite' | 'reconnectCall'>,
  where: Place,
  moment: Moment,
): ClientTurn => {
  const line = candidates(state, command).find(id => lineUse(state.lines.get(id)) === 'up');
  const traits = line === undefined ? undefined : state.calling.get(line);
  if (line === undefined || traits === undefined || state.callRoom === undefined) return refuse(state, ref, 'no-line');
  const begun = state.callRoom.dial(
    where,
    { id: command.call, line, ...settingsOf(state.media.devices) },
    { command: ref, parallel: state.media.devices.permission === 'granted', patience: state.limits.outgoing, traits },
    moment,
  );
  return withCall(state, begun);
};

/** A call that we know has its media made anew; one that we don't is looked for where it may still be. */
const reconnectCall = (state: State, ref: Ref, command: Is<'reconnectCall'>, moment: Moment): ClientTurn => {
  const { name } = command;
  const live = [...state.calls.values()].find(
    ({ call, phase }) => phase !== 'preparing' && phase !== 'ended' && (call.id === name || call.ref === name),
  );
  if (live !== undefined) return runCall(state, live.call.id, { _tag: 'reconnect', command: ref }, moment);
  if (callOf(state, name) !== undefined) return refuse(state, ref, 'call-ended');
  return place(state, ref, command, { target: name, headers: {}, rejoin: name }, moment);
};

const toCall = (state: State, ref: Ref, command: CallCommand, moment: Moment): ClientTurn => {
  const { call, ...rest } = command;
  if (callOf(state, call) === undefined) return refuse(state, ref, 'no-such-call');
  if (!state.calls.has(call)) return refuse(state, ref, 'call-ended');
  return runCall(state, call, inputOf(state, ref, rest), moment);
};

type WithoutCall<C> = C extends unknown ? Omit<C, 'call'> : never;

const inputOf = (state: State, ref: Ref, command: WithoutCall<CallCommand>): CallInput =>
  command._tag === 'answer'
    ? { ...command, command: ref, parallel: state.media.devices.permission === 'granted' }
    : clamped({ ...command, command: ref });

/** For all calls to come, and for the live ones that had no choice of their own. */
const choose = (state: State, ref: Ref, choice: Is<'choose'>, moment: Moment): ClientTurn => {
  const { side, patch } = clamped(choice);
  const { id, ...rest } = patch;
  const { chosen: _, ...devices } = state.media.devices[side];
  const kept = 'id' in patch ? id : state.media.devices[side].chosen;
  const settings = { ...devices, ...rest, ...(kept === undefined ? {} : { chosen: kept }) };
  const chosen: State = { ...state, media: choosing(state.media, side, settings) };
  return [...state.calls.values()]
    .filter(({ phase }) => phase !== 'ended')
    .reduce<ClientTurn>(
      (done, { call, own }) => {
        const followed = Object.fromEntries(Object.entries(patch).filter(([key]) => !own.includes(`${side}.${key}`)));
        if (Object.keys(followed).length === 0) return done;
        return andThen(done, before => runCall(before, call.id, { _tag: 'adjust', side, patch: followed }, moment));
      },
      turn(chosen, { settled: [settle(ref, right(undefined))] }),
    );
};

const clamped = <A extends object>(command: A & Partial<Patch>): A => {
  const { patch } = command as { readonly patch?: InputPatch | OutputPatch };
  return patch?.volume === undefined
    ? command
    : { ...command, patch: { ...patch, volume: Math.min(1, Math.max(0, patch.volume)) } };
};

const askPermission = (state: State, ref: Ref): ClientTurn => {
  if (state.connected !== 'yes') return refuse(state, ref, 'disconnected');
  const order = `permission:${ref}`;
  return turn(
    { ...state, pending: put(state.pending, order, { _tag: 'ask-permission', command: ref }) },
    {
      orders: [
        { _tag: 'to-platform', order: { _tag: 'ask-permission', ref: order } },
        after(`deadline:${order}`, 120_000, { _tag: 'deadline', ref: order }),
      ],
    },
  );
};

const reconnect = (state: State, ref: Ref, moment: Moment): ClientTurn =>
  [...state.lines.keys()].reduce<ClientTurn>(
    (done, id) => andThen(done, before => runLine(before, id, { _tag: 'hurry' }, moment)),
    turn(state, { settled: [settle(ref, right(undefined))] }),
  );

/** The commands that waited for a line are taken again once there is one, or once there will be none. */
export const resume = (state: State, moment: Moment): ClientTurn => {
  const ready = state.waiting.filter(({ command }) => use(state, command) !== 'recovering');
  return ready.length === 0
    ? turn(state)
    : ready.reduce<ClientTurn>(
        (done, { ref, command }) =>
          andThen(done, before => {
            const taken = take(before, ref, command, moment);
            return { ...taken, orders: [cancelAfter(`give-up:${ref}`), ...taken.orders] };
          }),
        turn({ ...state, waiting: state.waiting.filter(waiting => !ready.includes(waiting)) }),
      );
};
