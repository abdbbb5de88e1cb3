export { createClient } from './client/client.js';
export type {
  Client,
  ClientOptions,
  CreateClient,
  DeviceChoice,
  ForCall,
  InviteOptions,
  MessageOptions,
  Session,
} from './client/model.js';
export type { EndCause } from './call/cause.js';
export type {
  Call,
  CallEnd,
  CallEvent,
  CallId,
  CallStatus,
  Flow,
  Headers,
  Identity,
  Leg,
  MediaStats,
  QualitySummary,
  Referral,
  Speech,
  TextMessage,
  Transfer,
} from './call/model.js';
export type { Calling, CallingContext, CallingOrder, CallingReport, TextOrder, TextReport } from './call/calling.js';
export type { CallOrder, CallReport, Context, Destination, Microphone, Place, Restart } from './call/port.js';
export type { Quality, QualityWarning } from './call/quality.js';
export type { Preflight, PreflightOptions, PreflightReport, PreflightStep } from './client/model.js';
export { callReducer } from './client/call-reducer.js';
export type { ClientCallReducer } from './client/state.js';
export { contentOf } from './conversation/content.js';
export type { Messaging } from './conversation/port.js';
export type {
  Channel,
  Content,
  Conversation,
  ConversationEvent,
  ConversationId,
  ConversationInfo,
  ConversationProperties,
  Ephemeral,
  EventId,
  From,
  Gap,
  Gone,
  LegInfo,
  LegParty,
  ListedConversation,
  Location,
  Member,
  MemberId,
  MemberState,
  MemberStatus,
  MemberStatuses,
  Message,
  Page as PageOf,
  Presence,
  PresenceState,
  Receipt,
  Said,
  Sent,
  StreamEvent,
  Template,
  TimelineEvent,
  Timestamp,
  Typing,
  Unknown,
  Unsent,
  User,
  Whatsapp,
} from './conversation/model.js';
export type {
  Ask,
  ConversationChanges,
  ConversationReport,
  Conversing,
  ConversingOrder,
  ConversingReport,
  ConversationsOptions,
  EventsOptions,
  NewConversation,
  OutboxStorage,
  PageOptions,
  Request,
  StoredMessage,
  Verb,
  Verbs,
} from './conversation/port.js';
export type { Timeline } from './conversation/timeline.js';
export { createMessaging } from './conversation/room.js';
export { isLeft, isRight, left, right, type Either, type Left, type Right } from './core/either.js';
export { fault, type Fault, type FaultCode, type Problem } from './core/fault.js';
export type { Json, JsonObject } from './core/port.js';
export type { Outcome } from './core/port.js';
export type { Adapter, Done, Failure } from './core/port.js';
export { snapshot } from './core/streams.js';
export type { Millis, Ref } from './core/units.js';
export type { Lamp, LampState, Mailbox, MessageCount, WatchedDialog } from './subscriptions/model.js';
export type {
  CreateWatching,
  Grant,
  Notice as WatchNotice,
  Package,
  Watching,
  WatchId,
  WatchingContext,
  WatchNews,
  WatchOrder,
  WatchReport,
} from './subscriptions/port.js';
export type { ConnectionStatus, Line, LineUser, Registration, Verdict } from './line/model.js';
export type { LineOrder, LineReport, Registered } from './line/port.js';
export type {
  Choice,
  Device,
  Devices,
  InputSettings,
  OutputSettings,
  Page,
  Permission,
  Playback,
} from './media/model.js';
export type { DeviceOrder, DevicePort, DeviceReport, Ear, Media, Notice } from './media/port.js';
export type { Traits } from './call/port.js';
export type { CallPolicy } from './call/state.js';
