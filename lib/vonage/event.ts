import type { Channel, Json, Location, MemberStatuses, Template, User, Whatsapp } from './model.js';

/** Who an event comes from: a member, or the service itself. */
export type EventFrom =
  { readonly kind: 'embeddedInfo'; readonly memberId: string; readonly user: User } | { readonly kind: 'system' };

type Head<Kind extends string> = {
  readonly kind: Kind;
  readonly id: number;
  readonly timestamp: string;
  readonly conversationId: string;
  readonly from: EventFrom;
};

type MemberEvent<Kind extends string> = Head<`member:${Kind}`> & {
  readonly body: { readonly memberId: string; readonly user: User; readonly channel: Channel | null };
};

/** `deleted`: when it was deleted. */
type Said<Kind extends string, Body> = Head<`message:${Kind}`> & {
  readonly body: Body & { readonly deleted: string | null };
};
type MessageEvent<Kind extends string, Body> = Said<Kind, Body> & { readonly memberStatuses: MemberStatuses | null };

type EventOnEvent<Kind extends string> = Head<Kind> & { readonly body: { readonly eventId: number } };

export type MemberInvitedEvent = MemberEvent<'invited'>;
export type MemberJoinedEvent = MemberEvent<'joined'>;
export type MemberLeftEvent = MemberEvent<'left'>;
export type MessageTextEvent = MessageEvent<'text', { readonly text: string }>;
export type MessageImageEvent = MessageEvent<'image', { readonly imageUrl: string }>;
export type MessageAudioEvent = MessageEvent<'audio', { readonly audioUrl: string }>;
export type MessageVideoEvent = MessageEvent<'video', { readonly videoUrl: string }>;
export type MessageFileEvent = MessageEvent<'file', { readonly fileUrl: string }>;
export type MessageVCardEvent = MessageEvent<'vcard', { readonly vcardUrl: string }>;
export type MessageLocationEvent = MessageEvent<'location', { readonly location: Location }>;
/** Its field is called `memberStatus`, and its body has an empty one within, as the document's client has them. */
export type MessageTemplateEvent = Said<
  'template',
  { readonly body: Readonly<Record<string, never>>; readonly template: Template; readonly whatsapp: Whatsapp }
> & { readonly memberStatus: MemberStatuses | null };
export type MessageCustomEvent = MessageEvent<'custom', { readonly customData: Json }>;
export type MessageSeenEvent = EventOnEvent<'message:seen'>;
export type MessageDeliveredEvent = EventOnEvent<'message:delivered'>;
export type MessageRejectedEvent = EventOnEvent<'message:rejected'>;
export type MessageSubmittedEvent = EventOnEvent<'message:submitted'>;
export type MessageUndeliverableEvent = EventOnEvent<'message:undeliverable'>;
export type EventDeleteEvent = EventOnEvent<'event:delete'>;
export type CustomConversationEvent = Head<'custom'> & { readonly eventType: `custom:${string}`; readonly body: Json };
/** For the moment only: it has no number. */
export type EphemeralConversationEvent = Omit<Head<'ephemeral'>, 'id'> & { readonly body: Json };

/** The twenty kinds of the document; `kind` tells them apart. */
export type ConversationEvent =
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
  | CustomConversationEvent
  | EphemeralConversationEvent;
