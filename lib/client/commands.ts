import { left, right } from '../core/either.js';
import { fault, type FaultCode } from '../core/fault.js';
import { compact } from '../core/compact.js';
import { after, andThen, cancelAfter, resolve, transition, type Moment } from '../core/transition.js';
import type { CallId } from '../call/model.js';
import type { Place, Traits } from '../call/port.js';
import type { CallInput, CallState, CallPolicy } from '../call/state.js';
import { settingsOf } from '../media/step.js';
import { check } from './arguments.js';
import { readiness, type CallCommand, type Command, type LineUse } from './command.js';
import { choose, clamped, toPlatform } from './devices.js';
import { runCall, runLine, withCall } from './run.js';
import { callOf, isSeen, lineUse, put, type State, type ClientTurn } from './state.js';
import type { Ref } from '../core/port.js';

/** The policy of a call that starts now. */
export function callPolicyOf({ policy }: State, traits: Traits, direction: 'outgoing' | 'incoming'): CallPolicy {
  return {
    patience: policy[direction],
    traits,
    onRedirect: policy.onRedirect,
    recovery: policy.recovery,
    ...(policy.sampling === undefined ? {} : { sampling: policy.sampling }),
  };
}

type Is<Tag extends Command['_tag']> = Extract<Command, { readonly _tag: Tag }>;

function refuse(state: State, ref: Ref, code: FaultCode): ClientTurn {
  return transition(state, { outcomes: [resolve(ref, left(fault(code)))] });
}

/** Takes a command: refuses it, keeps it until a line is back, or carries it out. */
export function take(state: State, ref: Ref, command: Command, moment: Moment): ClientTurn {
  const wrong = check(command);
  if (wrong !== undefined)
    return transition(state, { outcomes: [resolve(ref, left(wrong))], events: events(command, wrong) });
  const ready = readiness[command._tag][use(state, command)];
  if (ready === 'refuse') return refuse(state, ref, reasonOf(state, command));
  if (ready === 'act') return act(state, ref, command, moment);
  const waiting = [...state.waiting, { ref, command }];
  return transition({ ...state, waiting }, { orders: [after(`give-up:${ref}`, ready.wait, { _tag: 'give-up', ref })] });
}

/** Fails without a line that can recover calls. */
function reasonOf(state: State, command: Command): FaultCode {
  if (command._tag !== 'reconnectCall' || [...state.calling.values()].some(canCarry.reconnectCall)) return 'no-line';
  return callOf(state, command.name) === undefined ? 'no-such-call' : 'call-ended';
}

/** The failure of a setting is emitted on `fault$` too. */
function events(command: Command, wrong: ReturnType<typeof fault>): ClientTurn['events'] {
  return command._tag === 'choose' || command._tag === 'adjust' ? [{ _tag: 'fault', fault: wrong }] : [];
}

/** The best line that the command could use. */
export function use(state: State, command: Command): LineUse {
  if (state.connected !== 'yes') return 'none';
  const uses = candidates(state, command).map(id => lineUse(state.lines.get(id)));
  return uses.includes('up') ? 'up' : uses.includes('recovering') ? 'recovering' : 'none';
}

function candidates({ lines, calling, calls }: State, command: Command): readonly string[] {
  if (command._tag !== 'invite' && command._tag !== 'reconnectCall' && command._tag !== 'message')
    return [...lines.keys()];
  const taken = command._tag === 'reconnectCall' ? liveCall(calls, command.name)?.call.line : undefined;
  if (taken !== undefined) return [taken];
  const able = [...calling].filter(([, traits]) => canCarry[command._tag](traits)).map(([id]) => id);
  return command.via === undefined ? able : able.filter(id => id === command.via);
}

/** Lines that can carry a command. Only calls with signalling of their own can be recovered. */
const canCarry: Readonly<Record<'invite' | 'reconnectCall' | 'message', (traits: Traits) => boolean>> = {
  invite: () => true,
  reconnectCall: ({ signalling }) => signalling === 'own',
  message: ({ texts }) => texts,
};

function act(state: State, ref: Ref, command: Command, moment: Moment): ClientTurn {
  if (command._tag === 'invite') return invite(state, ref, command, moment);
  if (command._tag === 'reconnectCall') return reconnectCall(state, ref, command, moment);
  if (command._tag === 'choose') return choose(state, ref, command, moment);
  if (command._tag === 'askPermission') return toPlatform(state, ref, 'ask-permission');
  if (command._tag === 'unlockAudio') return toPlatform(state, ref, 'unlock');
  if (command._tag === 'reconnect') return reconnect(state, ref, moment);
  if (command._tag === 'consent') return consent(state, ref, command, moment);
  if (command._tag === 'message') return message(state, ref, command);
  if (command._tag === 'doNotDisturb') return doNotDisturb(state, ref, command);
  // These two are no single steps.
  // A client without calls has none to swap or to withdraw.
  if (command._tag === 'swap' || command._tag === 'withdraw') return refuse(state, ref, 'no-such-call');
  return toCall(state, ref, command, moment);
}

function doNotDisturb(state: State, ref: Ref, { on }: Is<'doNotDisturb'>): ClientTurn {
  return transition({ ...state, doNotDisturb: on }, { outcomes: [resolve(ref, right(undefined))] });
}

/** Answers a REFER; after an acceptance its target is called. */
function consent(state: State, ref: Ref, command: Is<'consent'>, moment: Moment): ClientTurn {
  const record = state.calls.get(command.call);
  const answered = toCall(state, ref, command, moment);
  const { referral: refer, call } = record ?? {};
  if (!command.yes || refer === undefined || call?.refer === undefined) return answered;
  const where: Place = { target: call.refer.target, headers: {}, referral: { call: call.id, refer } };
  const calling = { call: command.next, via: call.line };
  return andThen({ ...answered, outcomes: answered.outcomes.filter(one => one.ref !== ref) }, now =>
    place(now, ref, { _tag: 'invite', ...calling, target: where.target, headers: {} }, where, moment),
  );
}

function message(state: State, ref: Ref, command: Is<'message'>): ClientTurn {
  const line = candidates(state, command).find(id => lineUse(state.lines.get(id)) === 'up');
  if (line === undefined) return refuse(state, ref, 'no-line');
  const { target, body, contentType, headers } = command;
  const order = `text:${ref}`;
  return transition(
    { ...state, pending: put(state.pending, order, { _tag: 'send-text', command: ref }) },
    {
      orders: [
        { _tag: 'to-line', line, order: { _tag: 'send-text', ref: order, target, body, contentType, headers } },
        after(`deadline:${order}`, 33_000, { _tag: 'deadline', ref: order }),
      ],
    },
  );
}

function invite(state: State, ref: Ref, command: Is<'invite'>, moment: Moment): ClientTurn {
  const { target, headers, context } = command;
  return place(state, ref, command, { target, headers, ...compact({ context }) }, moment);
}

function place(
  state: State,
  ref: Ref,
  command: Is<'invite' | 'reconnectCall'>,
  where: Place,
  moment: Moment,
): ClientTurn {
  const line = candidates(state, command).find(id => lineUse(state.lines.get(id)) === 'up');
  const traits = line === undefined ? undefined : state.calling.get(line);
  if (line === undefined || traits === undefined || state.callReducer === undefined)
    return refuse(state, ref, 'no-line');
  const begun = state.callReducer.dial(
    where,
    { id: command.call, line, ...settingsOf(state.media.devices) },
    {
      command: ref,
      parallel: state.media.devices.permission === 'granted',
      ...callPolicyOf(state, traits, 'outgoing'),
    },
    moment,
  );
  return withCall(state, begun);
}

/** A live call by its id here or at the far system. */
export function liveCall(calls: State['calls'], name: string): CallState | undefined {
  return [...calls.values()].find(
    record => isSeen(record) && record.phase !== 'ended' && (record.call.id === name || record.call.ref === name),
  );
}

/** Reconnects a known call; an unknown one is looked up at the lines. */
function reconnectCall(state: State, ref: Ref, command: Is<'reconnectCall'>, moment: Moment): ClientTurn {
  const { name } = command;
  const live = liveCall(state.calls, name);
  if (live !== undefined) return runCall(state, live.call.id, { _tag: 'reconnect', command: ref }, moment);
  if (callOf(state, name) !== undefined) return refuse(state, ref, 'call-ended');
  return place(state, ref, command, { target: name, headers: {}, rejoin: name }, moment);
}

function toCall(state: State, ref: Ref, command: CallCommand, moment: Moment): ClientTurn {
  const { call, ...rest } = command;
  const record = state.calls.get(call);
  if (record === undefined)
    return refuse(state, ref, callOf(state, call) === undefined ? 'no-such-call' : 'call-ended');
  return isSeen(record) ? runCall(state, call, inputOf(state, ref, rest), moment) : refuse(state, ref, 'no-such-call');
}

/** Cancels an invite, in whichever state its call is. */
export function withdraw(state: State, ref: Ref, call: CallId, moment: Moment): ClientTurn {
  const asked = state.waiting.filter(({ command }) => command._tag === 'invite' && command.call === call);
  const waiting = state.waiting.filter(one => !asked.includes(one));
  const outcomes = [resolve(ref, right(undefined)), ...asked.map(one => resolve(one.ref, left(fault('cancelled'))))];
  const dropped: ClientTurn = transition(asked.length === 0 ? state : { ...state, waiting }, {
    outcomes,
    orders: asked.map(one => cancelAfter(`give-up:${one.ref}`)),
  });
  return andThen(dropped, now =>
    now.calls.get(call)?.phase === 'ended' ? transition(now) : runCall(now, call, { _tag: 'hangup' }, moment),
  );
}

type WithoutCall<C> = C extends unknown ? Omit<C, 'call'> : never;

function inputOf(state: State, ref: Ref, command: WithoutCall<CallCommand>): CallInput {
  return command._tag === 'answer'
    ? { ...command, command: ref, parallel: state.media.devices.permission === 'granted' }
    : clamped({ ...command, command: ref });
}

function reconnect(state: State, ref: Ref, moment: Moment): ClientTurn {
  return [...state.lines.keys()].reduce<ClientTurn>(
    (done, id) => andThen(done, before => runLine(before, id, { _tag: 'hurry' }, moment)),
    transition(state, { outcomes: [resolve(ref, right(undefined))] }),
  );
}

/** Retries queued commands when a line is up, or none will be. */
export function resume(state: State, moment: Moment): ClientTurn {
  const ready = state.waiting.filter(({ command }) => use(state, command) !== 'recovering');
  return ready.length === 0
    ? transition(state)
    : ready.reduce<ClientTurn>(
        (done, { ref, command }) =>
          andThen(done, before => {
            const taken = take(before, ref, command, moment);
            return { ...taken, orders: [cancelAfter(`give-up:${ref}`), ...taken.orders] };
          }),
        transition({ ...state, waiting: state.waiting.filter(waiting => !ready.includes(waiting)) }),
      );
}
