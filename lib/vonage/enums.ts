/** Adds the key names of version 1, not enumerable. */
function spelled<Now extends object, Before extends object>(now: Now, before: Before): Now & Before {
  const hidden = Object.entries(before).map(([key, value]) => [key, { value: value as unknown }] as const);
  return Object.defineProperties(now, Object.fromEntries(hidden)) as Now & Before;
}

/** Where the hosted service has its servers. */
export const ConfigRegion = { US: 'US', EU: 'EU', AP: 'AP' } as const;
export type ConfigRegion = (typeof ConfigRegion)[keyof typeof ConfigRegion];

/** In which order a page lists: oldest first, or newest. */
export const PresentingOrder = { ASC: 'asc', DESC: 'desc' } as const;
export type PresentingOrder = (typeof PresentingOrder)[keyof typeof PresentingOrder];

/** Sort key of a list of conversations. */
export const OrderBy = { CREATED: 'created', CUSTOM_SORT_KEY: 'custom_sort_key' } as const;
export type OrderBy = (typeof OrderBy)[keyof typeof OrderBy];

/** State of a conversation. */
export const ConversationState = { Active: 'ACTIVE', Inactive: 'INACTIVE', Deleted: 'DELETED' } as const;
export type ConversationState = (typeof ConversationState)[keyof typeof ConversationState];

/** State of a membership. */
export const MemberState = { Invited: 'INVITED', Joined: 'JOINED', Left: 'LEFT', Unknown: 'UNKNOWN' } as const;
export type MemberState = (typeof MemberState)[keyof typeof MemberState];

/** Channel of a member. `sip` is lower case, as in the document. */
export const MemberChannelType = /*#__PURE__*/ spelled(
  {
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
  } as const,
  {
    APP: 'APP',
    PHONE: 'PHONE',
    PSTN: 'PSTN',
    sip: 'sip',
    VBC: 'VBC',
    WEBSOCKET: 'WEBSOCKET',
    SMS: 'SMS',
    MMS: 'MMS',
    WHATSAPP: 'WHATSAPP',
    VIBER: 'VIBER',
    MESSENGER: 'MESSENGER',
  } as const,
);
export type MemberChannelType = (typeof MemberChannelType)[keyof typeof MemberChannelType];

/** Reason of `sessionError`: the token has expired, or five reconnects have failed. */
export const SessionErrorReason = /*#__PURE__*/ spelled(
  {
    ExpiredToken: 'EXPIRED_TOKEN',
    TransportClosed: 'TRANSPORT_CLOSED',
    PingTimeout: 'PING_TIMEOUT',
  } as const,
  {
    EXPIRED_TOKEN: 'EXPIRED_TOKEN',
    TRANSPORT_CLOSED: 'TRANSPORT_CLOSED',
    PING_TIMEOUT: 'PING_TIMEOUT',
  } as const,
);
export type SessionErrorReason = (typeof SessionErrorReason)[keyof typeof SessionErrorReason];

/** Origin of an error: service, network, session or client. */
export const VonageErrorType = /*#__PURE__*/ spelled(
  {
    CsError: 'CS_ERROR',
    NetworkError: 'NETWORK_ERROR',
    SessionError: 'SESSION_ERROR',
    InternalError: 'INTERNAL_ERROR',
    UnknownError: 'UNKNOWN_ERROR',
  } as const,
  {
    CS_ERROR: 'CS_ERROR',
    NETWORK_ERROR: 'NETWORK_ERROR',
    SESSION_ERROR: 'SESSION_ERROR',
    INTERNAL_ERROR: 'INTERNAL_ERROR',
    UNKNOWN_ERROR: 'UNKNOWN_ERROR',
  } as const,
);
export type VonageErrorType = (typeof VonageErrorType)[keyof typeof VonageErrorType];

/** The service's own words in a `VonageError` of type `CS_ERROR`, as `error.code` has them. */
export const CSErrorCodes = /*#__PURE__*/ spelled(
  {
    ConversationDuplicateName: 'conversation:error:duplicate-name',
    MemberAlreadyJoined: 'conversation:error:member-already-joined',
    MemberAlreadyInvited: 'conversation:error:member-already-invited',
    ConversationNotFound: 'conversation:error:not-found',
    MemberNotFound: 'conversation:error:member-not-found',
    UserNotFound: 'user:error:not-found',
    InvalidCursor: 'paginator-builder:error:invalid-cursor',
    ValidationFail: 'http:error:validation-fail',
    ConversationMaxNumberOfMembers: 'conversation:error:maximum-number-of-members',
    CustomDataOverallLimitExceeded: 'custom-data:error:max-data-sum-limit-exceeded',
  } as const,
  {
    CONVERSATION_DUPLICATE_NAME: 'conversation:error:duplicate-name',
    MEMBER_ALREADY_JOINED: 'conversation:error:member-already-joined',
    MEMBER_ALREADY_INVITED: 'conversation:error:member-already-invited',
    CONVERSATION_NOT_FOUND: 'conversation:error:not-found',
    MEMBER_NOT_FOUND: 'conversation:error:member-not-found',
    USER_NOT_FOUND: 'user:error:not-found',
    INVALID_CURSOR: 'paginator-builder:error:invalid-cursor',
    VALIDATION_FAIL: 'http:error:validation-fail',
    CONVERSATION_MAX_NUMBER_OF_MEMBERS: 'conversation:error:maximum-number-of-members',
    CUSTOM_DATA_OVERALL_LIMIT_EXCEEDED: 'custom-data:error:max-data-sum-limit-exceeded',
  } as const,
);
export type CSErrorCodes = (typeof CSErrorCodes)[keyof typeof CSErrorCodes];

/** The words in a `VonageError` of type `SESSION_ERROR`. */
export const SessionErrorCodes = /*#__PURE__*/ spelled(
  {
    EmptyToken: 'session:error:empty-token',
    ForcedDisconnect: 'session:error:server-forced-disconnect',
    Timeout: 'session:error:timeout',
    InternalFailure: 'session:error:internal-failure',
    NoActiveSession: 'session:error:no-active-session',
    AlreadyActiveSession: 'session:error:already-active-session',
    InvalidToken: 'session:error:invalid-token',
    ExpiredToken: 'session:error:expired-token',
    InvalidUser: 'user:error:invalid-user',
    AuthorizationError: 'system:error:permission',
    InvalidSession: 'session:error:invalid-session',
    MaxOpenSessions: 'session:error:max-open-sessions-permitted',
    InvalidSocketTransport: 'session:error:websocket-transport-invalid',
    ClientDisconnect: 'session:disconnect:client-disconnect',
    PingTimeoutDisconnect: 'session:disconnect:ping-timeout',
    TransportClosedDisconnect: 'session:disconnect:websocket-transport-closed',
  } as const,
  {
    EMPTY_TOKEN: 'session:error:empty-token',
    FORCED_DISCONNECT: 'session:error:server-forced-disconnect',
    TIMEOUT: 'session:error:timeout',
    INTERNAL_FAILURE: 'session:error:internal-failure',
    NO_ACTIVE_SESSION: 'session:error:no-active-session',
    ALREADY_ACTIVE_SESSION: 'session:error:already-active-session',
    INVALID_TOKEN: 'session:error:invalid-token',
    EXPIRED_TOKEN: 'session:error:expired-token',
    INVALID_USER: 'user:error:invalid-user',
    AUTHORIZATION_ERROR: 'system:error:permission',
    INVALID_SESSION: 'session:error:invalid-session',
    MAX_OPEN_SESSIONS: 'session:error:max-open-sessions-permitted',
    INVALID_SOCKET_TRANSPORT: 'session:error:websocket-transport-invalid',
    CLIENT_DISCONNECT: 'session:disconnect:client-disconnect',
    PING_TIMEOUT_DISCONNECT: 'session:disconnect:ping-timeout',
    TRANSPORT_CLOSED_DISCONNECT: 'session:disconnect:websocket-transport-closed',
  } as const,
);
export type SessionErrorCodes = (typeof SessionErrorCodes)[keyof typeof SessionErrorCodes];

/** State of a leg. */
export const LegStatus = /*#__PURE__*/ spelled(
  {
    Ringing: 'RINGING',
    Answered: 'ANSWERED',
    Completed: 'COMPLETED',
  } as const,
  {
    RINGING: 'RINGING',
    ANSWERED: 'ANSWERED',
    COMPLETED: 'COMPLETED',
  } as const,
);
export type LegStatus = (typeof LegStatus)[keyof typeof LegStatus];

/** Why a call has ended: who hung up, or what went wrong. */
export const HangupReason = /*#__PURE__*/ spelled(
  {
    RemoteHangup: 'REMOTE_HANGUP',
    RemoteReject: 'REMOTE_REJECT',
    RemoteNoAnswerTimeout: 'REMOTE_NO_ANSWER_TIMEOUT',
    LocalHangup: 'LOCAL_HANGUP',
    MediaTimeout: 'MEDIA_TIMEOUT',
  } as const,
  {
    REMOTE_HANGUP: 'REMOTE_HANGUP',
    REMOTE_REJECT: 'REMOTE_REJECT',
    REMOTE_NO_ANSWER_TIMEOUT: 'REMOTE_NO_ANSWER_TIMEOUT',
    LOCAL_HANGUP: 'LOCAL_HANGUP',
    MEDIA_TIMEOUT: 'MEDIA_TIMEOUT',
  } as const,
);
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
export const CallDisconnectReason = /*#__PURE__*/ spelled(
  {
    NetworkChange: 'networkChange',
  } as const,
  {
    networkChange: 'networkChange',
  } as const,
);
export type CallDisconnectReason = (typeof CallDisconnectReason)[keyof typeof CallDisconnectReason];

/** Channel of a caller. */
export const VoiceChannelType = /*#__PURE__*/ spelled(
  {
    App: 'app',
    Phone: 'phone',
    Sip: 'sip',
    Websocket: 'websocket',
  } as const,
  {
    app: 'app',
    phone: 'phone',
    sip: 'sip',
    websocket: 'websocket',
  } as const,
);
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

/** Topic of a log line. This client uses `HTTP`, `WS` and `API`. */
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
