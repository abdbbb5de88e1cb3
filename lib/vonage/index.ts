/**
 * The API of the Vonage Client SDK for JavaScript over the streams of this package: sessions, conversations and
 * messages. An application written against that document runs as it stands, also after the hosted messaging has gone,
 * and finds the streams behind it in `client.streams`.
 */
export { VonageClient } from './client.js';
export {
  ClientConfig,
  ClientInitConfig,
  convertInitConfig,
  type ClientConfigObject,
  type ClientInitConfigObject,
  type VonagePlatform,
} from './config.js';
export {
  ConfigRegion,
  ConversationState,
  CSErrorCodes,
  LoggingLevel,
  MemberChannelType,
  MemberState,
  OrderBy,
  PresentingOrder,
  SessionErrorCodes,
  SessionErrorReason,
  Topics,
  VonageErrorType,
} from './enums.js';
export { VonageError } from './error.js';
export type {
  ConversationEvent,
  CustomConversationEvent,
  EphemeralConversationEvent,
  EventDeleteEvent,
  EventFrom,
  MemberInvitedEvent,
  MemberJoinedEvent,
  MemberLeftEvent,
  MessageAudioEvent,
  MessageCustomEvent,
  MessageDeliveredEvent,
  MessageFileEvent,
  MessageImageEvent,
  MessageLocationEvent,
  MessageRejectedEvent,
  MessageSeenEvent,
  MessageSubmittedEvent,
  MessageTemplateEvent,
  MessageTextEvent,
  MessageUndeliverableEvent,
  MessageVCardEvent,
  MessageVideoEvent,
} from './event.js';
export type { TypedEvents } from './listeners.js';
export { createVonageLogger, type LogTopic, type OnLog, type VonageLogger } from './loggers.js';
export type {
  Channel,
  Conversation,
  ConversationProperties,
  ConversationsPage,
  CreateConversationParameters,
  CustomData,
  EventsPage,
  GetConversationEventsParameters,
  GetConversationMembersParameters,
  GetConversationsParameters,
  Json,
  JsonObject,
  Location,
  Member,
  MemberChannel,
  MembersPage,
  MemberStatus,
  MemberStatuses,
  MemberTimestamp,
  Template,
  Timestamp,
  UpdateConversationParameters,
  User,
  UserChannels,
  Whatsapp,
} from './model.js';
export { mapOption, none, Option, some, type None, type Nullable, type Some } from './option.js';
