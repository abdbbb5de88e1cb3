import { left, right, type Either } from '../core/either.js';
import { fault, type Fault, type FaultCode } from '../core/fault.js';
import type { Failure, Millis, Ref } from '../core/port.js';
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
import type { InputSettings, OutputSettings } from '../media/model.js';
import type { Ice } from './ice.js';
import type { Call, CallEnd, CallEvent, CallId, Speech } from './model.js';
import type { CallOrder, CallReport, Destination, Microphone, Place, Restart, Traits } from './port.js';
import { summed, type Measured } from './call-summary.js';

/** Policy of a call, fixed at its start. */
export type CallPolicy = {
  /** Answer timeout, in ms. */
  readonly patience: Millis;
  readonly traits: Traits;
  /** Handling of a 3xx. */
  readonly onRedirect: 'follow' | 'show';
  /** Limit for line recovery, in ms. */
  readonly recovery: Millis;
  /** Interval of measurements for the summary, in ms; absent: none. */
  readonly sampling?: Millis;
};

/**
 * The private state behind `status`:
 *
 *     preparing ─► gathering ─► inviting ─► alerting ─► active ─► ended      outgoing
 *     offered ─► accepting ─► answering ─► active ─► ended                   incoming
 *
 * A call in `preparing` is not in `session$` yet: it appears when the microphone is open.
 */
export type CallPhase =
  'preparing' | 'gathering' | 'inviting' | 'alerting' | 'offered' | 'accepting' | 'answering' | 'active' | 'ended';

/**
 * A change of a microphone or loudspeaker. `id: undefined` is the platform's default. `others`: replacements in order of
 * preference, while the device is absent.
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
 * A query without an answer: of a command, whose outcome is the answer or the call, or a measurement for the summary.
 */
export type Query =
  | { readonly command: Ref; readonly gives: 'answer' | 'call' }
  | { readonly command?: undefined; readonly gives: 'summary' };

/** The two events of an end at the service, in either order: `member:left` and `rtc:hangup`. */
export type ServiceEnd = {
  readonly memberLeft?: Extract<CallReport, { readonly _tag: 'member-left' }>;
  readonly legHungUp?: Extract<CallReport, { readonly _tag: 'leg-hung-up' }>;
};

/**
 * A queued change of the session: one is negotiated at a time. `back`: a failed transfer takes the call off hold again.
 */
export type PendingChange = { readonly command?: Ref } & (
  | { readonly _tag: 'hold'; readonly hold: boolean }
  | { readonly _tag: 'transfer'; readonly to: Destination; readonly back: boolean }
  /** `also`: commands that joined this restart. */
  | { readonly _tag: 'restart'; readonly how: Restart; readonly also: readonly Ref[] }
  | { readonly _tag: 'refresh' }
);

/** A REFER of ours; `taken`: it was accepted (202). */
type OutboundTransfer = Extract<PendingChange, { readonly _tag: 'transfer' }> & { readonly taken: boolean };

/** Session timer; `interval` in seconds. RFC 4028. */
type SessionTimer = { readonly interval: number; readonly refresher: 'local' | 'remote' };

/** A check of the dialog: the hold that was offered, and whether ICE was restarted. */
type Recovering = { readonly hold: boolean; readonly restart: boolean };

export type Adjustment = { readonly command?: Ref } & (
  | { readonly side: 'input'; readonly settings: InputSettings }
  | { readonly side: 'output'; readonly settings: OutputSettings }
);

export type CallState = {
  readonly phase: CallPhase;
  readonly call: Call;
  readonly place?: Place;
  /** The identity comes from the network (RFC 3325). */
  readonly identified: boolean;
  /** The side that created the dialog: it waits longer after a glare. RFC 3261 §14.1. */
  readonly began: 'here' | 'there';
  /** Policy of this call. */
  readonly policy: CallPolicy;
  /** Counter of request ids. */
  readonly requestCount: number;
  /** True when the microphone is open and the local description is set. */
  readonly prepared: boolean;
  readonly ice?: Ice;
  /** The pending `invite` or `answer`. */
  readonly setupCommand?: Ref;
  /** True when the far side has agreed to our hold. */
  readonly holdAgreed: boolean;
  /** The offer/answer lock: one negotiation at a time, of either side. We negotiate the head of `queue`. */
  readonly lock: 'free' | 'local' | 'remote';
  /** True while our pending answer to a remote offer holds the call. */
  readonly answersHold: boolean;
  readonly queue: readonly PendingChange[];
  /** Number of 491s for the head of the queue, and whether its retry timer runs. */
  readonly collisions: number;
  readonly backingOff: boolean;
  readonly tones: readonly { readonly command: Ref; readonly rest: string }[];
  readonly adjusting: Readonly<Record<Ref, Adjustment>>;
  readonly queries: Readonly<Record<Ref, Query>>;
  readonly serviceEnd: ServiceEnd;
  readonly transferring?: OutboundTransfer;
  /** The inbound REFER that waits for consent; and whether one was consented to before. */
  readonly referral?: Ref;
  readonly consented: boolean;
  /** Targets that were tried (RFC 3261 §8.1.3.4), and whether the session interval was raised (RFC 4028 §7.3). */
  readonly tried: readonly string[];
  readonly intervalRaised: boolean;
  readonly timer?: SessionTimer;
  readonly recovering?: Recovering;
  /** Automatic restarts since media were interrupted; absent while they flow. */
  readonly restartAttempts?: number;
  /** The INVITE has an `Expires` that ends before our own limit. */
  readonly expires: boolean;
  /** The peer connection is connecting. */
  readonly connecting: boolean;
  /** A server candidate arrived after our description was sent. */
  readonly lateCandidate: boolean;
  /** Measurements for the summary. */
  readonly measured?: Measured;
  /**
   * `successor`: id of the INVITE with Replaces that is being answered (RFC 3891). `pendingEnd`: the end that came meanwhile;
   * applied if the replacement fails.
   */
  readonly successor?: CallId;
  readonly pendingEnd?: CallEnd;
  /** Id of the peer connection, after this call has replaced another. */
  readonly mediaId?: CallId;
  /** The call that this one replaces; not in `session$` before that. */
  readonly replaces?: CallId;
  /** Settings chosen for this call alone; they don't follow the defaults. */
  readonly ownSettings: readonly string[];
};

type Gathering = Extract<CallReport, { readonly _tag: 'gathering' | 'candidate' | 'gathered' | 'unreachable' }>;
type Direct = Exclude<CallReport, Gathering | { readonly _tag: 'incoming' | 'fault' | 'done' }>;

/** Inputs of a call: commands, reports, outcomes of orders (`<order>-done`), timers. */
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
  /** Consent to an inbound REFER, or refusal. */
  | { readonly _tag: 'consent'; readonly command: Ref; readonly yes: boolean }
  /** The far side has been connected to another call of ours by an attended transfer. */
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
  /** The line has closed for good. */
  | { readonly _tag: 'line-lost' }
  /** The line has lost its socket and reconnects, or is registered again. */
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

/** Events of a call. */
type Happening =
  { readonly _tag: 'call'; readonly event: CallEvent } | { readonly _tag: 'fault'; readonly fault: Fault };

/** Initial device settings. */
export type Settings = { readonly input: InputSettings; readonly output: Omit<OutputSettings, 'muted'> };

export type CallTransition = Transition<CallState, CallOrder | After<CallTimer> | CancelAfter, Happening>;

/** A transition of a call. */
export function callTransition(
  record: CallState,
  effects: Partial<Omit<CallTransition, 'state'>> = {},
): CallTransition {
  return transition(record, effects);
}

function timerOf(id: CallId, name: CallTimer['_tag']): string {
  return `${id}:${name}`;
}

export function startTimer(record: CallState, name: CallTimer['_tag'], ms: Millis): After<CallTimer> {
  return after(timerOf(record.call.id, name), ms, { _tag: name });
}

export function stopTimer(record: CallState, name: CallTimer['_tag']): CancelAfter {
  return cancelAfter(timerOf(record.call.id, name));
}

/** The next request id, and the state that counts it. */
export function nextRequest(record: CallState, name: string): { readonly ref: Ref; readonly next: CallState } {
  return {
    ref: `${record.call.id}:${name}:${record.requestCount}`,
    next: { ...record, requestCount: record.requestCount + 1 },
  };
}

/** The state with these public fields changed. */
export function patchCall(record: CallState, call: Partial<Call>): CallState {
  return {
    ...record,
    call: { ...record.call, ...call },
  };
}

/** Order for the track's `enabled`: neither muted nor on hold. */
export function transmitOrder({ call }: CallState): CallOrder {
  return {
    _tag: 'voice',
    call: call.id,
    live: !call.muted && !call.hold.local,
  };
}

/** Refuses a command; nothing else changes. */
export function refuse(record: CallState, command: Ref | undefined, code: FaultCode): CallTransition {
  return callTransition(record, { outcomes: command === undefined ? [] : [resolve(command, left(fault(code)))] });
}

/** The outcome of a command: the current call. */
export function callOutcome(record: CallState, command: Ref | undefined): readonly CommandOutcome[] {
  return command === undefined ? [] : [resolve(command, right(record.call))];
}

/** The command that started the call fails with it. */
export function failCommand(over: CallTransition, command: Ref | undefined, reason: Fault): CallTransition {
  return command === undefined ? over : { ...over, outcomes: [resolve(command, left(reason)), ...over.outcomes] };
}

/** The public call without `transfer`, `silenced` and `refer`. */
function atRest({ transfer: _, silenced: __, ...call }: Call): Call {
  return withoutReferral(call);
}
export function withoutReferral({ refer: _, ...call }: Call): Call {
  return call;
}

/** Ends the call: pending commands fail, timers stop. */
export function finish(
  record: CallState,
  end: CallEnd,
  at: Millis,
  orders: readonly CallOrder[] = [],
  code: FaultCode = 'call-ended',
): CallTransition {
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
}
