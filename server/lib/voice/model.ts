/** Types that the modules of server-side calls share: media, the service's legs, SIP. */

/** 10 ms of sound: 480 samples of one channel at 48 kHz. */
export type Frame = Int16Array;

/** A participant of the mixer: a leg's connection, an echo, a tone, a speaker. */
export interface Party {
  /** Plays a frame of the others. */
  readonly play: (frame: Frame) => void;
  /** Calls `listener` for each frame of this party; the result removes it. */
  readonly hear: (listener: (frame: Frame) => void) => () => void;
}

/** Statistics of a connection, in the fields of `rtc:hangup`. */
export interface Measured {
  readonly bandwidth: { readonly bytes_in: number; readonly bytes_out: number };
  readonly quality: {
    readonly mos_score: number;
    readonly quality_percentage: number;
    readonly jitter_min_var: number;
    readonly jitter_max_var: number;
    readonly jitter_loss_rate: number;
    readonly jitter_burst_rate: number;
    readonly flaw_total: number;
    readonly packet_cnt: number;
    readonly packet_loss_perc: number;
  };
}

/** One leg's media: a peer connection that ends in this process. */
export interface Anchor extends Party {
  /** True when `answer` could answer this offer; changes nothing. */
  readonly understands: (offer: string) => Promise<boolean>;
  /**
   * Answers an offer, the first or a later one: same session in `o=` with a higher version, same mids, m-lines and DTLS
   * role. Rejects when it can't be understood; everything is as it was then.
   */
  readonly answer: (offer: string) => Promise<string>;
  /** Our offer with all candidates. The next negotiation rolls an unanswered one back. */
  readonly offer: () => Promise<string>;
  /** The answer to our offer; may come early and again, also from another end: the last counts. */
  readonly accept: (answer: string) => Promise<void>;
  /** Of all connections that this leg had; after `close` what was seen last. */
  readonly measured: () => Promise<Measured>;
  readonly close: () => void;
}

/** `lost` is called when the connection has been broken for a minute. Towards SIP no `telephone-event` is offered. */
export type OpenAnchor = (around: { readonly towards: 'sip' | 'service'; readonly lost: () => void }) => Anchor;

/** A party's place in the copy table. */
export interface Seat {
  /** True when the others do not hear it. */
  readonly mute: (on: boolean) => void;
  /** True when it does not hear the others. */
  readonly earmuff: (on: boolean) => void;
  /** Into another room. */
  readonly move: (room: string) => void;
  readonly leave: () => void;
}

/** The mixer: each party of a room hears the sum of the others. */
export interface Mixer {
  readonly enter: (room: string, party: Party) => Seat;
}

/** A call from one side of the server to the other. Names are those of users; `to` may be anything that can be dialled. */
export interface Ringing {
  readonly from: { readonly user: string; readonly displayName?: string };
  readonly to: string;
  /** The description of the anchor of the far half, towards SIP. */
  readonly offer: string;
  /** The devices of `to` that ring as SIP contacts, and so not as sessions. */
  readonly contacts?: readonly string[];
}

/** Events of a call on the other side. None follows `refused`, `ended` or `SipCall.end`. */
export type SipCallEvent =
  | { readonly kind: 'ringing' }
  /** It plays something before it answers. */
  | { readonly kind: 'early'; readonly sdp: string }
  | { readonly kind: 'answered'; readonly sdp: string; readonly user?: string }
  /** With the SIP status. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason?: string }
  | { readonly kind: 'ended'; readonly reason?: string }
  /** One key, `0-9A-D*#`. */
  | { readonly kind: 'digit'; readonly digit: string }
  /**
   * It wants to change the media: to be answered once, with a description or with nothing. An empty `sdp` asks for an offer of ours; `taken` hears
   * what is answered to that.
   */
  | {
      readonly kind: 'offered';
      readonly sdp: string;
      readonly answer: (sdp: string | undefined, taken?: (answer: string) => void) => void;
    };

/** The hold on a call on the other side. */
export interface SipCall {
  /** Cancels or hangs up; `elsewhere` when another device has answered. */
  readonly end: (why?: { readonly elsewhere?: boolean; readonly reason?: string }) => void;
  readonly digit: (digit: string) => void;
  /** A later offer of the side that called; rejects when it is refused. */
  readonly change: (offer: string) => Promise<string>;
}

/** The SIP side: rings the contacts of a user, a number or a hotline. However many ring, the first that answers has it. */
export interface SipSide {
  readonly call: (call: Ringing, hear: (news: SipCallEvent) => void) => SipCall;
}

/** The service's side: rings all sessions of a user. */
export interface ServiceSide {
  readonly isSignedIn: (user: string) => boolean;
  /** The devices of a user's open sessions; `undefined` of one that does not say which it is. */
  readonly devices: (user: string) => readonly (string | undefined)[];
  /** `offer` of the call is the SIP caller's own; `answered` carries what an anchor made of it. */
  readonly ring: (call: Ringing, hear: (news: SipCallEvent) => void) => SipCall;
}
