import type { ConversationState, MemberChannelType, MemberState, OrderBy, PresentingOrder } from './enums.js';
import type { Nullable, Option } from './option.js';

export type { Nullable };

/** A JSON object or array, as the document types it. */
export type Json = { [property: string]: Json | JsonValue } | Json[];
export type JsonObject = { [property: string]: Json | JsonValue };
export type JsonValue = object | null | boolean | string | number;

/** Custom data of an application, which it can type itself; untyped in the document's client. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- An application reads its own data without a cast.
export type Anything = any;

/** JSON, or the text of it; 2 MB at the most. */
export type CustomData = Json | string;

/** A channel of a user. */
export type Channel = { id: string | null; number: string | null };

/** Channels of a user. */
export type UserChannels = {
  [
    Kind in 'app' | 'phone' | 'pstn' | 'sip' | 'vbc' | 'websocket' | 'sms' | 'mms' | 'whatsapp' | 'viber' | 'messenger'
  ]: Channel[] | null;
};

/** When something was made, changed and ended. ISO 8601. */
export type Timestamp = {
  created: string | null;
  updated: string | null;
  destroyed: string | null;
};

export type User = {
  id: string;
  name: string;
  displayName: string | null;
  channels: UserChannels | null;
  timestamp: Timestamp | null;
  imageUrl: string | null;
  customData: Anything;
};

export type MemberTimestamp = {
  invited: string | null;
  joined: string | null;
  left: string | null;
};
export type MemberChannel = {
  type: MemberChannelType;
  from: Channel | null;
  to: Channel | null;
};
export type Member = {
  id: string;
  state?: MemberState;
  user: User | null;
  channel?: MemberChannel;
  timestamp: MemberTimestamp | null;
};

export type ConversationProperties = {
  ttl: number | null;
  customSortKey: string | null;
  /** `null` where absent or not requested. */
  customData: Anything;
};
export type Conversation = {
  id: string;
  name: string;
  timestamp: Timestamp;
  /** One's own membership; `null` where one has none. */
  memberId: string | null;
  memberState?: MemberState;
  displayName: string | null;
  imageUrl: string | null;
  state?: ConversationState;
  properties: ConversationProperties;
};

/** Times of the receipts of one member, ISO 8601; `null` where there is none. */
export type EventState = {
  [Step in 'seen' | 'delivered' | 'submitted' | 'rejected' | 'undeliverable']: string | null;
} & { current: 'seen' | 'delivered' | 'submitted' | 'rejected' | 'undeliverable' | 'none' };
/** Receipts by member id. */
export type MemberStatus = Record<string, EventState>;
export type MemberStatuses = MemberStatus;

export type Location = {
  latitude: string;
  longitude: string;
  name?: Nullable<string>;
  address?: Nullable<string>;
};
export type Template = { name: string; parameters?: Nullable<string[]> };
export type Whatsapp = { policy: string; locale: string };

/** One end of a leg. */
export type LegChannel = { type: string; user: string | null; number: string | null };
/** One party of a call, as the service keeps it. Times are ISO 8601. */
export type Leg = {
  id: string;
  type: string;
  direction: string;
  conversationId: string;
  status: string;
  startTime: string;
  /** End time; empty while the leg is live. */
  endTime: string;
  from: LegChannel;
  to: LegChannel;
  mediaState:
    | {
        [State in 'mute' | 'earmuff' | 'play_stream' | 'recording' | 'transcribing' | 'tts']: boolean;
      }
    | null;
};

/** Parameters of text to speech in a call. */
export type CallSayParams = {
  text: string;
  /** Loudness, from -1 to 1; 1 unless given. */
  level?: Nullable<number>;
  /** Repetitions; 0 until the call ends. Default: 1. */
  loop?: Nullable<number>;
  /** Queues the text behind speech that still plays. Default: true. */
  queue?: Nullable<boolean>;
  /** A voice of the service; `amy` unless given. */
  voiceName?: Nullable<string>;
  /** True when `text` is SSML. Default: when it begins with `<speak`. */
  ssml?: Nullable<boolean>;
};

/** Quality report of the service for a whole call; a missing value is 0. */
export type RTCQuality = {
  /** Mean opinion score, from 1 to 4.5. */
  mos_score: number;
  /** From 0 to 100. */
  quality_percentage: number;
  jitter_min_var: number;
  jitter_max_var: number;
  jitter_loss_rate: number;
  jitter_burst_rate: number;
  flaw_total: number;
  packet_cnt: number;
  /** In percent. */
  packet_loss_perc: number;
};

/** Media counters of a call since it began. Jitter and round trip in seconds, 0 until measured. */
export type RtcStats = {
  audioRecvPackets: number;
  audioRecvPacketsLost: number;
  audioRecvBytes: number;
  audioRecvJitter: number;
  /** Counters of the sent stream, as the far side reports them. */
  audioSentPackets: number;
  audioSentPacketsLost: number;
  audioSentBytes: number;
  audioSentJitter: number;
  audioRtt: number;
};
export type ConversationsPage = { conversations: Conversation[] } & Cursors;
export type MembersPage = { members: Member[] } & Cursors;
export type LegsPage = { legs: Leg[] } & Cursors;

type PageParameters = {
  order?: Nullable<PresentingOrder>;
  /** From 1 to 100. */
  pageSize?: Nullable<number>;
  cursor?: Nullable<string>;
};
export type GetConversationsParameters = PageParameters & {
  includeCustomData?: Nullable<boolean>;
  orderBy?: Nullable<OrderBy>;
};
export type GetConversationMembersParameters = PageParameters;
export type GetCallLegsParameters = PageParameters;
export type GetConversationEventsParameters = PageParameters & {
  /** At most five, such as `message`, `member:joined`, `custom:mine`. */
  eventFilter?: Nullable<string[]>;
  includeDeletedEvents?: Nullable<boolean>;
  startId?: Nullable<number>;
};

type Properties = {
  name: string;
  displayName: string;
  imageUrl: string;
  ttl: number;
  customSortKey: string;
  customData: CustomData;
};
export type CreateConversationParameters = { [Key in keyof Properties]?: Nullable<Properties[Key]> };
/** A value or `some(value)` sets, `null` or `some(null)` resets, `none()` or leaving it out leaves it as it is. */
export type UpdateConversationParameters = {
  [Key in keyof Properties]?: Nullable<Properties[Key]> | Option<Properties[Key] | null>;
};

/** Cursors of the adjacent pages, opaque. */
export type Cursors = { previousCursor: string | null; nextCursor: string | null };
