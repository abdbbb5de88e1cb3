import type { Millis } from '../kernel/units.js';
import type { InputSettings, OutputSettings } from '../media/model.js';
import type { EndCause } from './cause.js';

/** Minted by us when a call begins, unique within a client. */
export type CallId = string;

/** Where a call is in its life; the words of the VBot Web SDK. `on_hold` once the far side has agreed to our hold. */
export type CallStatus = 'trying' | 'ringing' | 'active' | 'on_hold' | 'terminated';

/** One party within a server-side call. SIP calls have none. */
export type Leg = { readonly id: string; readonly status: string };

/** Who the far side is. */
export type Identity = { readonly phoneNumber: string; readonly displayName?: string; readonly anonymous: boolean };

/** How a call ended. */
export type CallEnd = {
  readonly by: 'local' | 'remote' | 'network';
  readonly cause: EndCause;
  readonly statusCode?: number;
  readonly reason?: string;
};

/** One call, whichever line carries it: plain data, a new value for each change. */
export type Call = {
  readonly id: CallId;
  /** The line that carries it. */
  readonly line: string;
  /** The far system's name for it: a SIP Call-ID, or the service's rtc_id. */
  readonly ref?: string;
  readonly status: CallStatus;
  readonly direction: 'incoming' | 'outgoing';
  /** The number dialled, or the caller's. */
  readonly phoneNumber: string;
  readonly displayName?: string;
  readonly anonymous: boolean;
  /** `local`: we hold, and our microphone is silent. `remote`: the far side holds us. */
  readonly hold: { readonly local: boolean; readonly remote: boolean };
  readonly muted: boolean;
  /** The far side is not played. */
  readonly earmuffed: boolean;
  readonly media: 'none' | 'connecting' | 'flowing' | 'interrupted';
  readonly signalling: 'up' | 'recovering' | 'lost';
  /** The far side plays something before it answers. */
  readonly earlyMedia: boolean;
  /** The caller asks that this call be answered without asking. */
  readonly autoAnswer: boolean;
  readonly input: InputSettings;
  readonly output: Omit<OutputSettings, 'muted'>;
  readonly legs: readonly Leg[];
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
  /** A digit the far side sent: `0-9A-D*#`. */
  | { readonly _tag: 'dtmf'; readonly call: CallId; readonly tone: string; readonly duration?: Millis };
