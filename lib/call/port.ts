import type { Fault } from '../core/fault.js';
import type { Done } from '../core/port.js';
import type { Millis, Ref } from '../core/units.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import type { CallEnd, CallId, Headers, Identity, Leg, MediaStats, QualitySummary, Referral, Speech } from './model.js';

/** What an application tells the line about a call, in words that only the two of them know: plain JSON. */
export type Context = Readonly<Record<string, unknown>>;

/**
 * Where an outgoing call goes: what was dialled, and what goes with it. `rejoin` is the far system's name for a call that
 * is still there, as after a reload of the page: then nothing is dialled. `referral`: the far side of that call has asked
 * for this one, and is told by the adapter what becomes of it.
 */
export type Place = {
  readonly target: string;
  readonly headers: Headers;
  readonly context?: Context;
  readonly rejoin?: string;
  readonly referral?: { readonly call: CallId; readonly refer: Ref };
};

/**
 * What the core asks of a calling adapter. The core knows intents, the adapter picks the method.
 * An order for a call that the adapter does not know (any more) gets `done` `Left` `no-such-call` where it has a ref,
 * and is otherwise ignored.
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
      /** Whether the description says that we hold. */
      readonly hold: boolean;
      readonly parallel: boolean;
    }
  /**
   * Sends the INVITE of a prepared call with the candidates gathered so far. `again`: the former one was turned back
   * (`turned-back`); it goes to this target, or asks for a session of at least so many seconds.
   */
  | {
      readonly _tag: 'place';
      readonly call: CallId;
      readonly again?: { readonly target?: string; readonly minSessionExpires?: number };
    }
  /** Says that an incoming call rings here (180). */
  | { readonly _tag: 'ring'; readonly call: CallId }
  /** Answers a prepared incoming call (200). `done` when it left. */
  | { readonly _tag: 'answer'; readonly ref: Ref; readonly call: CallId }
  /** Refuses an incoming call that was not answered. */
  | { readonly _tag: 'refuse'; readonly call: CallId; readonly statusCode: number }
  /**
   * Ends a call in whatever state the wire is (CANCEL, BYE, or nothing yet) and releases its media now. `silently`: the
   * line is away; what is to be said waits for `farewell`, or is dropped by `forget`.
   */
  | {
      readonly _tag: 'end';
      readonly call: CallId;
      readonly reason?: string;
      readonly reasonCode?: string;
      readonly silently?: true;
    }
  /** The line is back: says what a call that was ended silently still owes. */
  | { readonly _tag: 'farewell'; readonly call: CallId }
  /** Releases a call whose line is gone; nothing can be sent. */
  | { readonly _tag: 'forget'; readonly call: CallId }
  /**
   * Negotiates our hold (re-INVITE): one attempt. `done` when the far side has agreed or not; `busy` with 491 when two offers
   * met, and without a status, but with a `retryAfter`, when it is too early for one.
   */
  | { readonly _tag: 'change'; readonly ref: Ref; readonly call: CallId; readonly hold: boolean }
  /** Answers the far side's `offered`; `done` with ref = `offer` when its ACK came or the negotiation is over. */
  | { readonly _tag: 'accept-offer'; readonly ref: Ref; readonly call: CallId; readonly hold: boolean }
  | { readonly _tag: 'decline-offer'; readonly offer: Ref; readonly call: CallId; readonly statusCode: number }
  /** Plays one tone, `0-9A-D*#`, 100 ms and a gap of 70 ms. `done` when it has been sent. */
  | { readonly _tag: 'tone'; readonly ref: Ref; readonly call: CallId; readonly tone: string }
  /** Has it said to everybody in the call. `done` when the service has taken it. */
  | { readonly _tag: 'say'; readonly ref: Ref; readonly call: CallId; readonly speech: Speech }
  /**
   * Hands the far side over: to a number, name or address, or to the far side of another call of this line (RFC 3515,
   * RFC 3891). `done` when it has taken the request (202); then `transferring` tells what becomes of it.
   */
  | { readonly _tag: 'transfer'; readonly ref: Ref; readonly call: CallId; readonly to: Destination }
  /** Answers the far side's `referred`: 202, or 603. */
  | { readonly _tag: 'answer-refer'; readonly call: CallId; readonly refer: Ref; readonly statusCode: 202 | 603 }
  /**
   * Makes broken media anew by an offer of ours, under the hold that is told: with what has been gathered since the last
   * description, with other ICE credentials, or on another connection. `done` when the far side's answer has been applied.
   */
  | {
      readonly _tag: 'restart';
      readonly ref: Ref;
      readonly call: CallId;
      readonly how: Restart;
      readonly hold: boolean;
    }
  /**
   * The line is back: asks whether the call still is (SIP: a re-INVITE with our hold; its media are made anew when asked
   * for). `done`: `Right` where it is, `call-ended` where it is not.
   */
  | {
      readonly _tag: 'recover';
      readonly ref: Ref;
      readonly call: CallId;
      readonly hold: boolean;
      readonly restart: boolean;
    }
  /**
   * Enough has been gathered: an offer or answer within the call that waits for its candidates leaves with those that are
   * there. Nothing where none waits.
   */
  | { readonly _tag: 'describe'; readonly call: CallId }
  /** Says that we are still there, by our unchanged description. RFC 4028 §7.2, RFC 3264 §8. */
  | { readonly _tag: 'refresh'; readonly ref: Ref; readonly call: CallId }
  /**
   * An incoming call that replaces one of ours has been answered: from now on it goes by the id of the one that it
   * replaces, whose own dialog is ended (BYE). RFC 3891 §3.
   */
  | { readonly _tag: 'adopt'; readonly call: CallId; readonly from: CallId }
  /** `done` carries `MediaStats`. */
  | { readonly _tag: 'stats'; readonly ref: Ref; readonly call: CallId }
  /** Whether our voice goes out; `false` sends silence, not nothing. */
  | { readonly _tag: 'voice'; readonly call: CallId; readonly live: boolean }
  /** `done` carries `Microphone`. */
  | { readonly _tag: 'input'; readonly ref: Ref; readonly call: CallId; readonly input: InputSettings }
  | { readonly _tag: 'output'; readonly ref: Ref; readonly call: CallId; readonly output: OutputSettings };

/** Whom the far side of a call is handed over to. */
export type Destination = { readonly target: string } | { readonly call: CallId };

/** What of the media is made anew. */
export type Restart = 'candidates' | 'ice' | 'connection';

/** The microphone that was really opened, where the platform says. */
export type Microphone = { readonly id?: string };

/** What a calling adapter tells the core about its calls. */
export type CallReport =
  /** A call comes in; its id is minted by the adapter with the `newId` it was given. */
  | {
      readonly _tag: 'incoming';
      readonly call: CallId;
      readonly ref: string;
      readonly identity: Identity;
      readonly autoAnswer: boolean;
      /** How long the caller waits for an answer, in ms, where he says so. RFC 3261 §13.3.1. */
      readonly expires?: Millis;
      readonly conversation?: string;
      readonly channel?: string;
      readonly headers?: Headers;
      /** It takes the place of this call of ours, and is answered without ringing. */
      readonly replaces?: CallId;
    }
  /** Gathering began, towards these servers. */
  | {
      readonly _tag: 'gathering';
      readonly call: CallId;
      readonly servers: 'none' | 'stun' | 'turn';
      readonly relayOnly: boolean;
    }
  | { readonly _tag: 'candidate'; readonly call: CallId; readonly kind: 'host' | 'srflx' | 'prflx' | 'relay' }
  /** The platform says that there are no more candidates. */
  | { readonly _tag: 'gathered'; readonly call: CallId }
  /** Every server has reported an error. */
  | { readonly _tag: 'unreachable'; readonly call: CallId }
  /** The INVITE is out, under this Call-ID. */
  | { readonly _tag: 'placed'; readonly call: CallId; readonly ref: string }
  /** A provisional response other than 100. `early`: it carried a description, which plays by itself. */
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
   * The far side answered, and its description has been applied. `forked`: another branch than the one whose early media
   * were applied, so that this connection may never carry sound.
   */
  | {
      readonly _tag: 'accepted';
      readonly call: CallId;
      readonly identity?: Identity;
      readonly headers?: Headers;
      readonly forked?: boolean;
    }
  /**
   * Our INVITE was not taken as it was, and there is another way: other addresses (3xx), or a longer session (422). The
   * adapter still has the call: `place` it again, or `forget` it. `end` is how it ends otherwise.
   */
  | {
      readonly _tag: 'redirected';
      readonly call: CallId;
      readonly targets?: readonly string[];
      readonly minSessionExpires?: number;
      readonly end: CallEnd;
    }
  /** Both sides have agreed that somebody says a word every so often (in seconds). RFC 4028. */
  | {
      readonly _tag: 'session-timer';
      readonly call: CallId;
      readonly interval: number;
      readonly refresher: 'local' | 'remote';
    }
  /** No one need say a word any more. */
  | { readonly _tag: 'no-session-timer'; readonly call: CallId }
  /** What has become of a hand-over that was taken: a status line of whoever was called. RFC 3515 §2.4.5. */
  | {
      readonly _tag: 'transfer-progress';
      readonly call: CallId;
      readonly statusCode: number;
      readonly reasonPhrase: string;
    }
  /** The far side asks us to call somebody else; to be answered with `answer-refer`. Only sip and sips targets come here. */
  | ({ readonly _tag: 'refer-received'; readonly call: CallId; readonly refer: Ref } & Referral)
  /** What its media had counted when they were closed: once, and it may come after the end. */
  | { readonly _tag: 'last-stats'; readonly call: CallId; readonly stats: MediaStats }
  /** A text within the call. */
  | { readonly _tag: 'message'; readonly call: CallId; readonly body: string; readonly contentType: string }
  /** It is over: refused, cancelled, hung up, or failed. The adapter has released it. */
  | ({ readonly _tag: 'ended'; readonly call: CallId } & CallEnd)
  /** The far side is now this party. */
  | { readonly _tag: 'identified'; readonly call: CallId; readonly identity: Identity }
  /** The far side wants to change the media (re-INVITE); to be answered with `accept-offer` or `decline-offer`. */
  | { readonly _tag: 'offered'; readonly call: CallId; readonly offer: Ref }
  /** A description of the far side was applied: does it hold us? */
  | { readonly _tag: 'remote-hold'; readonly call: CallId; readonly on: boolean }
  | { readonly _tag: 'media'; readonly call: CallId; readonly media: 'connecting' | 'flowing' | 'interrupted' }
  /** The platform gives no sound of the microphone, or gives it again. */
  | { readonly _tag: 'silenced'; readonly call: CallId; readonly on: boolean }
  /** ICE or DTLS failed for good; the adapter still has the call, and can `restart` it. */
  | { readonly _tag: 'media-failed'; readonly call: CallId }
  | {
      readonly _tag: 'tone-received';
      readonly call: CallId;
      readonly tone: string;
      readonly duration?: Millis;
      readonly leg?: string;
    }
  /** The call takes place in this conversation; another one than before is a transfer. */
  | { readonly _tag: 'conversation-changed'; readonly call: CallId; readonly conversation: string }
  /** What is known of a party; what is absent stays as it was. */
  | {
      readonly _tag: 'leg';
      readonly call: CallId;
      readonly leg: Pick<Leg, 'id' | 'mine'> & Partial<Leg>;
    }
  /** Our membership in the call's conversation is over. */
  | { readonly _tag: 'member-left'; readonly call: CallId; readonly reasonCode?: string; readonly reason?: string }
  /** Our leg has been hung up. The adapter has released the call. */
  | {
      readonly _tag: 'leg-hung-up';
      readonly call: CallId;
      readonly statusCode?: number;
      readonly reasonCode?: string;
      readonly reason?: string;
      readonly quality?: QualitySummary;
    }
  /** Another session of ours has answered. */
  | { readonly _tag: 'answered-elsewhere'; readonly call: CallId }
  | { readonly _tag: 'fault'; readonly call?: CallId; readonly fault: Fault }
  | Done;

/** What is peculiar to the calls of a line. */
export type Traits = {
  /** Whether they go on while the line's socket is away. */
  readonly outlivesLine: boolean;
  /**
   * `line`: everything about a call travels on the line's socket. Without it an unanswered call is over, and what is to be
   * said of a call that we end waits for the next socket. `own`: it has ways of its own.
   */
  readonly signalling: 'line' | 'own';
  /** When its media have failed a call ends, waits to be reconnected, or has them made anew by itself. */
  readonly mediaLost: 'end' | 'wait' | 'restart';
  /** Whether the far side can be handed over to somebody else. */
  readonly transfers: boolean;
  /** Whether texts can be sent outside of calls. */
  readonly texts: boolean;
  /** Whether keys are sent one at a time, or as many as are pressed together. */
  readonly keys: 'single' | 'together';
};
