import type { Fault } from '../core/fault.js';
import type { Done, Millis, Ref } from '../core/port.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import type { CallEnd, CallId, Headers, Identity, Leg, MediaStats, QualitySummary, Referral, Speech } from './model.js';

/** Plain JSON that an application passes to the line with a call. The core does not read it. */
export type Context = Readonly<Record<string, unknown>>;

/**
 * Destination of an outgoing call. `rejoin`: the service's id of a call that still exists, as after a reload; nothing is dialled.
 * `referral`: the inbound REFER that asked for this call; the adapter reports its progress there (NOTIFY).
 */
export type Place = {
  readonly target: string;
  readonly headers: Headers;
  readonly context?: Context;
  readonly rejoin?: string;
  readonly referral?: { readonly call: CallId; readonly refer: Ref };
};

/**
 * Orders of a calling adapter. The core states the intent, the adapter picks the method. An order for a call that the adapter
 * does not know gets `done` with `no-such-call` where it has a ref; otherwise it is ignored.
 */
export type CallOrder =
  /**
   * Opens the microphone and makes the local description: an offer, or the answer to the offer of the `incoming` call.
   * `parallel` gathers while the microphone opens; otherwise gathering starts when it is open (without permission a
   * browser hides its host addresses). Reports `gathering`, then `candidate`s. `done` carries `Microphone` once the
   * microphone is open and the local description is set. For an outgoing call the target and the headers are checked
   * here too (`invalid-target`, `invalid-header`). After `Left` the adapter has forgotten an outgoing call.
   */
  | {
      readonly _tag: 'prepare';
      readonly ref: Ref;
      readonly call: CallId;
      readonly place?: Place;
      readonly input: InputSettings;
      readonly output: OutputSettings;
      readonly live: boolean;
      /** True where the description is `sendonly`: our hold. */
      readonly hold: boolean;
      readonly parallel: boolean;
    }
  /**
   * Sends the INVITE of a prepared call with the candidates gathered so far. `again`: after `redirected`, with another target or
   * a minimum session interval in seconds.
   */
  | {
      readonly _tag: 'place';
      readonly call: CallId;
      readonly again?: { readonly target?: string; readonly minSessionExpires?: number };
    }
  /** Sends 180 for an incoming call. */
  | { readonly _tag: 'ring'; readonly call: CallId }
  /** Sends 200 for a prepared incoming call. `done` when it was sent. */
  | { readonly _tag: 'answer'; readonly ref: Ref; readonly call: CallId }
  /** Refuses an unanswered incoming call with this status. */
  | { readonly _tag: 'refuse'; readonly call: CallId; readonly statusCode: number }
  /**
   * Ends a call by CANCEL, BYE or nothing, as its signalling stands, and releases its media now. `silently`: the line is down; the
   * BYE waits for `farewell`, or is dropped by `forget`.
   */
  | {
      readonly _tag: 'end';
      readonly call: CallId;
      readonly reason?: string;
      readonly reasonCode?: string;
      readonly silently?: true;
    }
  /** The line is back: sends the pending CANCEL or BYE of a call that was ended silently. */
  | { readonly _tag: 'farewell'; readonly call: CallId }
  /** Releases a call without signalling: its line is down. */
  | { readonly _tag: 'forget'; readonly call: CallId }
  /**
   * Negotiates hold or unhold by re-INVITE. `done` with the answer; `busy` with 491 after a glare; `busy` with `retryAfter` and
   * without a status where no offer is allowed yet.
   */
  | { readonly _tag: 'change'; readonly ref: Ref; readonly call: CallId; readonly hold: boolean }
  /** Answers `offered`; `done` with ref = `offer` after the ACK, or when the negotiation is over. */
  | { readonly _tag: 'accept-offer'; readonly ref: Ref; readonly call: CallId; readonly hold: boolean }
  | { readonly _tag: 'decline-offer'; readonly offer: Ref; readonly call: CallId; readonly statusCode: number }
  /** Plays one tone, `0-9A-D*#`, 100 ms and a gap of 70 ms. `done` when it has been sent. */
  | { readonly _tag: 'tone'; readonly ref: Ref; readonly call: CallId; readonly tone: string }
  /** Text-to-speech to every participant. `done` when the service has accepted it. */
  | { readonly _tag: 'say'; readonly ref: Ref; readonly call: CallId; readonly speech: Speech }
  /**
   * Sends REFER: to a target (blind), or to the far side of another call of this line (attended: RFC 3515, RFC 3891). `done` after
   * the 202; `transfer-progress` follows.
   */
  | { readonly _tag: 'transfer'; readonly ref: Ref; readonly call: CallId; readonly to: Destination }
  /** Answers `refer-received` with 202 or 603. */
  | { readonly _tag: 'answer-refer'; readonly call: CallId; readonly refer: Ref; readonly statusCode: 202 | 603 }
  /**
   * Restarts media by re-INVITE, with this hold: with candidates gathered since the last description, by an ICE restart, or on a
   * new connection. `done` when the answer has been applied.
   */
  | {
      readonly _tag: 'restart';
      readonly ref: Ref;
      readonly call: CallId;
      readonly how: Restart;
      readonly hold: boolean;
    }
  /**
   * The line is back: checks the dialog by re-INVITE with our hold, with an ICE restart where asked for. `done`: `Right` where
   * the call exists, `call-ended` where it does not.
   */
  | {
      readonly _tag: 'recover';
      readonly ref: Ref;
      readonly call: CallId;
      readonly hold: boolean;
      readonly restart: boolean;
    }
  /**
   * Sends an offer or answer of the call that still waits for candidates, with those gathered so far. Ignored where none
   * waits.
   */
  | { readonly _tag: 'describe'; readonly call: CallId }
  /** Session refresh: a re-INVITE with the unchanged description. RFC 4028 §7.2, RFC 3264 §8. */
  | { readonly _tag: 'refresh'; readonly ref: Ref; readonly call: CallId }
  /**
   * An INVITE with Replaces has been answered: its call takes the id of the replaced call, whose dialog ends with BYE.
   * RFC 3891 §3.
   */
  | { readonly _tag: 'adopt'; readonly call: CallId; readonly from: CallId }
  /** `done` carries `MediaStats`. */
  | { readonly _tag: 'stats'; readonly ref: Ref; readonly call: CallId }
  /** Sets `track.enabled` of the microphone; `false` sends silence. */
  | { readonly _tag: 'voice'; readonly call: CallId; readonly live: boolean }
  /** `done` carries `Microphone`. */
  | { readonly _tag: 'input'; readonly ref: Ref; readonly call: CallId; readonly input: InputSettings }
  | { readonly _tag: 'output'; readonly ref: Ref; readonly call: CallId; readonly output: OutputSettings };

/** Target of a transfer. */
export type Destination = { readonly target: string } | { readonly call: CallId };

/** Kind of a media restart. */
export type Restart = 'candidates' | 'ice' | 'connection';

/** The microphone that was opened, where the platform reports it. */
export type Microphone = { readonly id?: string };

/** Reports of a calling adapter. */
export type CallReport =
  /** An incoming call; its id comes from `newId` of the context. */
  | {
      readonly _tag: 'incoming';
      readonly call: CallId;
      readonly ref: string;
      readonly identity: Identity;
      readonly autoAnswer: boolean;
      /** `Expires` of the INVITE, in ms. RFC 3261 §13.3.1. */
      readonly expires?: Millis;
      readonly conversation?: string;
      readonly channel?: string;
      readonly headers?: Headers;
      /** `Replaces`: this call is answered without ringing and takes the place of the named one. */
      readonly replaces?: CallId;
    }
  /** ICE gathering has begun, with these kinds of servers. */
  | {
      readonly _tag: 'gathering';
      readonly call: CallId;
      readonly servers: 'none' | 'stun' | 'turn';
      readonly relayOnly: boolean;
    }
  | { readonly _tag: 'candidate'; readonly call: CallId; readonly kind: 'host' | 'srflx' | 'prflx' | 'relay' }
  /** ICE gathering is complete. */
  | { readonly _tag: 'gathered'; readonly call: CallId }
  /** Every STUN and TURN server has failed. */
  | { readonly _tag: 'unreachable'; readonly call: CallId }
  /** The INVITE was sent; `ref` is its Call-ID. */
  | { readonly _tag: 'placed'; readonly call: CallId; readonly ref: string }
  /** A provisional response other than 100. `early`: it carried SDP, which was applied. */
  | {
      readonly _tag: 'progress';
      readonly call: CallId;
      readonly statusCode: number;
      readonly reasonPhrase: string;
      readonly body: string;
      readonly early: boolean;
      readonly identity?: Identity;
      readonly headers?: Headers;
    }
  /**
   * The far side has answered, and its description was applied. `forked`: another branch than that of the early media, so that
   * this connection may never carry media.
   */
  | {
      readonly _tag: 'accepted';
      readonly call: CallId;
      readonly identity?: Identity;
      readonly headers?: Headers;
      readonly forked?: boolean;
    }
  /**
   * The INVITE was answered by other addresses (3xx) or by a minimum session interval (422). The adapter keeps the call: `place` it
   * again, or `forget` it. `end` applies otherwise.
   */
  | {
      readonly _tag: 'redirected';
      readonly call: CallId;
      readonly targets?: readonly string[];
      readonly minSessionExpires?: number;
      readonly end: CallEnd;
    }
  /** A session timer was negotiated; `interval` in seconds. RFC 4028. */
  | {
      readonly _tag: 'session-timer';
      readonly call: CallId;
      readonly interval: number;
      readonly refresher: 'local' | 'remote';
    }
  /** The session has no timer any more. */
  | { readonly _tag: 'no-session-timer'; readonly call: CallId }
  /** NOTIFY of an accepted REFER: the status line of its call. RFC 3515 §2.4.5. */
  | {
      readonly _tag: 'transfer-progress';
      readonly call: CallId;
      readonly statusCode: number;
      readonly reasonPhrase: string;
    }
  /** An inbound REFER to a sip or sips target; answered by `answer-refer`. */
  | ({ readonly _tag: 'refer-received'; readonly call: CallId; readonly refer: Ref } & Referral)
  /** The last statistics of its media, once; may follow the end. */
  | { readonly _tag: 'last-stats'; readonly call: CallId; readonly stats: MediaStats }
  /** A MESSAGE within the dialog. */
  | { readonly _tag: 'message'; readonly call: CallId; readonly body: string; readonly contentType: string }
  /** The call has ended: refused, cancelled, hung up or failed. The adapter has released it. */
  | ({ readonly _tag: 'ended'; readonly call: CallId } & CallEnd)
  /** The identity of the far side has changed. RFC 3325. */
  | { readonly _tag: 'identified'; readonly call: CallId; readonly identity: Identity }
  /** A re-INVITE or UPDATE with an offer; answered by `accept-offer` or `decline-offer`. */
  | { readonly _tag: 'offered'; readonly call: CallId; readonly offer: Ref }
  /** The far side's description was applied; `on`: it holds us. */
  | { readonly _tag: 'remote-hold'; readonly call: CallId; readonly on: boolean }
  | { readonly _tag: 'media'; readonly call: CallId; readonly media: 'connecting' | 'flowing' | 'interrupted' }
  /** The platform has muted the microphone (`track.onmute`), or unmuted it. */
  | { readonly _tag: 'silenced'; readonly call: CallId; readonly on: boolean }
  /** ICE or DTLS has failed; the adapter keeps the call and can `restart` it. */
  | { readonly _tag: 'media-failed'; readonly call: CallId }
  | {
      readonly _tag: 'tone-received';
      readonly call: CallId;
      readonly tone: string;
      readonly duration?: Millis;
      readonly leg?: string;
    }
  /** Conversation of a service call; another id means a transfer. */
  | { readonly _tag: 'conversation-changed'; readonly call: CallId; readonly conversation: string }
  /** A party of the call; absent fields are unchanged. */
  | {
      readonly _tag: 'leg';
      readonly call: CallId;
      readonly leg: Pick<Leg, 'id' | 'mine'> & Partial<Leg>;
    }
  /** `member:left`: our membership in the call's conversation has ended. */
  | { readonly _tag: 'member-left'; readonly call: CallId; readonly reasonCode?: string; readonly reason?: string }
  /** `rtc:hangup`: our leg has ended. The adapter has released the call. */
  | {
      readonly _tag: 'leg-hung-up';
      readonly call: CallId;
      readonly statusCode?: number;
      readonly reasonCode?: string;
      readonly reason?: string;
      readonly quality?: QualitySummary;
    }
  /** Another session of the same user has answered. */
  | { readonly _tag: 'answered-elsewhere'; readonly call: CallId }
  | { readonly _tag: 'fault'; readonly call?: CallId; readonly fault: Fault }
  | Done;

/** Properties of a line's calls. */
export type Traits = {
  /** True where calls continue while the socket is down. */
  readonly outlivesLine: boolean;
  /**
   * `line`: a call is signalled over the line's socket. While that is down, an unanswered call ends, and the BYE of a call that
   * we end waits. `own`: calls are signalled elsewhere (REST).
   */
  readonly signalling: 'line' | 'own';
  /** After a media failure: the call ends, waits for `reconnectCall`, or restarts by itself. */
  readonly mediaLost: 'end' | 'wait' | 'restart';
  /** True where `transfer` is supported. */
  readonly transfers: boolean;
  /** True where `message` is supported. */
  readonly texts: boolean;
  /** DTMF digits are sent one by one, or all of a command together. */
  readonly keys: 'single' | 'together';
};
