import type { CallId } from '../call/model.js';
import type { CallState } from '../call/state.js';
import { isLeft, isRight, left, right, type Either } from '../core/either.js';
import { fault, type Fault, type FaultCode } from '../core/fault.js';
import { andThen, resolve, transition, type Moment, type CommandOutcome } from '../core/transition.js';
import { check } from './arguments.js';
import type { Command } from './command.js';
import { liveCall, take, use, withdraw } from './commands.js';
import { callOf, type Workflow, type State, type Step, type ClientTurn } from './state.js';
import type { Ref } from '../core/port.js';

type Is<Tag extends Command['_tag']> = Extract<Command, { readonly _tag: Tag }>;

function startsTalking(command: Command): boolean {
  return (
    command._tag === 'invite' ||
    command._tag === 'reconnectCall' ||
    command._tag === 'answer' ||
    (command._tag === 'consent' && command.yes) ||
    (command._tag === 'hold' && !command.on)
  );
}

/** True for a command that takes several steps here, and so waits for other workflows. */
function isWorkflow({ policy }: State, command: Command): boolean {
  return (
    command._tag === 'swap' ||
    (command._tag === 'transfer' && 'call' in command.to) ||
    (policy.onAnswer === 'hold-others' && startsTalking(command))
  );
}

/** Takes a command at once, or one step after the other. */
export function receive(state: State, ref: Ref, command: Command, moment: Moment): ClientTurn {
  if (command._tag === 'withdraw') return withdrawInvite(state, ref, command.call, moment);
  return check(command) === undefined && isWorkflow(state, command)
    ? enqueue(state, ref, command, moment)
    : take(state, ref, command, moment);
}

/** Drops the queued `invite` of this call, or hangs up. */
function withdrawInvite(state: State, ref: Ref, call: CallId, moment: Moment): ClientTurn {
  const isFor = ({ target }: Workflow): boolean => target._tag === 'invite' && target.call === call;
  return andThen(dropWorkflows(state, isFor, fault('cancelled')), now => withdraw(now, ref, call, moment));
}

/** Queues a workflow; starts it if the queue was empty. */
function enqueue(state: State, ref: Ref, target: Command, moment: Moment): ClientTurn {
  const waiting: State = { ...state, workflows: [...state.workflows, { ref, target, done: 0, held: [] }] };
  return state.workflows.length === 0 ? startNext(waiting, moment) : transition(waiting);
}

function startNext(state: State, moment: Moment): ClientTurn {
  const [head, ...others] = state.workflows;
  if (head === undefined) return transition(state);
  const steps = stepsOf(state, head.target);
  if (isRight(steps)) return proceed({ ...state, workflows: [{ ...head, steps: steps.right }, ...others] }, moment);
  const refused = transition<State, ClientTurn['orders'][number], ClientTurn['events'][number]>(
    { ...state, workflows: others },
    { outcomes: [resolve(head.ref, steps)] },
  );
  return andThen(refused, now => startNext(now, moment));
}

function stepRef({ ref, done }: Workflow): Ref {
  return `${ref}/${String(done)}`;
}

/** Executes the step at the head, or ends the workflow. */
function proceed(state: State, moment: Moment): ClientTurn {
  const [head, ...others] = state.workflows;
  if (head === undefined) return transition(state);
  const step = head.steps?.[0];
  if (step !== undefined) return take(state, stepRef(head), step.command, moment);
  return startNext({ ...state, workflows: others }, moment);
}

/**
 * The steps that were done in a turn lead to the next ones, in the same turn where they can be done at once. The outcome is
 * told as soon as it is known.
 */
export function follow(moved: ClientTurn, moment: Moment): ClientTurn {
  const [head] = moved.state.workflows;
  const done = head === undefined ? undefined : moved.outcomes.find(({ ref }) => ref === stepRef(head));
  if (head === undefined || done === undefined) return moved;
  const next = after(head, done);
  const told = head.outcome === undefined && next.outcome !== undefined ? [resolve(head.ref, next.outcome)] : [];
  const rest: ClientTurn = { ...moved, outcomes: [...moved.outcomes.filter(one => one !== done), ...told] };
  return follow(
    andThen(rest, state => proceed({ ...state, workflows: [next, ...state.workflows.slice(1)] }, moment)),
    moment,
  );
}

function after(workflow: Workflow, { outcome }: CommandOutcome): Workflow {
  const [step, ...steps] = workflow.steps ?? [];
  const next: Workflow = { ...workflow, steps, done: workflow.done + 1 };
  if (step === undefined || step.part === 'after') return next;
  if (step.part === 'target')
    return isLeft(outcome) ? { ...next, outcome, steps: compensate(workflow) } : { ...next, outcome };
  if (isRight(outcome)) return { ...next, held: [...workflow.held, step.command] };
  // Holding a call that has just ended counts as done.
  if (outcome.left.code === 'call-ended') return next;
  return { ...next, outcome, steps: compensate({ held: [...workflow.held, step.command] }) };
}

function compensate({ held }: Pick<Workflow, 'held'>): readonly Step[] {
  return held.flatMap(command =>
    command._tag === 'hold' ? [{ part: 'after', command: { ...command, on: !command.on } } as const] : [],
  );
}

/** Drops workflows; their commands fail with `reason`. */
function dropWorkflows(state: State, isDropped: (workflow: Workflow) => boolean, reason: Fault): ClientTurn {
  const dropped = state.workflows.filter(isDropped);
  if (dropped.length === 0) return transition(state);
  return transition(
    { ...state, workflows: state.workflows.filter(workflow => !dropped.includes(workflow)) },
    { outcomes: dropped.map(({ ref }) => resolve(ref, left(reason))) },
  );
}

function records({ calls }: State): readonly CallState[] {
  return [...calls.values()];
}

function isOutgoingUnanswered({ phase }: CallState): boolean {
  return phase === 'preparing' || phase === 'gathering' || phase === 'inviting' || phase === 'alerting';
}
function isTalking({ callReducer }: State, record: CallState): boolean {
  return callReducer?.isTalking(record) ?? false;
}

function targetStep(command: Command): Step {
  return { part: 'target', command };
}
function holdStep({ call }: CallState): Step {
  return {
    part: 'before',
    command: { _tag: 'hold', call: call.id, on: true },
  };
}

/** Steps of a command, from the calls at its start. */
function stepsOf(state: State, wish: Command): Either<Fault, readonly Step[]> {
  if (wish._tag === 'swap') return swapping(state, wish);
  return wish._tag === 'transfer' ? attendedTransfer(state, wish) : holdOthersFirst(state, wish);
}

/** Holds the active one of the two calls and unholds the other; a call on hold stays so in between. */
function swapping(state: State, { calls: [a, b] }: Is<'swap'>): Either<Fault, readonly Step[]> {
  const vain = missing(state, a) ?? missing(state, b);
  if (vain !== undefined) return left(fault(vain));
  const [first, second] = [state.calls.get(a), state.calls.get(b)];
  const [from, to] = second !== undefined && isTalking(state, second) ? [b, a] : [a, b];
  const isHeld = from === a && first !== undefined && !isTalking(state, first);
  const held: readonly Step[] = isHeld ? [] : [{ part: 'before', command: { _tag: 'hold', call: from, on: true } }];
  const unhold: Command = { _tag: 'hold', call: to, on: false };
  if (state.policy.onAnswer === 'leave-others') return right([...held, targetStep(unhold)]);
  const room = holdOthersFirst(state, unhold);
  return isLeft(room) ? room : right([...held, ...room.right.filter(step => !held.some(other => isSame(step, other)))]);
}

/** Fault of a call that cannot be swapped; then no other call is held. */
function missing(state: State, id: CallId): FaultCode | undefined {
  const call = callOf(state, id);
  if (call === undefined) return 'no-such-call';
  const phase = state.calls.get(id)?.phase ?? 'ended';
  if (phase === 'ended') return 'call-ended';
  return phase === 'active' ? undefined : 'wrong-state';
}

function isSame({ command: a }: Step, { command: b }: Step): boolean {
  return a._tag === 'hold' && b._tag === 'hold' && a.call === b.call && a.on === b.on;
}

/** Attended transfer: after success the consultation call is ended. RFC 3891. */
function attendedTransfer({ calls }: State, wish: Is<'transfer'>): Either<Fault, readonly Step[]> {
  const other = 'call' in wish.to ? calls.get(wish.to.call) : undefined;
  if (other === undefined) return left(fault('no-such-call'));
  if (other.phase !== 'active' || other.call.line !== calls.get(wish.call)?.call.line)
    return left(fault('wrong-state'));
  return right([targetStep(wish), { part: 'after', command: { _tag: 'end-consultation', call: other.call.id } }]);
}

/** True when the command would fail at once; then no other call is held. */
function isVain(state: State, wish: Command): boolean {
  const { calls } = state;
  if (wish._tag === 'answer') return calls.get(wish.call)?.phase !== 'offered';
  if (wish._tag === 'hold') return calls.get(wish.call)?.phase !== 'active';
  if (wish._tag === 'consent') return calls.get(wish.call)?.referral === undefined;
  return wish._tag === 'invite' && use(state, wish) === 'none';
}

/** Hold steps for all other active calls; `busy` while another outgoing call is unanswered. */
function holdOthersFirst(state: State, wish: Command): Either<Fault, readonly Step[]> {
  // A reconnect of a known call adds no call.
  if (wish._tag === 'reconnectCall' && liveCall(state.calls, wish.name) !== undefined) return right([targetStep(wish)]);
  if (isVain(state, wish)) return right([targetStep(wish)]);
  const subject = wish._tag === 'answer' || wish._tag === 'hold' ? state.calls.get(wish.call) : undefined;
  const others = records(state).filter(record => record !== subject);
  return others.some(isOutgoingUnanswered)
    ? left(fault('busy', { message: 'An outgoing call is not answered yet.' }))
    : right([...others.filter(record => isTalking(state, record)).map(holdStep), targetStep(wish)]);
}
