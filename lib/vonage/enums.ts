/** Where the hosted service has its servers. */
export const ConfigRegion = { US: 'US', EU: 'EU', AP: 'AP' } as const;
export type ConfigRegion = (typeof ConfigRegion)[keyof typeof ConfigRegion];

/** In which order a page lists: oldest first, or newest. */
export const PresentingOrder = { ASC: 'asc', DESC: 'desc' } as const;
export type PresentingOrder = (typeof PresentingOrder)[keyof typeof PresentingOrder];

/** What a list of conversations is ordered by. */
export const OrderBy = { CREATED: 'created', CUSTOM_SORT_KEY: 'custom_sort_key' } as const;
export type OrderBy = (typeof OrderBy)[keyof typeof OrderBy];

/** Whether a conversation is in use. */
export const ConversationState = { Active: 'ACTIVE', Inactive: 'INACTIVE', Deleted: 'DELETED' } as const;
export type ConversationState = (typeof ConversationState)[keyof typeof ConversationState];

/** How somebody stands to a conversation. */
export const MemberState = { Invited: 'INVITED', Joined: 'JOINED', Left: 'LEFT', Unknown: 'UNKNOWN' } as const;
export type MemberState = (typeof MemberState)[keyof typeof MemberState];

/** By what a member takes part. One value is in lower case, as the document's client has it. */
export const MemberChannelType = {
  App: 'APP',
  Phone: 'PHONE',
  Pstn: 'PSTN',
  Sip: 'sip',
  Vbc: 'VBC',
  Websocket: 'WEBSOCKET',
  Sms: 'SMS',
  Mms: 'MMS',
  Whatsapp: 'WHATSAPP',
  Viber: 'VIBER',
  Messenger: 'MESSENGER',
} as const;
export type MemberChannelType = (typeof MemberChannelType)[keyof typeof MemberChannelType];

/** What `sessionError` tells: the token is accepted no more, or the line has been away for five attempts, and why. */
export const SessionErrorReason = {
  ExpiredToken: 'EXPIRED_TOKEN',
  TransportClosed: 'TRANSPORT_CLOSED',
  PingTimeout: 'PING_TIMEOUT',
} as const;
export type SessionErrorReason = (typeof SessionErrorReason)[keyof typeof SessionErrorReason];

/** Who says that something went wrong: the service, the network, the session, or the client itself. */
export const VonageErrorType = {
  CsError: 'CS_ERROR',
  NetworkError: 'NETWORK_ERROR',
  SessionError: 'SESSION_ERROR',
  InternalError: 'INTERNAL_ERROR',
  UnknownError: 'UNKNOWN_ERROR',
} as const;
export type VonageErrorType = (typeof VonageErrorType)[keyof typeof VonageErrorType];

/**
 * The service's own words in a `VonageError` of type `CS_ERROR`. The last two were never seen on a wire: they are
 * spelled as the others are.
 */
export const CSErrorCodes = {
  ConversationDuplicateName: 'conversation:error:duplicate-name',
  MemberAlreadyJoined: 'conversation:error:member-already-joined',
  MemberAlreadyInvited: 'conversation:error:member-already-invited',
  ConversationNotFound: 'conversation:error:not-found',
  MemberNotFound: 'conversation:error:member-not-found',
  UserNotFound: 'user:error:not-found',
  InvalidCursor: 'paginator-builder:error:invalid-cursor',
  ValidationFail: 'http:error:validation-fail',
  ConversationMaxNumberOfMembers: 'conversation:error:max-number-of-members',
  CustomDataOverallLimitExceeded: 'conversation:error:custom-data-overall-limit-exceeded',
} as const;
export type CSErrorCodes = (typeof CSErrorCodes)[keyof typeof CSErrorCodes];

/** The words in a `VonageError` of type `SESSION_ERROR`. */
export const SessionErrorCodes = {
  EmptyToken: 'session:error:empty-token',
  ForcedDisconnect: 'session:error:forced-disconnect',
  Timeout: 'session:error:timeout',
  InternalFailure: 'session:error:internal-failure',
  NoActiveSession: 'session:error:no-active-session',
  AlreadyActiveSession: 'session:error:already-active-session',
  InvalidToken: 'session:error:invalid-token',
  ExpiredToken: 'session:error:expired-token',
  InvalidUser: 'session:error:invalid-user',
  AuthorizationError: 'session:error:authorization-error',
  InvalidSession: 'session:error:invalid-session',
  MaxOpenSessions: 'session:error:max-open-sessions-permitted',
  InvalidSocketTransport: 'session:error:invalid-socket-transport',
  ClientDisconnect: 'session:error:client-disconnect',
  PingTimeoutDisconnect: 'session:error:ping-timeout-disconnect',
  TransportClosedDisconnect: 'session:error:transport-closed-disconnect',
} as const;
export type SessionErrorCodes = (typeof SessionErrorCodes)[keyof typeof SessionErrorCodes];

/** How far a party of a call has got. */
export const LegStatus = { Ringing: 'RINGING', Answered: 'ANSWERED', Completed: 'COMPLETED' } as const;
export type LegStatus = (typeof LegStatus)[keyof typeof LegStatus];

/** Why a call has ended: who hung up, or what went wrong. */
export const HangupReason = {
  RemoteHangup: 'REMOTE_HANGUP',
  RemoteReject: 'REMOTE_REJECT',
  RemoteNoAnswerTimeout: 'REMOTE_NO_ANSWER_TIMEOUT',
  LocalHangup: 'LOCAL_HANGUP',
  MediaTimeout: 'MEDIA_TIMEOUT',
} as const;
export type HangupReason = (typeof HangupReason)[keyof typeof HangupReason];

/** Why an incoming call rings no more. */
export const CancelReason = {
  RemoteCancel: 'RemoteCancel',
  AnsweredElsewhere: 'AnsweredElsewhere',
  RejectedElsewhere: 'RejectedElsewhere',
  RemoteTimeout: 'RemoteTimeout',
} as const;
export type CancelReason = (typeof CancelReason)[keyof typeof CancelReason];

/** Why the sound of a call has stopped. */
export const CallDisconnectReason = { NetworkChange: 'networkChange' } as const;
export type CallDisconnectReason = (typeof CallDisconnectReason)[keyof typeof CallDisconnectReason];

/** By what somebody calls. */
export const VoiceChannelType = { App: 'app', Phone: 'phone', Sip: 'sip', Websocket: 'websocket' } as const;
export type VoiceChannelType = (typeof VoiceChannelType)[keyof typeof VoiceChannelType];

/** How much a logger hears, from everything to almost nothing. */
export const LoggingLevel = {
  Verbose: 'Verbose',
  Debug: 'Debug',
  Info: 'Info',
  Warn: 'Warn',
  Error: 'Error',
  Assert: 'Assert',
} as const;
export type LoggingLevel = (typeof LoggingLevel)[keyof typeof LoggingLevel];

/** What a line of a log is about. This client speaks of `HTTP`, `WS` and `API`. */
export const Topics = {
  HTTP: 'HTTP',
  WS: 'WS',
  MEDIA: 'MEDIA',
  API: 'API',
  STORE: 'STORE',
  REDUCER: 'REDUCER',
  EMERGENCY: 'EMERGENCY',
  DEFAULT: 'DEFAULT',
} as const;
export type Topics = (typeof Topics)[keyof typeof Topics];
