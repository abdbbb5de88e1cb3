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
import { summed, type Measured } from './quality.js';

/** What is settled about a call when it begins. */
export type How = {
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
export type Asked =
  | { readonly command: Ref; readonly gives: 'answer' | 'call' }
  | { readonly command?: undefined; readonly gives: 'summary' };

/** What has been heard of our leaving, which is told in two halves, in either order. */
export type Parting = {
  readonly left?: Extract<CallReport, { readonly _tag: 'left' }>;
  readonly released?: Extract<CallReport, { readonly _tag: 'released' }>;
};

/**
 * What waits for its turn to be negotiated with the far side. `back`: whether the call is taken up again when the far side
 * could not be handed over.
 */
export type Wish = { readonly command?: Ref } & (
  | { readonly _tag: 'hold'; readonly hold: boolean }
  | { readonly _tag: 'transfer'; readonly to: Destination; readonly back: boolean }
  /** `also`: those who have asked for the same meanwhile. */
  | { readonly _tag: 'restart'; readonly how: Restart; readonly also: readonly Ref[] }
  | { readonly _tag: 'refresh' }
);

/** The far side is being handed over; `taken`: it has said that it goes. */
type Handing = Extract<Wish, { readonly _tag: 'transfer' }> & { readonly taken: boolean };

/** Somebody says a word every so often (in seconds). RFC 4028. */
type SessionTimer = { readonly interval: number; readonly refresher: 'local' | 'remote' };

/** A recovery that is under way: what was offered, and whether the media were to be made anew. */
type Recovering = { readonly hold: boolean; readonly restart: boolean };

export type Adjustment = { readonly command?: Ref } & (
  | { readonly side: 'input'; readonly settings: InputSettings }
  | { readonly side: 'output'; readonly settings: OutputSettings }
);

export type CallRecord = {
  readonly phase: CallPhase;
  readonly call: Call;
  readonly place?: Place;
  /** The network has asserted an identity of the far side. */
  readonly identified: boolean;
  /** Who began the dialog that carries it: with the one who did so lies who waits longer when two offers meet. */
  readonly began: 'here' | 'there';
  /** What was settled when it began. */
  readonly how: How;
  /** Numbers the orders that carry a ref. */
  readonly orders: number;
  /** Whether the microphone is open and the local description is set. */
  readonly prepared: boolean;
  readonly ice?: Ice;
  /** The `invite` or `answer` that waits for what it began. */
  readonly beginning?: Ref;
  /** Whether the far side has agreed to our hold. */
  readonly agreed: boolean;
  /** The offer/answer lock: one negotiation at a time, whoever began it. The head of the queue is what we negotiate. */
  readonly lock: 'free' | 'local' | 'remote';
  /** Whether our answer to the far side's offer, while that holds the lock, says hold. */
  readonly answersHold: boolean;
  readonly queue: readonly Wish[];
  /** How often the head of the queue met another negotiation (491), and whether it waits to try again. */
  readonly collisions: number;
  readonly backingOff: boolean;
  readonly tones: readonly { readonly command: Ref; readonly rest: string }[];
  readonly adjusting: Readonly<Record<Ref, Adjustment>>;
  readonly asked: Readonly<Record<Ref, Asked>>;
  readonly parting: Parting;
  readonly handing?: Handing;
  /** Names the far side's request to call somebody else, while consent is awaited; and whether it was given once. */
  readonly referral?: Ref;
  readonly consented: boolean;
  /** Where it has been sent so far, and whether a longer session has been asked for. RFC 3261 §8.1.3.4, RFC 4028 §7.3. */
  readonly tried: readonly string[];
  readonly raised: boolean;
  readonly timer?: SessionTimer;
  readonly recovering?: Recovering;
  /** Its sound is broken, and the call is given up if it stays so: how often it has been made anew by itself. */
  readonly broken?: number;
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
  readonly bereft?: CallEnd;
  /** The id under which its media are known, where it has taken the place of another. */
  readonly heardAs?: CallId;
  /** It takes the place of this call, and is not seen before. */
  readonly replaces?: CallId;
  /** What was chosen for this call alone, and so no longer follows the defaults. */
  readonly own: readonly string[];
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
  | { readonly _tag: 'part'; readonly command: Ref }
  | { readonly _tag: 'reconnect'; readonly command: Ref }
  | { readonly _tag: 'stats'; readonly command: Ref }
  | { readonly _tag: 'ice'; readonly report: Gathering }
  | Direct
  | { readonly _tag: 'prepared'; readonly result: Either<Failure, Microphone> }
  | { readonly _tag: 'answered'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'changed'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'offer-settled'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'toned'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'adjusted'; readonly ref: Ref; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'told'; readonly ref: Ref; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'mended'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'found'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'handed'; readonly result: Either<Failure, unknown> }
  | { readonly _tag: 'refreshed'; readonly result: Either<Failure, unknown> }
  | CallTick
  /** The line is gone. */
  | { readonly _tag: 'lost' }
  /** The line is away for a while, and back. */
  | { readonly _tag: 'adrift' }
  | { readonly _tag: 'ashore' };

const tickNames = [
  'depart',
  'no-answer',
  'negotiate',
  'pause',
  'parted',
  'mend',
  'unmended',
  'look',
  'overdue',
  'unhanded',
  'unconsented',
  'rescue',
  'stuck',
  'refresh',
  'expired',
  'sample',
] as const;
type TickName = (typeof tickNames)[number];

/** A timer of the call. */
export type CallTick = { readonly [Name in TickName]: { readonly _tag: Name } }[TickName];

/** What a call tells besides its state. */
type Happening =
  { readonly _tag: 'call'; readonly event: CallEvent } | { readonly _tag: 'fault'; readonly fault: Fault };

/** The settings that a call begins with. */
export type Settings = { readonly input: InputSettings; readonly output: Omit<OutputSettings, 'muted'> };

export type CallTurn = Transition<CallRecord, CallOrder | After<CallTick> | CancelAfter, Happening>;

/** The call becomes this, and that is to be done. */
export const turnTo = (record: CallRecord, effects: Partial<Omit<CallTurn, 'state'>> = {}): CallTurn =>
  transition(record, effects);

const timerOf = (id: CallId, name: CallTick['_tag']): string => `${id}:${name}`;

export const tick = (record: CallRecord, name: CallTick['_tag'], ms: Millis): After<CallTick> =>
  after(timerOf(record.call.id, name), ms, { _tag: name });

export const noTick = (record: CallRecord, name: CallTick['_tag']): CancelAfter =>
  cancelAfter(timerOf(record.call.id, name));

/** A name for one order of this call, and the record that has used it up. */
export const mint = (record: CallRecord, name: string): { readonly ref: Ref; readonly next: CallRecord } => ({
  ref: `${record.call.id}:${name}:${record.orders}`,
  next: { ...record, orders: record.orders + 1 },
});

/** The record with these fields of its public call changed. */
export const showing = (record: CallRecord, call: Partial<Call>): CallRecord => ({
  ...record,
  call: { ...record.call, ...call },
});

/** Whether our voice may go out: muted and on hold are two facts, and either silences. */
export const voice = ({ call }: CallRecord): CallOrder => ({
  _tag: 'voice',
  call: call.id,
  live: !call.muted && !call.hold.local,
});

/** A command is refused, and nothing changes. */
export const refuse = (record: CallRecord, command: Ref | undefined, code: FaultCode): CallTurn =>
  turnTo(record, { outcomes: command === undefined ? [] : [resolve(command, left(fault(code)))] });

/** A command is done: its outcome is the call as it stands now. */
export const succeed = (record: CallRecord, command: Ref | undefined): readonly CommandOutcome[] =>
  command === undefined ? [] : [resolve(command, right(record.call))];

/** The command that has begun a call fails with it. */
export const fail = (over: CallTurn, command: Ref | undefined, reason: Fault): CallTurn =>
  command === undefined ? over : { ...over, outcomes: [resolve(command, left(reason)), ...over.outcomes] };

/** A call in which nobody is handed over or asked any more. */
const atRest = ({ transfer: _, silenced: __, ...call }: Call): Call => withoutReferral(call);
export const withoutReferral = ({ refer: _, ...call }: Call): Call => call;

/** The call is over; whatever still waited for it is told so, and its timers stop. */
export const finish = (
  record: CallRecord,
  end: CallEnd,
  at: Millis,
  orders: readonly CallOrder[] = [],
  code: FaultCode = 'call-ended',
): CallTurn => {
  const { beginning, handing, ...rest } = record;
  const state: CallRecord = {
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
    beginning,
    handing?.command,
    ...record.queue.flatMap(wish => [wish.command, ...('also' in wish ? wish.also : [])]),
    ...record.tones.map(({ command }) => command),
    ...Object.values(record.adjusting).map(({ command }) => command),
    ...Object.values(record.asked).map(({ command }) => command),
  ].filter(command => command !== undefined);
  return turnTo(
    { ...state, phase: 'ended', queue: [], tones: [], adjusting: {}, asked: {} },
    {
      orders: [...orders, ...tickNames.map(name => noTick(record, name))],
      outcomes: waiting.map(command => resolve(command, left(fault(code)))),
    },
  );
};
