import type { Observable, Subscription } from 'rxjs';
import type { Call, CallEvent, CallId, MediaStats, Speech } from '../call/model.js';
import type { Calling, Context, Headers } from '../call/port.js';
import type { Messaging } from '../conversation/messaging.js';
import type { Conversing } from '../conversation/port.js';
import type { Fault } from '../kernel/fault.js';
import type { Outcome } from '../kernel/outcome.js';
import type { Millis } from '../kernel/units.js';
import type { ConnectionStatus, Line, LineUser, Registration, Verdict } from '../line/model.js';
import type { Devices, Page } from '../media/model.js';
import type { DevicePort } from '../media/port.js';

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
  /** Everything that was survived. Event. */
  readonly fault$: Observable<Fault>;

  /**
   * Starts now. Calls a number, a name or a SIP URI. The microphone opens first; `Right` when the call exists and
   * `session$` shows it `trying`. `Left`: `invalid-target`, `invalid-header`, `no-line`, `mic-denied`, `mic-missing`.
   */
  invite(target: string, options?: InviteOptions): Outcome<Call>;
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
  /** Starts now. Hands the far side over. `unsupported` where the line has no way to do that. */
  transfer(id: CallId, target: string): Outcome<Call>;
  /**
   * Starts now. Makes the media of a server-side call anew, by its id or its `ref`; a call that is not known here, as
   * after a reload of the page, is taken up again. `Left` `call-ended` where it is no more.
   */
  reconnectCall(idOrRef: string, options?: { readonly via?: string }): Outcome<Call>;

  /** Starts now. `undefined`: the platform's default. */
  chooseInput(deviceId: string | undefined, options?: ForCall): Outcome<undefined>;
  chooseOutput(deviceId: string | undefined, options?: ForCall): Outcome<undefined>;
  /** Starts now. From 0 to 1, clamped; `Left` `invalid-volume` for what is no number. */
  setVolume(side: 'input' | 'output', volume: number, options?: ForCall): Outcome<undefined>;
  /** Starts now. Echo cancellation, noise suppression and automatic gain, together. */
  setProcessing(on: boolean, options?: ForCall): Outcome<undefined>;
  /** Starts now. Asks the person for the microphone, and releases it. */
  askPermission(): Outcome<undefined>;
  /** Starts now. Tries the lines again without waiting for the backoff. `Left` `no-line` when not connected. */
  reconnect(): Outcome<undefined>;
}

/** A client that was given `conversations:` can talk, too. */
export interface CreateClient {
  (options: ClientOptions & { readonly conversations: Conversing }): Client & Messaging;
  (options: ClientOptions): Client;
}
