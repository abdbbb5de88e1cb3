// The client.
export { createClient } from './client/client.js';
export type {
  Client,
  ClientOptions,
  DeviceChoice,
  ForCall,
  InviteOptions,
  MessageOptions,
  Session,
} from './client/model.js';
export type { Calling } from './call/calling.js';
export type { Conversing } from './conversation/port.js';
export type { DevicePort, Notice } from './media/port.js';
export { snapshot } from './core/streams.js';

// Outcomes and faults.
export { isLeft, isRight, left, right, type Either } from './core/either.js';
export { fault, type Fault, type FaultCode, type Problem } from './core/fault.js';
export type { Json, JsonObject, Outcome } from './core/port.js';
export type { Millis } from './core/port.js';

// Lines.
export type { ConnectionStatus, Line, LineUser, Registration, Verdict } from './line/model.js';

// Calls.
export type { EndCause } from './call/cause.js';
export type {
  Call,
  CallEnd,
  CallEvent,
  CallId,
  CallStatus,
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
export type { Quality, QualityWarning } from './call/quality.js';

// Devices and the page.
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

// Subscriptions: dialog states (RFC 4235) and message summaries (RFC 3842).
export type { Lamp, LampState, Mailbox, MessageCount, WatchedDialog } from './subscriptions/model.js';

// Conversations.
export { contentOf } from './conversation/content.js';
export type {
  Content,
  Conversation,
  ConversationEvent,
  ConversationId,
  ConversationInfo,
  Ephemeral,
  EventId,
  From,
  Gap,
  Gone,
  LegInfo,
  ListedConversation,
  Member,
  MemberId,
  MemberState,
  Message,
  Page as PageOf,
  Presence,
  PresenceState,
  Receipt,
  Sent,
  StreamEvent,
  TimelineEvent,
  Timestamp,
  Typing,
  Unsent,
  User,
} from './conversation/model.js';
export type {
  ConversationChanges,
  ConversationsOptions,
  EventsOptions,
  Messaging,
  NewConversation,
  OutboxStorage,
  PageOptions,
  StoredMessage,
} from './conversation/port.js';
