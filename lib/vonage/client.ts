import type { Content, StreamEvent } from '../conversation/model.js';
import type { ClientConfigObject, ClientInitConfigObject, VonagePlatform } from './config.js';
import type { PersistentConversationEvent, EventsPage } from './event.js';
import { toVonageEvent } from './event-mapper.js';
import type { TypedEvents } from './listeners.js';
import type { Streams } from './login.js';
import type {
  Conversation,
  ConversationsPage,
  CreateConversationParameters,
  CustomData,
  GetConversationEventsParameters,
  GetConversationMembersParameters,
  GetConversationsParameters,
  Location,
  Member,
  MembersPage,
  Template,
  UpdateConversationParameters,
  User,
  Whatsapp,
} from './model.js';
import type { Nullable } from './option.js';
import {
  changes,
  conversationsOptions,
  eventsOptions,
  formOf,
  jsonOf,
  newConversation,
  pageOptions,
  placeOf,
} from './parameters.js';
import { toConversation, toMember, toPage, toUser } from './projection.js';
import { sessionsOf } from './session-registry.js';
import { createSessions } from './sessions.js';
import { ServerCalls } from './voice.js';

/**
 * The client of the Vonage Client SDK for JavaScript: sessions, conversations, messages and calls, as a window
 * on the streams.
 *
 *     const client = new VonageClient({ region: 'EU' });
 *     client.on('conversationEvent', event => render(event));
 *     await client.createSession(token);
 *
 * Every promise rejects with a `VonageError`; without a session, `session:error:no-active-session`. While the line is
 * away, what is sent waits for it in order, and what is asked waits up to 10 s. All timestamps are ISO 8601.
 */
export class VonageClient extends ServerCalls {
  constructor(config?: Nullable<ClientInitConfigObject>, platform: VonagePlatform = {}) {
    super(createSessions(config ?? {}, platform));
  }

  /** The client of the streams below this face; `undefined` without a session. */
  get streams(): Streams | undefined {
    return sessionsOf(this).streams();
  }

  /**
   * Registers a callback, also before there is a session and for all that come; gives what `off` takes. What it throws is
   * written to the console. A name that is no event gets a symbol, too, is never heard, and has a line in the log.
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- As many as the published types have.
  on<Name extends keyof TypedEvents, Callback extends TypedEvents[Name] = TypedEvents[Name]>(
    event: Name,
    callback: Callback,
  ): symbol {
    return sessionsOf(this).listeners.on(event, callback);
  }

  /** True when a callback was registered under this symbol; it is removed. */
  off(event: keyof TypedEvents, listener: symbol): boolean {
    return sessionsOf(this).listeners.off(event, listener);
  }

  /** Unregisters all callbacks of an event. */
  clearCallbacks(event: keyof TypedEvents): void {
    sessionsOf(this).listeners.clear(event);
  }

  /** Lays a configuration over the present one; it counts from the next session on. */
  setConfig(config: ClientConfigObject): void {
    sessionsOf(this).configure(config);
  }

  /**
   * Signs in, and gives the session's id; with one, that session is resumed. A session that is active is logged out
   * first. Rejects after 5 s with `session:error:timeout`, and when the service refuses with its reason.
   */
  createSession(token: string, sessionId?: Nullable<string>): Promise<string> {
    return sessionsOf(this).create(token, sessionId);
  }

  /** Logs out; resolves when nothing is left of the session, also when there was none. */
  deleteSession(): Promise<void> {
    return sessionsOf(this).end();
  }

  /** Replaces the token of the session. */
  refreshSession(token: string): Promise<void> {
    return sessionsOf(this).refresh(token);
  }

  /** By id, by name, or `me`. */
  getUser(idOrName: string): Promise<User> {
    return sessionsOf(this).ask(client => client.getUser(idOrName), toUser);
  }

  /** Gives the conversation's id. Its creator is no member until he joins. */
  createConversation(parameters?: Nullable<CreateConversationParameters>): Promise<string> {
    return sessionsOf(this).ask(client => client.createConversation(newConversation(parameters)), same);
  }

  /** By id or by name. */
  getConversation(idOrName: string): Promise<Conversation> {
    return sessionsOf(this).ask(client => client.getConversation(idOrName), toConversation);
  }

  /** Resolves with the updated conversation; absent properties stay. */
  updateConversation(id: string, parameters: UpdateConversationParameters): Promise<Conversation> {
    return sessionsOf(this).ask(client => client.updateConversation(id, changes(parameters)), toConversation);
  }

  deleteConversation(id: string): Promise<void> {
    return sessionsOf(this).ask(client => client.deleteConversation(id), nothing);
  }

  /** One page of those that the user is a member of. */
  getConversations(parameters?: Nullable<GetConversationsParameters>): Promise<ConversationsPage> {
    const options = conversationsOptions(parameters);
    return sessionsOf(this).ask(client => client.getConversations(options), toPage('conversations', toConversation));
  }

  /** Gives one's own member id. */
  joinConversation(id: string): Promise<string> {
    return sessionsOf(this).ask(client => client.joinConversation(id), same);
  }

  leaveConversation(id: string): Promise<void> {
    return sessionsOf(this).ask(client => client.leaveConversation(id), nothing);
  }

  /** Gives the member id of the invited. */
  inviteToConversation(id: string, userName: string): Promise<string> {
    return sessionsOf(this).ask(client => client.inviteToConversation(id, userName), same);
  }

  /** `me` is the own member. */
  getConversationMember(id: string, memberId: string): Promise<Member> {
    return sessionsOf(this).ask(client => client.getConversationMember(id, memberId), toMember);
  }

  /** One page. */
  getConversationMembers(id: string, parameters?: Nullable<GetConversationMembersParameters>): Promise<MembersPage> {
    const options = pageOptions(parameters);
    return sessionsOf(this).ask(client => client.getConversationMembers(id, options), toPage('members', toMember));
  }

  /** A page of stored events; kinds that the document lacks are omitted. */
  getConversationEvents(id: string, parameters?: Nullable<GetConversationEventsParameters>): Promise<EventsPage> {
    const options = eventsOptions(parameters);
    return sessionsOf(this).ask(client => client.getConversationEvents(id, options), toPage('events', toKept));
  }

  /** Sends a text as it is, and gives the message's timestamp. `raw` changes nothing: no text is refused. */
  sendMessageTextEvent(id: string, text: string, _raw?: Nullable<boolean>): Promise<string> {
    return send(this, id, { kind: 'text', text });
  }

  /** Gives the timestamp, as all of these do. */
  sendMessageCustomEvent(id: string, customData: CustomData): Promise<string> {
    return send(this, id, { kind: 'custom', customData: jsonOf(customData) });
  }

  sendMessageImageEvent(id: string, imageUrl: URL | string): Promise<string> {
    return send(this, id, { kind: 'image', url: String(imageUrl) });
  }

  sendMessageVideoEvent(id: string, videoUrl: URL | string): Promise<string> {
    return send(this, id, { kind: 'video', url: String(videoUrl) });
  }

  sendMessageFileEvent(id: string, fileUrl: URL | string): Promise<string> {
    return send(this, id, { kind: 'file', url: String(fileUrl) });
  }

  sendMessageAudioEvent(id: string, audioUrl: URL | string): Promise<string> {
    return send(this, id, { kind: 'audio', url: String(audioUrl) });
  }

  sendMessageVCardEvent(id: string, vCardUrl: URL | string): Promise<string> {
    return send(this, id, { kind: 'vcard', url: String(vCardUrl) });
  }

  /** A location; `name` and `address` are optional. */
  sendMessageLocationEvent(id: string, location: Location): Promise<string> {
    return send(this, id, { kind: 'location', location: placeOf(location) });
  }

  sendMessageTemplateEvent(id: string, template: Template, whatsapp: Whatsapp): Promise<string> {
    return send(this, id, { kind: 'template', template: formOf(template), whatsapp });
  }

  /** `custom:` is put before the type where it is missing. */
  sendCustomEvent(id: string, eventType: string, customData: CustomData): Promise<string> {
    return send(this, id, { kind: 'event', type: eventType, body: jsonOf(customData) });
  }

  /** An event that is not stored, delivered at most once. */
  sendEphemeralEvent(id: string, customData: CustomData): Promise<string> {
    return sessionsOf(this).ask(client => client.sendEphemeral(id, jsonOf(customData)), timestampOf);
  }

  sendMessageSeenEvent(eventId: number, conversationId: string): Promise<string> {
    return sessionsOf(this).ask(client => client.seen(conversationId, eventId), timestampOf);
  }

  /** Deletes the content of an event. */
  deleteEvent(eventId: number, conversationId: string): Promise<void> {
    return sessionsOf(this).ask(client => client.deleteEvent(conversationId, eventId), nothing);
  }
}

function send(client: VonageClient, id: string, content: Content): Promise<string> {
  return sessionsOf(client).ask(streams => streams.send(id, content), timestampOf);
}

/** An event of a page; `undefined` for kinds that the document lacks. */
function toKept(event: StreamEvent): PersistentConversationEvent | undefined {
  const told = toVonageEvent(event);
  return told?.kind === 'ephemeral' ? undefined : told;
}

function same<A>(value: A): A {
  return value;
}
function nothing(): void {
  return undefined;
}
function timestampOf({ timestamp }: { readonly timestamp: string }): string {
  return timestamp;
}
