import type { CallStatus } from '../call/model.js';
import type { EndCause } from '../call/cause.js';
import type { Client } from '../client/model.js';
import type { ConnectionStatus } from '../line/model.js';
import type { Quality } from '../call/quality.js';
import type { VBotError } from './error.js';
import type { Listening } from './listeners.js';

/** A number of the company that calls can be made from. */
export type VBotHotline = { readonly name: string; readonly phoneNumber: string };

/** Microphone settings. Setters never throw; failures go to `fault$`. */
export interface VBotInput {
  /** `undefined`: the platform's default. */
  get id(): string | undefined;
  set id(id: string | undefined);
  /** From 0 to 1; above 1 it is a percentage. Reads as 0 to 1. */
  volume: number;
  /** Echo cancellation, noise suppression and automatic gain, together. */
  audioProcessing: boolean;
  muted: boolean;
}

/** Which loudspeaker, and how loud. Assigning takes effect at once and never throws: failures are on `fault$`. */
export interface VBotOutput {
  /** `undefined`: the platform's default. */
  get id(): string | undefined;
  set id(id: string | undefined);
  /** From 0 to 1; above 1 it is a percentage. Reads as 0 to 1. */
  volume: number;
  muted: boolean;
}

/** Argument of `setInput`; an absent property stays unchanged. */
export type VBotInputChange = {
  readonly id?: string | undefined;
  readonly volume?: number;
  readonly audioProcessing?: boolean;
  readonly muted?: boolean;
};

/** Argument of `setOutput`; an absent property stays unchanged. */
export type VBotOutputChange = Omit<VBotInputChange, 'audioProcessing'>;

/** For all calls from now on; a device, a volume or the processing also for live calls without a choice of their own. */
export interface VBotMedia {
  readonly input: VBotInput;
  readonly output: VBotOutput;
}

/** For one call. */
export interface VBotSessionMedia extends VBotMedia {
  /** Several settings together; resolves when all are in effect. Muting comes first, and no other setting undoes it. */
  setInput(change: VBotInputChange): Promise<void>;
  setOutput(change: VBotOutputChange): Promise<void>;
}

/** A provisional response other than 100: 180 the far side rings, 183 it plays something (by itself). */
export type VBotProgress = {
  readonly message: { readonly statusCode: number; readonly reasonPhrase: string; readonly body: string };
};

/** Outcome of a call: accepted, or the cause of its failure. */
export type VBotAccepted = {
  readonly accepted: boolean;
  readonly rejectCode?: number;
  readonly rejectCause?: EndCause;
  readonly rejectPhrase?: string;
};

/** With what an unanswered incoming call is refused: 300 to 699, 486 (busy) unless told otherwise. */
export type VBotRejection = { readonly statusCode?: number };

/** `statusCode` refuses an unanswered incoming call. */
export type VBotTermination = VBotRejection & { readonly reason_phrase?: string };

/** Payload with `statusUpdate: 'object'`, as the code of the document's SDK emits it. */
export type VBotStatus = { readonly id: string; readonly status: CallStatus };

/** Listeners of a session. A new `statusUpdate` listener is called with the current status first. */
export type VBotSessionEvents<Status = CallStatus> = {
  readonly progressUpdate: VBotProgress;
  readonly statusUpdate: Status;
  readonly terminated: { readonly id: string };
  /** Quality of the call, each second while there is a listener. */
  readonly callQualityUpdate: readonly [session: { readonly id: string }, stats: Quality];
};

/**
 * One call in the words of the document: a window on `call$(id)`, without a state of its own.
 *
 *     trying ─► ringing ─► active ◄─► on_hold
 *        └─────────┴─────────┴───────────┴──► terminated
 *
 * Every property reads the call as it is now. Every promise may be ignored; it rejects with `VBotError`, code
 * `wrong-state` where the call cannot do that, `call-ended` where it is over. VBot Web SDK, "Make a call" and after.
 */
export interface VBotSession<Status = CallStatus> extends Listening<VBotSessionEvents<Status>> {
  readonly id: string;
  readonly status: CallStatus;
  readonly isIncoming: boolean;
  /** The number dialled, without the hotline, or the caller's. */
  readonly phoneNumber: string;
  readonly displayName: string | undefined;
  /** When it was picked up. */
  readonly startTime: Date | undefined;
  readonly endTime: Date | undefined;
  readonly media: VBotSessionMedia;

  /** Settles on every path: picked up, refused, cancelled, not answered in time, line lost. Never rejects. */
  accepted(): Promise<VBotAccepted>;
  /** Settles when the call is over, however that came, with the cause. Never rejects. */
  terminated(): Promise<EndCause | undefined>;
  /** Picks up an incoming call. */
  accept(): Promise<void>;
  /** Refuses an incoming call. */
  reject(options?: VBotRejection): Promise<void>;
  /** Ends the call in any state: refuses, cancels or hangs up, whichever it needs. One that is over stays so. */
  terminate(options?: VBotTermination): Promise<void>;
  /** Cancels an unanswered outgoing call. */
  cancel(): Promise<void>;
  /** Resolves when the far side has agreed; the microphone is silent at once. */
  hold(): Promise<void>;
  unhold(): Promise<void>;
  /** Hands the far side over to a number or an address. `false` where it did not get there: then the call goes on. */
  blindTransfer(target: string): Promise<boolean>;
  /** Hands the far side over to that of another session; both are over then. */
  attendedTransfer(other: { readonly id: string }): Promise<boolean>;
  /** Latest quality; measured while `callQualityUpdate` has a listener. */
  readonly stats: Quality;
  /** `0-9A-D*#` and the comma, which waits 2 s. `false` where they cannot be sent. */
  dtmf(tones: string): boolean;
  /**
   * The document calls it on a 183. Early media plays automatically here, so it does nothing and always resolves.
   */
  sessionSetDescription(sdp: string): Promise<void>;
}

/**
 * Listeners of a client. A new `statusUpdate` listener is called with the current status first, unless it is
 * `disconnected`; a new `invite` listener with the calls that ring. The 180 of an incoming call is sent after its
 * listeners have run.
 */
export type VBotClientEvents<Status = CallStatus> = {
  readonly statusUpdate: ConnectionStatus;
  readonly invite: VBotSession<Status>;
  /** A call has been added or has ended. As in WebphoneLib, which the document's SDK is built on. */
  readonly sessionAdded: { readonly id: string };
  readonly sessionRemoved: { readonly id: string };
  /** Status change of a subscribed extension. */
  readonly subscriptionNotify: readonly [uri: string, status: VBotLampStatus];
  /** The server has ended or refused the subscription. */
  readonly subscriptionTerminated: readonly [uri: string, reason: VBotError];
};

/** Status of an extension. */
export type VBotLampStatus = 'available' | 'ringing' | 'busy';

/** Client with the API of the VBot Web SDK. */
export interface VBotClient<Status = CallStatus> extends Listening<VBotClientEvents<Status>> {
  /** The client of the streams below this face. */
  readonly streams: Client;
  readonly defaultMedia: VBotMedia;
  /**
   * Resolves when the account is registered. Rejects, and may be ignored: the server refused (after it was asked for
   * fresh credentials once), `disconnect()` came first, or the first attempt failed; the line then goes on trying.
   */
  connect(): Promise<void>;
  /** Hangs up, unregisters and closes, within 2 s. */
  disconnect(): Promise<void>;
  isConnected(): boolean;
  getHotlines(): Promise<readonly VBotHotline[]>;
  /**
   * Resolves when the call exists and before anything was sent, so that a listener attached in the same task misses
   * nothing. Without a hotline the call is an internal one, to a member.
   */
  invite(phoneNumber: string, hotlineNumber?: string | null): Promise<VBotSession<Status>>;
  /** Sessions of live calls, oldest first. */
  getSessions(): readonly VBotSession<Status>[];
  getSession(id: string): VBotSession<Status> | undefined;
  /**
   * Does nothing but say so in the console: VBot's own SDK shows a dialpad of its own there, which tells what was dialled
   * by `numberFromDialpad`. Here a page shows its own and calls `invite`.
   */
  showDialpad(on?: boolean): void;
  attendedTransfer(one: { readonly id: string }, other: { readonly id: string }): Promise<boolean>;
  /** Subscribes to an extension; resolves when the subscription is active. */
  subscribe(uri: string): Promise<void>;
  unsubscribe(uri: string): void;
  /**
   * Goes on with another token of the same account, whose password it may have changed. Rejects with `conflict` for
   * another account: that is another client.
   */
  reconfigure(options: { readonly accessToken: string }): Promise<void>;
}
