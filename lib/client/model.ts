import type { Observable, Subscription } from 'rxjs';
import type { Call, CallEvent, CallId, Headers, MediaStats, Speech, TextMessage } from '../call/model.js';
import type { Calling } from '../call/calling.js';
import type { Context } from '../call/port.js';
import type { Quality } from '../call/quality.js';
import type { Lamp, Mailbox } from '../subscriptions/model.js';
import type { Conversing, Messaging } from '../conversation/port.js';
import type { Either } from '../core/either.js';
import type { Fault } from '../core/fault.js';
import type { ConnectionStatus, Line, LineUser, Registration, Verdict } from '../line/model.js';
import type { Devices, Page } from '../media/model.js';
import type { DevicePort } from '../media/port.js';
import type { Outcome, Millis } from '../core/port.js';

/** The client's state as one snapshot of plain JSON. */
export type Session = {
  /** The worst of the lines; `connected` only when every calling line is registered. */
  readonly connection: ConnectionStatus;
  readonly registration: Registration;
  readonly verdict: Verdict;
  readonly lines: readonly Line[];
  /** The signed-in user, where a line reports one. */
  readonly user?: LineUser;
  /** Oldest first: live calls, and ended ones for `linger`. */
  readonly calls: readonly Call[];
  readonly devices: Devices;
  readonly page: Page;
  /** True after `doNotDisturb(true)`: incoming calls are refused before they ring. */
  readonly doNotDisturb: boolean;
};

/** Options of `createClient`. */
export type ClientOptions = {
  /** Lines that carry calls, in order of preference. */
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
   * Effect on other calls when one is answered, made or taken off hold. `hold-others`: they are put on hold first, so that
   * at most one call is `active`; while an outgoing call is unanswered, another one is refused (`busy`). Default `leave-others`.
   */
  readonly onAnswer?: 'hold-others' | 'leave-others';
  /** An incoming call beside another one rings (default), or is refused with 486 and appears as ended. */
  readonly callWaiting?: 'ring' | 'reject';
  /** A 3xx is followed, to at most five addresses, or ends the call as `redirected` (default). */
  readonly onRedirect?: 'follow' | 'show';
  /** A call whose line is down for this long ends as `line_lost`, unless its media flow. Default 60 s. */
  readonly recovery?: Millis;
  /** Measures the media of each call every 10 s, for `call.end.quality`. Default true. */
  readonly summaries?: boolean;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => Millis;
  /** Random number from 0 (inclusive) to 1 (exclusive), for backoff and glare. */
  readonly random?: () => number;
  /** Makes ids of calls and commands. */
  readonly newId?: () => string;
};

export type InviteOptions = {
  /** Id of the line; default: the first that can carry the call. */
  readonly via?: string;
  /** Passed to the line with this call: `sip()` gives it to its `requestUri`. */
  readonly context?: Context;
  /** Additional header fields of the INVITE. */
  readonly headers?: Headers;
};

export type MessageOptions = {
  /** Id of the line; default: the first that can send it. */
  readonly via?: string;
  /** `text/plain` unless given. */
  readonly contentType?: string;
  readonly headers?: Headers;
};

/** A device id, several ids by preference, or the platform's default. */
export type DeviceChoice = string | readonly string[] | undefined;

/** For one call; without it, for all calls from now on and for the live ones that had no choice of their own. */
export type ForCall = { readonly call?: CallId };

/**
 * Telephony as streams.
 *
 * State streams (`session$`, `call$`, `device$`) have a value at once, are distinct, replay one, and never error.
 * Event streams (`incoming$`, `callEvent$`, `fault$`) are hot and never error.
 * A command starts when it is called, exactly once; its `Outcome` replays. Subscribing again does not repeat the command: to
 * retry, `defer(() => client.invite(x))`.
 */
export interface Client {
  /**
   * Opens the lines, and owns them: unsubscribing hangs up, unregisters and closes, within 2 s.
   * A second `connect` shares them, the last subscription closes. A refused line is tried again by a new `connect`.
   */
  connect(): Subscription;

  /**
   * The state of the client.
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
  /** Events within calls: progress, DTMF, REFER, messages … Event. */
  readonly callEvent$: Observable<CallEvent>;
  /** Statistics of a call's media, every second while subscribed; completes with the call. The same Observable for the same id. */
  stats$(id: CallId): Observable<MediaStats>;
  /** Quality of a call: loss, jitter, round trip, MOS, warnings. State; polls only while subscribed; completes with the call. */
  quality$(id: CallId): Observable<Quality>;
  /**
   * Level of the microphone or loudspeaker, of all calls or of one: 0 to 1, about 20 times a second. Cold; measures only while
   * subscribed; emits nothing where the platform cannot measure.
   */
  level$(side: 'input' | 'output', options?: ForCall): Observable<number>;
  /** SIP MESSAGEs outside of calls. Event. */
  readonly message$: Observable<TextMessage>;
  /** Dialog state of an extension (BLF, RFC 4235). State; the same Observable for the same address; SUBSCRIBEs while subscribed. */
  lamp$(uri: string, options?: { readonly via?: string }): Observable<Lamp>;
  /** Message summary of a mailbox, our own by default (MWI, RFC 3842). State; as `lamp$`. */
  mailbox$(uri?: string, options?: { readonly via?: string }): Observable<Mailbox>;
  /** Errors that the client survived. Event. */
  readonly fault$: Observable<Fault>;

  /**
   * Starts now. Calls a number, a name or a SIP URI. The microphone opens first; `Right` when the call exists and
   * `session$` shows it `trying`. `Left`: `invalid-target`, `invalid-header`, `too-large`, `no-line`, `mic-denied`,
   * `mic-missing`.
   */
  invite(target: string, options?: InviteOptions): Outcome<Call>;
  /**
   * A call that its subscription owns: subscribing invites, unsubscribing hangs up. Emits the call at each change, or the fault
   * that prevented it. Cold: two subscriptions are two calls. Completes after the ended call.
   */
  dial$(target: string, options?: InviteOptions): Observable<Either<Fault, Call>>;
  /** Starts now. `Right` when the 200 has left. */
  answer(id: CallId): Outcome<Call>;
  /** Starts now. Refuses an incoming call. Default: 486 (busy here); 300 to 699. */
  reject(id: CallId, options?: { readonly statusCode?: number }): Outcome<Call>;
  /** Starts now. Ends a call in any state: it has ended in `session$` when this returns (called within a handler: one turn later). */
  hangup(id: CallId, options?: { readonly reason?: string; readonly reasonCode?: string }): Outcome<Call>;
  /** Starts now. The microphone is silent at once; `Right` when the far side has agreed. */
  hold(id: CallId): Outcome<Call>;
  /** Starts now. The microphone is open again when the far side has agreed. */
  unhold(id: CallId): Outcome<Call>;
  /** Starts now, locally. */
  mute(id: CallId, on: boolean): Outcome<Call>;
  /** Starts now, locally: true silences the received audio. */
  earmuff(id: CallId, on: boolean): Outcome<Call>;
  /** Starts now. Queued per call; `0-9A-D*#` and the comma, which waits 2 s. `Right` when all have been sent. */
  dtmf(id: CallId, tones: string): Outcome<Call>;

  /**
   * Starts now. Text to speech for all participants of a server-side call; `Right` when the service has accepted it. SIP:
   * `unsupported`.
   */
  say(id: CallId, speech: string | Speech): Outcome<Call>;
  /**
   * Starts now. Hands the far side over: to a number, a name or an address, or to the far side of another call of ours.
   * The call is put on hold meanwhile. `Right` when the transfer target has answered, and both calls of ours have ended
   * as `transferred`; `Left` with the refusal's `statusCode`, or `timeout` after 30 s without progress: then the call is taken
   * off hold, if it was not held before.
   * `unsupported` where the line has no way to do that.
   */
  transfer(id: CallId, to: string | { readonly call: CallId }): Outcome<Call>;
  /** Starts now. Holds the active one of two calls and unholds the other; no other command comes in between. */
  swap(a: CallId, b: CallId): Outcome<Call>;
  /**
   * Starts now. Answers the far side's REFER (`call.refer`): `Right` with the new call, or with
   * the one that is where it was.
   */
  consent(id: CallId, yes: boolean): Outcome<Call>;
  /**
   * Starts now. Sends a text outside of any call (MESSAGE). `Right` when a server or the recipient has accepted it; `Left`
   * `too-large` for more than 48 kB.
   */
  message(target: string, body: string, options?: MessageOptions): Outcome<undefined>;
  /** Starts now. While on, incoming calls are refused (480) and appear as ended only. */
  doNotDisturb(on: boolean): Outcome<undefined>;
  /**
   * Starts now. Reconnects the media of a server-side call, by its id or its `ref`; a call that is unknown here, as after a
   * reload of the page, is recovered. `Left` `call-ended` when it has ended.
   */
  reconnectCall(idOrRef: string, options?: { readonly via?: string }): Outcome<Call>;

  /**
   * Starts now. A device, or several by preference: the first available one is used, the next while it is unplugged.
   * `undefined`: the platform's default.
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

/** With `conversations` the client has `Messaging`. */
export interface CreateClient {
  (options: ClientOptions & { readonly conversations: Conversing }): Client & Messaging;
  (options: ClientOptions): Client;
}
