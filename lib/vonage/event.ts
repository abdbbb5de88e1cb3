import type { Anything, Channel, MemberStatus, Nullable, User, Whatsapp, Cursors } from './model.js';

/** A member that an event comes from. */
export type EmbeddedInfo = { kind: 'embeddedInfo'; memberId: string; user: User };
/** The service itself. */
export type System = { kind: 'system' };
/** Sender of an event. */
export type EventFrom = EmbeddedInfo | System;

type Head<Kind extends string> = {
  kind: Kind;
  id: number;
  timestamp: string;
  conversationId: string;
  from: EventFrom;
};

/** `deleted`: when it was deleted. */
type Deletable = { deleted: string | null };

export type MemberEventBody = { memberId: string; user: User; channel: Channel };
export type MessageTextEventBody = { text: string } & Deletable;
export type MessageImageEventBody = { imageUrl: string } & Deletable;
export type MessageAudioEventBody = { audioUrl: string } & Deletable;
export type MessageVideoEventBody = { videoUrl: string } & Deletable;
export type MessageFileEventBody = { fileUrl: string } & Deletable;
export type MessageVCardEventBody = { vcardUrl: string } & Deletable;
export type MessageLocationEventBody = {
  location: { latitude: string; longitude: string; name: Nullable<string>; address: Nullable<string> };
} & Deletable;
/** With an empty body within, as the document's client has it. */
export type MessageTemplateEventBody = {
  body: Anything;
  template: { name: string; parameters: Nullable<string[]> };
  whatsapp: Whatsapp;
} & Deletable;
export type MessageCustomEventBody = { customData: Anything } & Deletable;

type MemberEvent<Kind extends string> = Head<`member:${Kind}`> & { body: MemberEventBody };
type Said<Kind extends string, Body> = Head<`message:${Kind}`> & { body: Body };
/** `null` where the service has sent no receipts. */
type MessageEvent<Kind extends string, Body> = Said<Kind, Body> & { memberStatuses: MemberStatus };
type EventOnEvent<Kind extends string> = Head<Kind> & { body: { eventId: number } };

export type MemberInvitedEvent = MemberEvent<'invited'>;
export type MemberJoinedEvent = MemberEvent<'joined'>;
export type MemberLeftEvent = MemberEvent<'left'>;
export type MessageTextEvent = MessageEvent<'text', MessageTextEventBody>;
export type MessageImageEvent = MessageEvent<'image', MessageImageEventBody>;
export type MessageAudioEvent = MessageEvent<'audio', MessageAudioEventBody>;
export type MessageVideoEvent = MessageEvent<'video', MessageVideoEventBody>;
export type MessageFileEvent = MessageEvent<'file', MessageFileEventBody>;
export type MessageVCardEvent = MessageEvent<'vcard', MessageVCardEventBody>;
export type MessageLocationEvent = MessageEvent<'location', MessageLocationEventBody>;
/** The field is named `memberStatus`, as in the document's client. */
export type MessageTemplateEvent = Said<'template', MessageTemplateEventBody> & {
  memberStatus: Anything;
  memberStatuses?: MemberStatus;
};
export type MessageCustomEvent = MessageEvent<'custom', MessageCustomEventBody>;
export type MessageSeenEvent = EventOnEvent<'message:seen'>;
export type MessageDeliveredEvent = EventOnEvent<'message:delivered'>;
export type MessageRejectedEvent = EventOnEvent<'message:rejected'>;
export type MessageSubmittedEvent = EventOnEvent<'message:submitted'>;
export type MessageUndeliverableEvent = EventOnEvent<'message:undeliverable'>;
export type EventDeleteEvent = EventOnEvent<'event:delete'>;
export type CustomConversationEvent = Head<'custom'> & { eventType: Nullable<string>; body: Anything };
/** For the moment only: it has no number. */
export type EphemeralConversationEvent = Omit<Head<'ephemeral'>, 'id'> & { body: Anything };

/** Stored events, which have a number. */
export type PersistentConversationEvent =
  | MemberInvitedEvent
  | MemberJoinedEvent
  | MemberLeftEvent
  | MessageTextEvent
  | MessageImageEvent
  | MessageAudioEvent
  | MessageVideoEvent
  | MessageFileEvent
  | MessageVCardEvent
  | MessageLocationEvent
  | MessageTemplateEvent
  | MessageCustomEvent
  | MessageSeenEvent
  | MessageDeliveredEvent
  | MessageRejectedEvent
  | MessageSubmittedEvent
  | MessageUndeliverableEvent
  | EventDeleteEvent
  | CustomConversationEvent;

/** The twenty kinds of the document; `kind` tells them apart. */
export type ConversationEvent = PersistentConversationEvent | EphemeralConversationEvent;

/** One page of the events of a conversation. */
export type EventsPage = { events: PersistentConversationEvent[] } & Cursors;
