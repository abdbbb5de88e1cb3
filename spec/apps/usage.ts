/** What applications do with the types: each of these compiles with the published declarations, and with ours. */
import type { VonageClient as Named } from '@vonage/client-sdk';
import VonageClient, {
  ClientConfig,
  ClientInitConfig,
  ConfigRegion,
  CSErrorCodes,
  HangupReason,
  LoggingLevel,
  VonageError,
  createVonageLogger,
  none,
  some,
  type Conversation,
  type ConversationEvent,
  type CreateConversationParameters,
  type CustomData,
  type EmergencyCallOptions,
  type EventState,
  type GetConversationEventsParameters,
  type Json,
  type JsonValue,
  type Leg,
  type Member,
  type MemberEventBody,
  type MemberStatus,
  type MessageTextEventBody,
  type PersistentConversationEvent,
  type UpdateConversationParameters,
  type User,
  type VonageEvent,
} from '@vonage/client-sdk';

const config = new ClientInitConfig(LoggingLevel.Error, ConfigRegion.EU);
config.apiUrl = 'https://api.example.com';
const client: Named = new VonageClient(config);
client.setConfig(new ClientConfig(ConfigRegion.US));

/** A page's items are lists of one's own. */
export const pages = async (id: string): Promise<unknown> => {
  const conversations: Conversation[] = (await client.getConversations()).conversations;
  const events: PersistentConversationEvent[] = (await client.getConversationEvents(id)).events;
  const members: Member[] = (await client.getConversationMembers(id)).members;
  const legs: Leg[] = (await client.getCallLegs(id)).legs;
  const take = (list: PersistentConversationEvent[]): number => list.length;
  conversations.reverse();
  events.sort((a, b) => a.id - b.id);
  for (const event of events) event.timestamp.slice();
  return [take(events), members.pop(), legs.push()];
};

/** Parameters are put together one by one. */
export const parameters = async (id: string): Promise<void> => {
  const filter: string[] = ['message'];
  const asked: GetConversationEventsParameters = { eventFilter: filter };
  asked.pageSize = 20;
  const change: UpdateConversationParameters = {};
  change.displayName = some('Lunch');
  change.imageUrl = none();
  const fresh: CreateConversationParameters = { name: 'lunch' };
  fresh.customData = { table: 7 };
  await client.getConversationEvents(id, asked);
  await client.updateConversation(id, change);
  await client.createConversation(fresh);
};

/** An application reads its own data without a cast. */
export const data = (event: ConversationEvent, user: User, conversation: Conversation): unknown[] => {
  const read: unknown[] = [user.customData?.nickname, conversation.properties.customData?.place];
  if (event.kind === 'custom' || event.kind === 'ephemeral') read.push(event.body.deep.down);
  if (event.kind === 'message:custom') read.push(event.body.customData.score);
  if (event.kind === 'message:text') read.push(event.body.text.trim());
  return read;
};

const nested: Json = { to: 'bob', at: new Date(), list: [1, 'two', { three: null }] };
export const context = (more: Json, value: JsonValue): Promise<string> => {
  const told: { [key: string]: Json | JsonValue } = { more, value };
  told['again'] = nested;
  const custom: CustomData = told;
  void client.sendCustomEvent('CON', 'mine', custom);
  return client.serverCall(more);
};

/** Callbacks that were written before they are registered. */
const callbacks: Partial<VonageEvent> = {
  callHangup: (id, quality, reason) => {
    if (reason === HangupReason.RemoteHangup) console.log(id, quality.mos_score);
  },
};
export const register = (): boolean => {
  const symbols = [
    client.on('conversationEvent', (event: ConversationEvent) => {
      console.log(event.kind);
    }),
    client.on('callInvite', async (id: string) => client.answer(id)),
  ];
  if (callbacks.callHangup) client.on('callHangup', callbacks.callHangup);
  return symbols.every(symbol => client.off('conversationEvent', symbol));
};

export const bodies = (text: MessageTextEventBody, member: MemberEventBody, statuses: MemberStatus): unknown[] => {
  const states: EventState[] = Object.values(statuses);
  return [text.text, member.channel.id, states.map(({ current, seen }) => [current, seen])];
};

export const failures = async (options: EmergencyCallOptions): Promise<void> => {
  try {
    await client.emergencyCall('token', 'alice', '112', options);
  } catch (error) {
    if (error instanceof VonageError && error.code === CSErrorCodes.UserNotFound)
      console.log(error.type, error.message);
  }
};

export const logger = createVonageLogger('mine', (level, topic, message) => {
  console.log(level, topic.name, message);
});

/** A stand-in for tests. */
export const fake: Partial<VonageClient> = { getUser: () => Promise.reject(new Error('nobody')) };
