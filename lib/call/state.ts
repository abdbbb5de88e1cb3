import { left, right, type Either } from '../core/either.js';
import { fault, type Fault, type FaultCode } from '../core/fault.js';
import type { Failure } from '../core/port.js';
import {
  after,
  cancelAfter,
  resolve,
  transition,
  type After,
  type CancelAfter,
  type CommandOutcome,
  type Transition,
} from '../core/transition.js';
import type { Millis, Ref } from '../core/units.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import type { Ice } from './ice.js';
import type { Call, CallEnd, CallEvent, CallId, Speech } from './model.js';
import type { CallOrder, CallReport, Destination, Microphone, Place, Restart, Traits } from './port.js';
import { summed, type Measured } from './call-summary.js';

/** What is settled about a call when it begins. */
export type CallPolicy = {
  /** How long it may go unanswered. */
  readonly patience: Millis;
  readonly traits: Traits;
  /** What becomes of a call that is sent on to other addresses. */
  readonly onRedirect: 'follow' | 'show';
  /** How long a call may be without its line. */
  readonly recovery: Millis;
  /** How often its media are measured for the summary at its end; never where it is absent. */
  readonly sampling?: Millis;
};

/**
 * Where a call is, more finely than its public `status`:
 *
 *     preparing ─► gathering ─► inviting ─► alerting ─► active ─► ended      outgoing
 *     offered ─► accepting ─► answering ─► active ─► ended                   incoming
 *
 * `preparing` is not yet a call: it becomes one when the microphone is open.
 */
export type CallPhase =
  'preparing' | 'gathering' | 'inviting' | 'alerting' | 'offered' | 'accepting' | 'answering' | 'active' | 'ended';

/**
 * What is to be changed about a microphone or a loudspeaker; `id: undefined` goes back to the platform's default. `others`:
 * what is used instead while that one is not there, in this order.
 */
export type InputPatch = {
  readonly id?: string | undefined;
  readonly others?: readonly string[];
  readonly volume?: number;
  readonly processing?: boolean;
};
export type OutputPatch = Omit<InputPatch, 'processing'>;
export type Patch =
  { readonly side: 'input'; readonly patch: InputPatch } | { readonly side: 'output'; readonly patch: OutputPatch };

/**
 * Something that waits for one answer of the line: a command, whose outcome is that answer or the call as it stands then,
 * or a measurement for the summary.
 */
export type Query =
  | { readonly command: Ref; readonly gives: 'answer' | 'call' }
  | { readonly command?: undefined; readonly gives: 'summary' };

/** What has been heard of our leaving, which is told in two halves, in either order. */
export type ServiceEnd = {
  readonly memberLeft?: Extract<CallReport, { readonly _tag: 'member-left' }>;
  readonly legHungUp?: Extract<CallReport, { readonly _tag: 'leg-hung-up' }>;
};

/**
 * What waits for its turn to be negotiated with the far side. `back`: whether the call is taken up again when the far side
 * could not be handed over.
 */
export type PendingChange = { readonly command?: Ref } & (
  | { readonly _tag: 'hold'; readonly hold: boolean }
  | { readonly _tag: 'transfer'; readonly to: Destination; readonly back: boolean }
  /** `also`: those who have asked for the same meanwhile. */
  | { readonly _tag: 'restart'; readonly how: Restart; readonly also: readonly Ref[] }
  | { readonly _tag: 'refresh' }
);

/** The far side is being handed over; `taken`: it has said that it goes. */
type OutboundTransfer = Extract<PendingChange, { readonly _tag: 'transfer' }> & { readonly taken: boolean };

/** Somebody says a word every so often (in seconds). RFC 4028. */
type SessionTimer = { readonly interval: number; readonly refresher: 'local' | 'remote' };

/** A recovery that is under way: what was offered, and whether the media were to be made anew. */
type Recovering = { readonly hold: boolean; readonly restart: boolean };

export type Adjustment = { readonly command?: Ref } & (
  | { readonly side: 'input'; readonly settings: InputSettings }
  | { readonly side: 'output'; readonly settings: OutputSettings }
);

export type CallState = {
  readonly phase: CallPhase;
  readonly call: Call;
  readonly place?: Place;
  /** The network has asserted an identity of the far side. */
  readonly identified: boolean;
  /** Who began the dialog that carries it: with the one who did so lies who waits longer when two offers meet. */
  readonly began: 'here' | 'there';
  /** What was settled when it began. */
  readonly policy: CallPolicy;
  /** Numbers the orders that carry a ref. */
  readonly requestCount: number;
  /** Whether the microphone is open and the local description is set. */
  readonly prepared: boolean;
  readonly ice?: Ice;
  /** The `invite` or `answer` that waits for what it began. */
  readonly setupCommand?: Ref;
  /** Whether the far side has agreed to our hold. */
  readonly holdAgreed: boolean;
  /** The offer/answer lock: one negotiation at a time, whoever began it. The head of the queue is what we negotiate. */
  readonly lock: 'free' | 'local' | 'remote';
  /** Whether our answer to the far side's offer, while that holds the lock, says hold. */
  readonly answersHold: boolean;
  readonly queue: readonly PendingChange[];
  /** How often the head of the queue met another negotiation (491), and whether it waits to try again. */
  readonly collisions: number;
  readonly backingOff: boolean;
  readonly tones: readonly { readonly command: Ref; readonly rest: string }[];
  readonly adjusting: Readonly<Record<Ref, Adjustment>>;
  readonly queries: Readonly<Record<Ref, Query>>;
  readonly serviceEnd: ServiceEnd;
  readonly transferring?: OutboundTransfer;
  /** Names the far side's request to call somebody else, while consent is awaited; and whether it was given once. */
  readonly referral?: Ref;
  readonly consented: boolean;
  /** Where it has been sent so far, and whether a longer session has been asked for. RFC 3261 §8.1.3.4, RFC 4028 §7.3. */
  readonly tried: readonly string[];
  readonly intervalRaised: boolean;
  readonly timer?: SessionTimer;
  readonly recovering?: Recovering;
  /** Its sound is broken, and the call is given up if it stays so: how often it has been made anew by itself. */
  readonly restartAttempts?: number;
  /** Its caller gives up before we do. */
  readonly expires: boolean;
  /** The connection has said that it is being made, and not yet that it is there. */
  readonly connecting: boolean;
  /** A candidate by a server came after our description had left. */
  readonly lateCandidate: boolean;
  /** What has been measured for the summary. */
  readonly measured?: Measured;
  /** It was taken over by this call, which is being answered in its place; it ends so if that fails. RFC 3891. */
  readonly successor?: CallId;
  readonly pendingEnd?: CallEnd;
  /** The id under which its media are known, where it has taken the place of another. */
  readonly mediaId?: CallId;
  /** It takes the place of this call, and is not seen before. */
  readonly replaces?: CallId;
  /** What was chosen for this call alone, and so no longer follows the defaults. */
  readonly ownSettings: readonly string[];
};

type Gathering = Extract<CallReport, { readonly _tag: 'gathering' | 'candidate' | 'gathered' | 'unreachable' }>;
type Direct = Exclude<CallReport, Gathering | { readonly _tag: 'incoming' | 'fault' | 'done' }>;

/** Everything that can happen to a call. */
export type CallInput =
  | { readonly _tag: 'answer'; readonly command: Ref; readonly parallel: boolean }
  | { readonly _tag: 'reject'; readonly command?: Ref; readonly statusCode: number }
  | { readonly _tag: 'hangup'; readonly command?: Ref; readonly reason?: string; readonly reasonCode?: string }
  | { readonly _tag: 'hold'; readonly command?: Ref; readonly on: boolean }
  | { readonly _tag: 'mute'; readonly command: Ref; readonly on: boolean }
  | { readonly _tag: 'earmuff'; readonly command: Ref; readonly on: boolean }
  | { readonly _tag: 'dtmf'; readonly command: Ref; readonly tones: string }
  | ({ readonly _tag: 'adjust'; readonly command?: Ref } & Patch)
  | { readonly _tag: 'say'; readonly command: Ref; readonly speech: Speech }
  | { readonly _tag: 'transfer'; readonly command: Ref; readonly to: Destination }
  /** The far side's wish is granted, or not. */
  | { readonly _tag: 'consent'; readonly command: Ref; readonly yes: boolean }
  /** Another call of ours has been handed over to this one's far side. */
  | { readonly _tag: 'end-consultation'; readonly command: Ref }
  | { readonly _tag: 'reconnect'; readonly command: Ref }
  | { readonly _tag: 'stats'; readonly command: Ref }
  | { readonly _tag: 'ice'; readonly report: Gathering }
  | Direct
  | { readonly _tag: 'prepare-done'; readonly result: Either<Failure, Microphone> }
  | { readonly _tag: 'answer-done'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'change-done'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'accept-offer-done'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'tone-done'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'input-done' | 'output-done'; readonly ref: Ref; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'say-done' | 'stats-done'; readonly ref: Ref; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'restart-done'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'recover-done'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'transfer-done'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'refresh-done'; readonly result: Either<Failure, unknown> }
  | CallTimer
  /** The line is gone. */
  | { readonly _tag: 'line-lost' }
  /** The line is away for a while, and back. */
  | { readonly _tag: 'line-down' }
  | { readonly _tag: 'line-up' };

/** The input with this tag. */
export type InputOf<Tag extends CallInput['_tag']> = Extract<CallInput, { readonly _tag: Tag }>;

const timerNames = [
  'ice-deadline',
  'no-answer',
  'retry-negotiation',
  'tone-pause-ended',
  'end-timeout',
  'restart-ice',
  'media-timeout',
  'check-dialog',
  'recovery-timeout',
  'transfer-timeout',
  'consent-timeout',
  'offer-late-candidates',
  'connect-timeout',
  'refresh',
  'session-expired',
  'sample',
] as const;
type TimerName = (typeof timerNames)[number];

/** A timer of the call. */
export type CallTimer = { readonly [Name in TimerName]: { readonly _tag: Name } }[TimerName];

/** What a call tells besides its state. */
type Happening =
  { readonly _tag: 'call'; readonly event: CallEvent } | { readonly _tag: 'fault'; readonly fault: Fault };

/** The settings that a call begins with. */
export type Settings = { readonly input: InputSettings; readonly output: Omit<OutputSettings, 'muted'> };

export type CallTransition = Transition<CallState, CallOrder | After<CallTimer> | CancelAfter, Happening>;

/** The call becomes this, and that is to be done. */
export const callTransition = (
  record: CallState,
  effects: Partial<Omit<CallTransition, 'state'>> = {},
): CallTransition => transition(record, effects);

const timerOf = (id: CallId, name: CallTimer['_tag']): string => `${id}:${name}`;

export const startTimer = (record: CallState, name: CallTimer['_tag'], ms: Millis): After<CallTimer> =>
  after(timerOf(record.call.id, name), ms, { _tag: name });

export const stopTimer = (record: CallState, name: CallTimer['_tag']): CancelAfter =>
  cancelAfter(timerOf(record.call.id, name));

/** A name for one order of this call, and the record that has used it up. */
export const nextRequest = (record: CallState, name: string): { readonly ref: Ref; readonly next: CallState } => ({
  ref: `${record.call.id}:${name}:${record.requestCount}`,
  next: { ...record, requestCount: record.requestCount + 1 },
});

/** The record with these fields of its public call changed. */
export const patchCall = (record: CallState, call: Partial<Call>): CallState => ({
  ...record,
  call: { ...record.call, ...call },
});

/** Whether our voice may go out: muted and on hold are two facts, and either silences. */
export const transmitOrder = ({ call }: CallState): CallOrder => ({
  _tag: 'voice',
  call: call.id,
  live: !call.muted && !call.hold.local,
});

/** A command is refused, and nothing changes. */
export const refuse = (record: CallState, command: Ref | undefined, code: FaultCode): CallTransition =>
  callTransition(record, { outcomes: command === undefined ? [] : [resolve(command, left(fault(code)))] });

/** A command is done: its outcome is the call as it stands now. */
export const callOutcome = (record: CallState, command: Ref | undefined): readonly CommandOutcome[] =>
  command === undefined ? [] : [resolve(command, right(record.call))];

/** The command that has begun a call fails with it. */
export const failCommand = (over: CallTransition, command: Ref | undefined, reason: Fault): CallTransition =>
  command === undefined ? over : { ...over, outcomes: [resolve(command, left(reason)), ...over.outcomes] };

/** A call in which nobody is handed over or asked any more. */
const atRest = ({ transfer: _, silenced: __, ...call }: Call): Call => withoutReferral(call);
export const withoutReferral = ({ refer: _, ...call }: Call): Call => call;

/** The call is over; whatever still waited for it is told so, and its timers stop. */
export const finish = (
  record: CallState,
  end: CallEnd,
  at: Millis,
  orders: readonly CallOrder[] = [],
  code: FaultCode = 'call-ended',
): CallTransition => {
  const { setupCommand, transferring, ...rest } = record;
  const state: CallState = {
    ...rest,
    call: {
      ...atRest(rest.call),
      status: 'terminated',
      end: summed(record.measured, end),
      endedAt: at,
      earlyMedia: false,
      media: 'none',
    },
  };
  const waiting = [
    setupCommand,
    transferring?.command,
    ...record.queue.flatMap(wish => [wish.command, ...('also' in wish ? wish.also : [])]),
    ...record.tones.map(({ command }) => command),
    ...Object.values(record.adjusting).map(({ command }) => command),
    ...Object.values(record.queries).map(({ command }) => command),
  ].filter(command => command !== undefined);
  return callTransition(
    { ...state, phase: 'ended', queue: [], tones: [], adjusting: {}, queries: {} },
    {
      orders: [...orders, ...timerNames.map(name => stopTimer(record, name))],
      outcomes: waiting.map(command => resolve(command, left(fault(code)))),
    },
  );
};
