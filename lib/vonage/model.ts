import type { Json, JsonObject } from '../kernel/json.js';
import type { ConversationState, MemberChannelType, MemberState, OrderBy, PresentingOrder } from './enums.js';
import type { ConversationEvent } from './event.js';
import type { Nullable, Option } from './option.js';

export type { Json, JsonObject };

/** A JSON object, or the text of one; 2 MB at the most. */
export type CustomData = object | string;

/** A way to reach somebody. */
export type Channel = { readonly id: string | null; readonly number: string | null };

/** By which ways somebody can be reached. */
export type UserChannels = {
  readonly [
    Kind in 'app' | 'phone' | 'pstn' | 'sip' | 'vbc' | 'websocket' | 'sms' | 'mms' | 'whatsapp' | 'viber' | 'messenger'
  ]: readonly Channel[] | null;
};

/** When something was made, changed and ended. ISO 8601. */
export type Timestamp = {
  readonly created: string | null;
  readonly updated: string | null;
  readonly destroyed: string | null;
};

export type User = {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | null;
  readonly channels: UserChannels | null;
  readonly timestamp: Timestamp | null;
  readonly imageUrl: string | null;
  readonly customData: JsonObject | null;
};

export type MemberTimestamp = {
  readonly invited: string | null;
  readonly joined: string | null;
  readonly left: string | null;
};
export type MemberChannel = {
  readonly type: MemberChannelType;
  readonly from: Channel | null;
  readonly to: Channel | null;
};
export type Member = {
  readonly id: string;
  readonly state: MemberState;
  readonly user: User | null;
  readonly channel: MemberChannel | null;
  readonly timestamp: MemberTimestamp | null;
};

export type ConversationProperties = {
  readonly ttl: number | null;
  readonly customSortKey: string | null;
  /** `null` where there is none, or it was not asked for. */
  readonly customData: JsonObject | null;
};
export type Conversation = {
  readonly id: string;
  readonly name: string;
  readonly timestamp: Timestamp;
  /** One's own membership; `null` where one has none. */
  readonly memberId: string | null;
  readonly memberState: MemberState | null;
  readonly displayName: string | null;
  readonly imageUrl: string | null;
  readonly state: ConversationState | null;
  readonly properties: ConversationProperties;
};

/** How far a message got with one member; `null` where it did not get. */
export type MemberStatus = {
  readonly [Step in 'seen' | 'delivered' | 'submitted' | 'rejected' | 'undeliverable']: string | null;
} & { readonly current: 'seen' | 'delivered' | 'submitted' | 'rejected' | 'undeliverable' | 'none' };
export type MemberStatuses = Readonly<Record<string, MemberStatus>>;

export type Location = {
  readonly latitude: string;
  readonly longitude: string;
  readonly name?: Nullable<string>;
  readonly address?: Nullable<string>;
};
export type Template = { readonly name: string; readonly parameters?: Nullable<readonly string[]> };
export type Whatsapp = { readonly policy: string; readonly locale: string };

/** One end of a leg. */
export type LegChannel = { readonly type: string; readonly user: string | null; readonly number: string | null };
/** One party of a call, as the service keeps it. Times are ISO 8601. */
export type Leg = {
  readonly id: string;
  readonly type: string;
  readonly direction: string;
  readonly conversationId: string;
  readonly status: string;
  readonly startTime: string;
  /** Empty while it lasts. */
  readonly endTime: string;
  readonly from: LegChannel;
  readonly to: LegChannel;
  readonly mediaState:
    | {
        readonly [State in 'mute' | 'earmuff' | 'play_stream' | 'recording' | 'transcribing' | 'tts']: boolean;
      }
    | null;
};

/** What is to be said in a call. */
export type CallSayParams = {
  readonly text: string;
  /** Loudness, from -1 to 1; 1 unless given. */
  readonly level?: Nullable<number>;
  /** How often, 0 until the call ends; once unless given. */
  readonly loop?: Nullable<number>;
  /** Whether it waits for what is being said: yes, unless given. */
  readonly queue?: Nullable<boolean>;
  /** A voice of the service; `amy` unless given. */
  readonly voiceName?: Nullable<string>;
  /** Whether `text` is SSML: where it begins with `<speak`, unless given. */
  readonly ssml?: Nullable<boolean>;
};

/** What the service has measured of a whole call; 0 where it told nothing. */
export type RTCQuality = {
  /** Mean opinion score, from 1 to 4.5. */
  readonly mos_score: number;
  /** From 0 to 100. */
  readonly quality_percentage: number;
  readonly jitter_min_var: number;
  readonly jitter_max_var: number;
  readonly jitter_loss_rate: number;
  readonly jitter_burst_rate: number;
  readonly flaw_total: number;
  readonly packet_cnt: number;
  /** In percent. */
  readonly packet_loss_perc: number;
};

/** What a call's media have counted since they began. Jitter and round trip in seconds, 0 until they are measured. */
export type RtcStats = {
  readonly audioRecvPackets: number;
  readonly audioRecvPacketsLost: number;
  readonly audioRecvBytes: number;
  readonly audioRecvJitter: number;
  /** What was sent is as the far side reports it. */
  readonly audioSentPackets: number;
  readonly audioSentPacketsLost: number;
  readonly audioSentBytes: number;
  readonly audioSentJitter: number;
  readonly audioRtt: number;
};

/** Where a page lies among the others; to be given back as it came. */
type Cursors = { readonly previousCursor: string | null; readonly nextCursor: string | null };
export type ConversationsPage = { readonly conversations: readonly Conversation[] } & Cursors;
export type EventsPage = { readonly events: readonly ConversationEvent[] } & Cursors;
export type MembersPage = { readonly members: readonly Member[] } & Cursors;
export type LegsPage = { readonly legs: readonly Leg[] } & Cursors;

type PageParameters = {
  readonly order?: Nullable<PresentingOrder>;
  /** From 1 to 100. */
  readonly pageSize?: Nullable<number>;
  readonly cursor?: Nullable<string>;
};
export type GetConversationsParameters = PageParameters & {
  readonly includeCustomData?: Nullable<boolean>;
  readonly orderBy?: Nullable<OrderBy>;
};
export type GetConversationMembersParameters = PageParameters;
export type GetCallLegsParameters = PageParameters;
export type GetConversationEventsParameters = PageParameters & {
  /** At most five, such as `message`, `member:joined`, `custom:mine`. */
  readonly eventFilter?: Nullable<readonly string[]>;
  readonly includeDeletedEvents?: Nullable<boolean>;
  readonly startId?: Nullable<number>;
};

type Properties = {
  readonly name: string;
  readonly displayName: string;
  readonly imageUrl: string;
  readonly ttl: number;
  readonly customSortKey: string;
  readonly customData: CustomData;
};
export type CreateConversationParameters = { readonly [Key in keyof Properties]?: Nullable<Properties[Key]> };
/** A value or `some(value)` sets, `null` or `some(null)` resets, `none()` or leaving it out leaves it as it is. */
export type UpdateConversationParameters = {
  readonly [Key in keyof Properties]?: Nullable<Properties[Key]> | Option<Properties[Key] | null>;
};
