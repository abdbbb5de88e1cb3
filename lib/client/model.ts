import type { Observable, Subscription } from 'rxjs';
import type {
  Call,
  CallEvent,
  CallId,
  Headers,
  MediaStats,
  Speech,
  TextMessage,
  QualitySummary,
} from '../call/model.js';
import type { Calling } from '../call/calling.js';
import type { Context } from '../call/port.js';
import type { Quality } from '../call/quality.js';
import type { Lamp, Mailbox } from '../subscriptions/model.js';
import type { Conversing, Messaging } from '../conversation/port.js';
import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { Millis } from '../core/units.js';
import type { ConnectionStatus, Line, LineUser, Registration, Verdict } from '../line/model.js';
import type { Devices, Page } from '../media/model.js';
import type { DevicePort } from '../media/port.js';
import type { Outcome } from '../core/port.js';

/** Everything there is, as one atomic snapshot of plain data. */
export type Session = {
  /** The worst of the lines; `connected` only when every calling line is registered. */
  readonly connection: ConnectionStatus;
  readonly registration: Registration;
  readonly verdict: Verdict;
  readonly lines: readonly Line[];
  /** Who we are, where a line says so. */
  readonly user?: LineUser;
  /** Oldest first: live calls, and ended ones for `linger`. */
  readonly calls: readonly Call[];
  readonly devices: Devices;
  readonly page: Page;
  /** Whether calls are turned away before they ring: `doNotDisturb(on)`. */
  readonly doNotDisturb: boolean;
};

/** What `createClient` takes. */
export type ClientOptions = {
  /** The lines that can carry calls, in the order of preference. */
  readonly calling?: readonly Calling[];
  /** The line that carries conversations: `service()`. With it, the client has all of `Messaging` too. */
  readonly conversations?: Conversing;
  /** Microphone, loudspeaker and page: `browser()` in a page, nothing in Node. */
  readonly devices?: DevicePort;
  /** How long an ended call stays in `session$`; 3000 ms. */
  readonly linger?: Millis;
  /** How long an outgoing call may ring (180 s), and an incoming one (60 s, then 480). */
  readonly noAnswer?: { readonly outgoing?: Millis; readonly incoming?: Millis };
  /**
   * What the other calls do when one is answered, made or taken up: with `hold-others` they are put on hold first, and no
   * two calls are ever `active`. While one that we make has not been answered, another can't begin: `busy`.
   * `leave-others` unless told otherwise.
   */
  readonly onAnswer?: 'hold-others' | 'leave-others';
  /** What becomes of a call that comes in while there is another: it rings, or is refused (486) and only seen as ended. */
  readonly callWaiting?: 'ring' | 'reject';
  /** Whether a call that is sent on to other addresses (3xx) is called there, at most five, or ends as `redirected`. */
  readonly onRedirect?: 'follow' | 'show';
  /** How long a call may be without its line before it ends as `line_lost`, unless its sound still flows; 60 s. */
  readonly recovery?: Millis;
  /** Whether the media of each call are measured every 10 s, for `call.end.quality`: yes. */
  readonly summaries?: boolean;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => Millis;
  /** Chance, from 0 up to but without 1: for backoff and glare. */
  readonly random?: () => number;
  /** Names for calls and commands. */
  readonly newId?: () => string;
};

export type InviteOptions = {
  /** The id of the line to call by; the first that can call otherwise. */
  readonly via?: string;
  /** What the line may want to know of this call: `sip()` hands it to its `requestUri`. */
  readonly context?: Context;
  /** Additional header fields of the INVITE. */
  readonly headers?: Headers;
};

export type MessageOptions = {
  /** The id of the line to send it by; the first that can otherwise. */
  readonly via?: string;
  /** `text/plain` unless given. */
  readonly contentType?: string;
  readonly headers?: Headers;
};

/** A device by its id, several in the order in which they are wanted, or the platform's default. */
export type DeviceChoice = string | readonly string[] | undefined;

/** For one call; without it, for all calls from now on and for the live ones that had no choice of their own. */
export type ForCall = { readonly call?: CallId };

/**
 * Telephony as streams.
 *
 * State streams (`session$`, `call$`, `device$`) have a value at once, are distinct, replay one, and never error.
 * Event streams (`incoming$`, `callEvent$`, `fault$`) are hot and never error.
 * Commands start when they are called, exactly once; the returned `Outcome` replays what became of it.
 * Resubscribing replays, it does not repeat: to retry, `defer(() => client.invite(x))`.
 */
export interface Client {
  /**
   * Opens the lines, and owns them: unsubscribing hangs up, unregisters and closes, within 2 s.
   * A second `connect` shares them, the last subscription closes. A refused line is tried again by a new `connect`.
   */
  connect(): Subscription;

  /**
   * Everything, as one value that changes.
   *
   *     command   --i----------h---
   *     wire      -----p---a-------
   *     session$  i-t--r---a---e---   i idle  t trying  r ringing  a active  e ended
   *
   * State. Never completes.
   */
  readonly session$: Observable<Session>;
  /** One call. State; completes after the ended call; an unknown id emits `undefined` and completes. */
  call$(id: CallId): Observable<Call | undefined>;
  /** Microphones, loudspeakers and the permission. State; never completes. */
  readonly device$: Observable<Devices>;
  /** Event, with what rings now on subscribe; each call once per subscriber. The 180 leaves after its handlers ran. */
  readonly incoming$: Observable<Call>;
  /** Moments within calls. Event. */
  readonly callEvent$: Observable<CallEvent>;
  /** What a call's media have counted, every second while watched; completes with the call. The same Observable for the same id. */
  stats$(id: CallId): Observable<MediaStats>;
  /** How a call sounds: loss, jitter, round trip, MOS, and what is to be warned of. State; polls only while watched; completes with the call. */
  quality$(id: CallId): Observable<Quality>;
  /**
   * How loud the microphone or the loudspeaker is, of all calls or of one: from 0 to 1, about 20 times a second. Cold;
   * looks only while watched; nothing where the platform cannot tell.
   */
  level$(side: 'input' | 'output', options?: ForCall): Observable<number>;
  /** Texts that come outside of any call. Event. */
  readonly message$: Observable<TextMessage>;
  /** What an extension does, as its server tells. State; the same Observable for the same address; subscribed (RFC 6665) while watched. */
  lamp$(uri: string, options?: { readonly via?: string }): Observable<Lamp>;
  /** Whether messages wait, in our own mailbox unless another is given. State; as `lamp$`. */
  mailbox$(uri?: string, options?: { readonly via?: string }): Observable<Mailbox>;
  /** Everything that was survived. Event. */
  readonly fault$: Observable<Fault>;

  /**
   * Starts now. Calls a number, a name or a SIP URI. The microphone opens first; `Right` when the call exists and
   * `session$` shows it `trying`. `Left`: `invalid-target`, `invalid-header`, `too-large`, `no-line`, `mic-denied`,
   * `mic-missing`.
   */
  invite(target: string, options?: InviteOptions): Outcome<Call>;
  /**
   * A call as long as somebody watches it: subscribing invites, each emission is the call as it stands (or why it could
   * not begin), unsubscribing hangs up. Cold: two subscriptions are two calls. Completes after the ended call.
   */
  dial$(target: string, options?: InviteOptions): Observable<Either<Fault, Call>>;
  /**
   * A test before the first call: the permission, the microphone, the socket, the registration, and a call to a number
   * that sends back what it hears. Each step is `running`, then `passed`, `failed` or `skipped`; at the end a report with
   * the quality, and completion. Cold, and held: unsubscribing hangs up. For a client that is connected, and has no calls.
   */
  preflight$(options?: PreflightOptions): Observable<Preflight>;
  /** Starts now. `Right` when the 200 has left. */
  answer(id: CallId): Outcome<Call>;
  /** Starts now. Refuses an incoming call: 486 (busy here) unless told otherwise, 300 to 699. */
  reject(id: CallId, options?: { readonly statusCode?: number }): Outcome<Call>;
  /** Starts now. Ends a call in any state: it has ended in `session$` when this returns (called within a handler: one turn later). */
  hangup(id: CallId, options?: { readonly reason?: string; readonly reasonCode?: string }): Outcome<Call>;
  /** Starts now. The microphone is silent at once; `Right` when the far side has agreed. */
  hold(id: CallId): Outcome<Call>;
  /** Starts now. The microphone is open again when the far side has agreed. */
  unhold(id: CallId): Outcome<Call>;
  /** Starts now, locally. */
  mute(id: CallId, on: boolean): Outcome<Call>;
  /** Starts now, locally: whether the far side is silenced here. */
  earmuff(id: CallId, on: boolean): Outcome<Call>;
  /** Starts now. Queued per call; `0-9A-D*#` and the comma, which waits 2 s. `Right` when all have been sent. */
  dtmf(id: CallId, tones: string): Outcome<Call>;

  /** Starts now. Has a text said to everybody in a server-side call; `Right` when the service has taken it. SIP: `unsupported`. */
  say(id: CallId, speech: string | Speech): Outcome<Call>;
  /**
   * Starts now. Hands the far side over: to a number, a name or an address, or to the far side of another call of ours.
   * The call is put on hold meanwhile. `Right` when whoever is called then has answered, and both calls of ours have ended
   * as `transferred`; `Left` with the refusal's `statusCode`, or `timeout` when nothing is heard of it for 30 s: then the
   * call is taken up again, where it was not held before.
   * `unsupported` where the line has no way to do that.
   */
  transfer(id: CallId, to: string | { readonly call: CallId }): Outcome<Call>;
  /** Starts now. Holds whichever of two calls is talking, and takes up the other; nothing comes in between. */
  swap(a: CallId, b: CallId): Outcome<Call>;
  /**
   * Starts now. Answers the far side that wants us to call somebody else (`call.refer`): `Right` with the new call, or with
   * the one that is where it was.
   */
  consent(id: CallId, yes: boolean): Outcome<Call>;
  /**
   * Starts now. Sends a text outside of any call (MESSAGE). `Right` when whoever is responsible for it has taken it; `Left`
   * `too-large` for more than 48 kB.
   */
  message(target: string, body: string, options?: MessageOptions): Outcome<undefined>;
  /** Starts now. Calls that come in are turned away (480) and only seen as ended. */
  doNotDisturb(on: boolean): Outcome<undefined>;
  /**
   * Starts now. Makes the media of a server-side call anew, by its id or its `ref`; a call that is not known here, as
   * after a reload of the page, is taken up again. `Left` `call-ended` where it is no more.
   */
  reconnectCall(idOrRef: string, options?: { readonly via?: string }): Outcome<Call>;

  /**
   * Starts now. A device, or several in the order in which they are wanted: the first that is there is used, another one
   * while it is gone, and it again when it is back. `undefined`: the platform's default.
   */
  chooseInput(deviceId: DeviceChoice, options?: ForCall): Outcome<undefined>;
  chooseOutput(deviceId: DeviceChoice, options?: ForCall): Outcome<undefined>;
  /** Starts now. The loudspeaker that incoming calls ring on. */
  chooseRinger(deviceId: DeviceChoice): Outcome<undefined>;
  /** Starts now. From 0 to 1, clamped; `Left` `invalid-volume` for what is no number. */
  setVolume(side: 'input' | 'output' | 'ringer', volume: number, options?: ForCall): Outcome<undefined>;
  /** Starts now. Echo cancellation, noise suppression and automatic gain, together. */
  setProcessing(on: boolean, options?: ForCall): Outcome<undefined>;
  /** Starts now. Asks the person for the microphone, and releases it. */
  askPermission(): Outcome<undefined>;
  /** Starts now. Plays what the platform has blocked (`device$`, `playback`): to be called within a gesture. */
  unlockAudio(): Outcome<undefined>;
  /** Starts now. Tries the lines again without waiting for the backoff. `Left` `no-line` when not connected. */
  reconnect(): Outcome<undefined>;
}

/** A client that was given `conversations:` can talk, too. */
export interface CreateClient {
  (options: ClientOptions & { readonly conversations: Conversing }): Client & Messaging;
  (options: ClientOptions): Client;
}

export type PreflightOptions = InviteOptions & {
  /** A number that sends back what it hears; `echo` unless given. */
  readonly target?: string;
  /** How long it is listened to; 6000 ms. There is no score for the first 2000 of them. */
  readonly duration?: Millis;
};

/** One step of the test: `running` before it has passed or failed, `skipped` where it cannot be made. */
export type PreflightStep = {
  readonly _tag: 'step';
  readonly step: 'permission' | 'device' | 'socket' | 'register' | 'ice' | 'loopback';
  readonly state: 'running' | 'passed' | 'failed' | 'skipped';
  /** Why it has failed. */
  readonly fault?: Fault;
  /** The microphone, the line, the score. */
  readonly detail?: string;
};

/** What has come of it: `passed` where nothing failed. */
export type PreflightReport = {
  readonly _tag: 'report';
  readonly passed: boolean;
  /** How each of them ended. */
  readonly steps: readonly PreflightStep[];
  readonly quality?: QualitySummary;
};

export type Preflight = PreflightStep | PreflightReport;
