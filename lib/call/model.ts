import type { Fault } from '../core/fault.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import type { EndCause } from './cause.js';
import type { Millis } from '../core/port.js';

/** Header fields by name; the adapter checks names and values before anything leaves. */
export type Headers = Readonly<Record<string, string>>;

/** Minted by us when a call begins, unique within a client. */
export type CallId = string;

/** Status of a call, in the terms of the VBot Web SDK. `on_hold` once the far side has accepted our hold. */
export type CallStatus = 'trying' | 'ringing' | 'active' | 'on_hold' | 'terminated';

/** One party within a server-side call, as far as it is known. SIP calls have none. */
export type Leg = {
  readonly id: string;
  /** `started`, `ringing`, `answered`, `completed`, or how else it ended: `busy`, `rejected`, `timeout`, `failed` … */
  readonly status: string;
  /** True for our own leg. */
  readonly mine: boolean;
  /** `app`, `phone`, `sip`, `websocket` … */
  readonly type?: string;
  /** The party: a user's name, a number or an address. */
  readonly party?: string;
  readonly muted: boolean;
  readonly earmuffed: boolean;
};

/** Quality of a whole call, from the service or from local statistics; unknown values are absent. */
export type QualitySummary = {
  /** Mean opinion score, from 1 to 4.5. */
  readonly mos?: number;
  /** From 0 to 100. */
  readonly percentage?: number;
  /** `min` and `max` in ms; `lossRate` and `burstRate` are shares from 0 to 1: of what was lost, and of what was lost together. */
  readonly jitter?: {
    readonly min: number;
    readonly max: number;
    readonly lossRate: number;
    readonly burstRate: number;
  };
  /** Mean, in ms. */
  readonly roundTrip?: Millis;
  /** Received RTP packets. */
  readonly packets?: number;
  /** In percent. */
  readonly loss?: number;
  readonly flaws?: number;
};

/** Statistics of one direction: packets, lost packets, bytes, jitter in seconds. */
export type Flow = {
  readonly packets: number;
  readonly packetsLost: number;
  readonly bytes: number;
  readonly jitter: number;
};

/** Statistics of a call's media since their start. `sent`: as the far side reports it (RTCP). */
export type MediaStats = {
  readonly received: Flow;
  readonly sent: Flow;
  /** In seconds; absent until it has been measured. */
  readonly roundTrip?: number;
  /** To whom that is: the far end itself, or the relay or border element that the media go through. */
  readonly roundTripTo?: 'far-end' | 'next-hop';
  /** Codec of the received media: `opus`, `PCMU`, … */
  readonly codec?: string;
  /** Identity of the received stream; counters restart at 0 when it changes. */
  readonly source?: string;
  /** Total delay of the jitter buffer in seconds, and the number of samples it has emitted. */
  readonly buffer?: { readonly delay: number; readonly emitted: number };
};

/** Text-to-speech in a server-side call. */
export type Speech = {
  readonly text: string;
  /** Volume, from -1 to 1. Default: 1. */
  readonly level?: number;
  /** Repetitions; 0 until the call ends. Default: 1. */
  readonly loop?: number;
  /** True (default): waits for earlier speech to end. */
  readonly queue?: boolean;
  /** A voice of the service, as `Amy`. */
  readonly voiceName?: string;
  /** True where `text` is SSML. */
  readonly ssml?: boolean;
};

/** Identity of the far side. */
export type Identity = { readonly phoneNumber: string; readonly displayName?: string; readonly anonymous: boolean };

/** A text that came outside of any call. RFC 3428. */
export type TextMessage = {
  /** Id of the receiving line. */
  readonly line: string;
  readonly from: Identity;
  readonly body: string;
  /** `text/plain` mostly. */
  readonly contentType: string;
  readonly at: Millis;
};

/** How a call ended. */
export type CallEnd = {
  readonly by: 'local' | 'remote' | 'network';
  readonly cause: EndCause;
  readonly statusCode?: number;
  readonly reason?: string;
  /** Reason in the far system's own terms. */
  readonly serverCode?: string;
  /** When the far side may be tried again, in ms from the end (Retry-After of a 503, 480, 600 …). */
  readonly retryAfter?: Millis;
  /** Where a redirected call was to go instead, best first. RFC 3261 §21.3. */
  readonly targets?: readonly string[];
  /**
   * How it sounded: as the far system tells it, or as the media were measured (`summaries`). It is complete a moment after
   * the end: in `session$`, for as long as the call lingers there; `call$` is over by then.
   */
  readonly quality?: QualitySummary;
};

/** A pending transfer; `statusCode` is the latest progress, 100 to 199. RFC 3515 §2.4.5. */
export type Transfer = { readonly to: string; readonly statusCode: number };

/** A REFER that waits for `consent`. `by`: the Referred-By identity. RFC 3515, RFC 3892. */
export type Referral = { readonly target: string; readonly by?: string };

/** One call, whichever line carries it: plain data, a new value for each change. */
export type Call = {
  readonly id: CallId;
  /** The line that carries it. */
  readonly line: string;
  /** The far system's name for it: a SIP Call-ID, or the service's rtc_id. */
  readonly ref?: string;
  /** The conversation that a server-side call takes place in. */
  readonly conversation?: string;
  /** Channel of the caller in a server-side call: `app`, `phone`, `sip`, `websocket`. */
  readonly channel?: string;
  readonly status: CallStatus;
  readonly direction: 'incoming' | 'outgoing';
  /** The number dialled, or the caller's. */
  readonly phoneNumber: string;
  readonly displayName?: string;
  readonly anonymous: boolean;
  /** `local`: we hold, and our microphone is silent. `remote`: the far side holds us. */
  readonly hold: { readonly local: boolean; readonly remote: boolean };
  readonly muted: boolean;
  /** The platform has muted the microphone track: another program or a hardware switch. */
  readonly silenced?: true;
  /** True when received audio is not played here. */
  readonly earmuffed: boolean;
  readonly media: 'none' | 'connecting' | 'flowing' | 'interrupted';
  readonly signalling: 'up' | 'recovering' | 'lost';
  /** True while early media are received. */
  readonly earlyMedia: boolean;
  /** The caller asks for an automatic answer (Alert-Info or Call-Info). */
  readonly autoAnswer: boolean;
  readonly input: InputSettings;
  readonly output: Omit<OutputSettings, 'muted'>;
  readonly legs: readonly Leg[];
  /** Header fields of the far side that are listed in `showHeaders`. */
  readonly headers?: Headers;
  /** We are handing the far side over. */
  readonly transfer?: Transfer;
  /** The REFER that waits for `consent`. */
  readonly refer?: Referral;
  readonly startedAt: Millis;
  readonly answeredAt?: Millis;
  readonly endedAt?: Millis;
  readonly end?: CallEnd;
};

/** A moment within a call: it has no lasting effect on the state. */
export type CallEvent =
  /** A provisional response other than 100, with its body where it has one. */
  | {
      readonly _tag: 'progress';
      readonly call: CallId;
      readonly statusCode: number;
      readonly reasonPhrase: string;
      readonly body: string;
    }
  /** Received DTMF, `0-9A-D*#`: one digit, or several of one event. `leg`: the sending party. */
  | {
      readonly _tag: 'dtmf';
      readonly call: CallId;
      readonly tone: string;
      readonly duration?: Millis;
      readonly leg?: string;
    }
  /** The leg of a participant has another status. */
  | { readonly _tag: 'leg'; readonly call: CallId; readonly leg: Leg }
  /** A participant was muted or earmuffed, or no longer is; `leg` is the id of the leg. */
  | { readonly _tag: 'mute' | 'earmuff'; readonly call: CallId; readonly leg: string; readonly on: boolean }
  /** Progress of a transfer: 100–199 pending, 200 succeeded, otherwise refused. RFC 3515 §2.4.5. */
  | {
      readonly _tag: 'transfer-progress';
      readonly call: CallId;
      readonly statusCode: number;
      readonly reasonPhrase: string;
    }
  /** An inbound REFER: answer it by `consent` within 30 s, or it is declined. */
  | ({ readonly _tag: 'refer'; readonly call: CallId } & Referral)
  /** A 3xx has redirected the INVITE to `targets`; `onRedirect` decides. */
  | { readonly _tag: 'redirect'; readonly call: CallId; readonly targets: readonly string[] }
  /** A text that came within the call. RFC 3428. */
  | { readonly _tag: 'message'; readonly call: CallId; readonly body: string; readonly contentType: string }
  /** A server-side call goes on in this conversation. */
  | { readonly _tag: 'transfer'; readonly call: CallId; readonly conversation: string }
  /** An ICE restart has failed. */
  | { readonly _tag: 'media-failed'; readonly call: CallId; readonly fault: Fault };
