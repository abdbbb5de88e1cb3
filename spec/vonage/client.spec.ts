import type { Client, Messaging } from 'callstream';
import { expectTypeOf } from 'expect-type';
import {
  MemberChannelType,
  MemberState,
  OrderBy,
  PresentingOrder,
  SessionErrorReason,
  VonageClient,
  type Conversation,
  type ConversationEvent,
  type ConversationsPage,
  type EventsPage,
  type Member,
  type MembersPage,
  type TypedEvents,
  type User,
} from 'callstream/vonage';
import { toConversation, toMember, toUser } from '../../lib/vonage/projection.js';
import { refusalOf, roomOf, world } from './support/world.js';

const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown;

describe('VonageClient', () => {
  const home = world();

  it('gives a user, with null for what there is not', async () => {
    const alice = await home().person('alice');
    expect(await alice.getUser('me')).toEqual({
      id: expect.stringMatching(/^USR-/) as unknown,
      name: 'alice',
      displayName: 'Alice',
      imageUrl: null,
      customData: {},
      channels: expect.objectContaining({
        app: [{ id: expect.stringMatching(/^USR-/) as unknown, number: null }],
        phone: null,
      }) as unknown,
      timestamp: expect.objectContaining({ created: iso, destroyed: null }) as unknown,
    });
  });

  it('gives a conversation, with null for what there is not', async () => {
    const alice = await home().person('alice');
    const id = await alice.createConversation();
    expect(await alice.getConversation(id)).toEqual({
      id,
      name: expect.any(String) as unknown,
      timestamp: { created: iso, updated: null, destroyed: null },
      memberId: null,
      memberState: null,
      displayName: null,
      imageUrl: null,
      state: 'ACTIVE',
      properties: { ttl: null, customSortKey: null, customData: null },
    });
    const memberId = await alice.joinConversation(id);
    expect(await alice.getConversation(id)).toMatchObject({ memberId, memberState: MemberState.Joined });
  });

  it('lists conversations page by page', async () => {
    const alice = await home().person('alice');
    for (const key of ['b', 'c', 'a']) {
      const id = await alice.createConversation({ name: key, customSortKey: key, customData: { key } });
      await alice.joinConversation(id);
    }
    const parameters = { order: PresentingOrder.ASC, orderBy: OrderBy.CUSTOM_SORT_KEY, pageSize: 2 };
    const first = await alice.getConversations(parameters);
    expect(first.conversations.map(({ name, properties }) => [name, properties.customData as unknown])).toEqual([
      ['a', null],
      ['b', null],
    ]);
    expect([typeof first.nextCursor, first.previousCursor]).toEqual(['string', null]);
    const { conversations, nextCursor } = await alice.getConversations({
      ...parameters,
      cursor: first.nextCursor,
      includeCustomData: true,
    });
    expect(conversations.map(({ name, properties }) => [name, properties.customData as unknown])).toEqual([
      ['c', { key: 'c' }],
    ]);
    expect(nextCursor).toBeNull();
  });

  it('lets members in and out', async () => {
    const { person } = home();
    const [alice, bob] = [await person('alice'), await person('bob')];
    const { id, members } = await roomOf(alice);
    const invited = await alice.inviteToConversation(id, 'bob');
    expect(await bob.joinConversation(id)).toEqual(expect.stringMatching(/^MEM-/));
    await expect(bob.leaveConversation(id)).resolves.toBeUndefined();
    const listed = await alice.getConversationMembers(id);
    expect(listed.members.map(({ id: member, state }) => [member, state])).toEqual(
      expect.arrayContaining([[members[0], 'JOINED']]),
    );
    expect(await alice.getConversationMember(id, 'me')).toMatchObject({
      id: members[0],
      state: 'JOINED',
      user: { name: 'alice' },
      channel: { type: MemberChannelType.App },
      timestamp: { joined: iso, left: null },
    });
    expect(invited).toMatch(/^MEM-/);
    expect((await refusalOf(bob.sendMessageTextEvent(id, 'x')))[0]).toBe('CS_ERROR');
  });

  it('deletes events and conversations', async () => {
    const alice = await home().person('alice');
    const { id } = await roomOf(alice);
    await alice.sendMessageTextEvent(id, 'secret');
    await expect(alice.deleteEvent(2, id)).resolves.toBeUndefined();
    const { events } = await alice.getConversationEvents(id, { includeDeletedEvents: true, eventFilter: ['message'] });
    expect(events).toMatchObject([{ id: 2, kind: 'message:text', body: { text: '', deleted: iso } }]);
    expect((await alice.getConversationEvents(id, { eventFilter: ['message'] })).events).toEqual([]);
    await expect(alice.deleteConversation(id)).resolves.toBeUndefined();
    expect(await refusalOf(alice.getConversation(id))).toEqual(['CS_ERROR', 'conversation:error:not-found']);
  });

  it('is a window on the streams', async () => {
    const alice = await home().person('alice');
    const { id } = await roomOf(alice);
    const seen: unknown[] = [];
    const viewer = alice.streams!.conversation$(id).subscribe(({ sync }) => seen.push(sync));
    await alice.sendMessageTextEvent(id, 'x');
    viewer.unsubscribe();
    expect(seen[0]).toBe('loading');
  });
});

describe('VonageClient: values absent in the streams are null in the document', () => {
  it('of a user', () => {
    expect(toUser({ id: 'U', name: 'n', channels: { phone: [{ number: '1' }] }, timestamp: { created: 'c' } })).toEqual(
      {
        id: 'U',
        name: 'n',
        displayName: null,
        imageUrl: null,
        customData: null,
        timestamp: { created: 'c', updated: null, destroyed: null },
        channels: {
          ...Object.fromEntries(
            ['app', 'pstn', 'sip', 'vbc', 'websocket', 'sms', 'mms', 'whatsapp', 'viber', 'messenger'].map(kind => [
              kind,
              null,
            ]),
          ),
          phone: [{ id: null, number: '1' }],
        },
      },
    );
  });

  it('of a member; SIP is in lower case there', () => {
    expect(toMember({ id: 'M', state: 'INVITED' })).toEqual({
      id: 'M',
      state: 'INVITED',
      user: null,
      channel: null,
      timestamp: null,
    });
    expect(
      toMember({ id: 'M', state: 'LEFT', channel: { type: 'SIP', to: { id: 'x' } }, timestamp: {} }),
    ).toMatchObject({
      channel: { type: 'sip', from: null, to: { id: 'x', number: null } },
      timestamp: { invited: null, joined: null, left: null },
    });
  });

  it('of a conversation', () => {
    expect(
      toConversation({
        id: 'C',
        name: 'n',
        timestamp: {},
        properties: { customData: {} },
        me: { id: 'M', state: 'LEFT' },
      }),
    ).toEqual({
      id: 'C',
      name: 'n',
      timestamp: { created: null, updated: null, destroyed: null },
      memberId: 'M',
      memberState: 'LEFT',
      displayName: null,
      imageUrl: null,
      state: null,
      properties: { ttl: null, customSortKey: null, customData: null },
    });
  });
});

it('the types of callstream/vonage are those of the document', () => {
  type Result<Name extends keyof VonageClient> = VonageClient[Name] extends (...given: never) => infer R
    ? Awaited<R>
    : never;
  expectTypeOf(VonageClient).toBeConstructibleWith();
  expectTypeOf(VonageClient).toBeConstructibleWith({ region: 'EU', loggingLevel: 'Verbose' });
  expectTypeOf<VonageClient['createSession']>().toBeCallableWith('token');
  expectTypeOf<VonageClient['createSession']>().toBeCallableWith('token', null);
  expectTypeOf<Result<'createSession'>>().toEqualTypeOf<string>();
  expectTypeOf<Result<'deleteSession'>>().toBeVoid();
  expectTypeOf<Result<'refreshSession'>>().toBeVoid();
  expectTypeOf<Result<'getUser'>>().toEqualTypeOf<User>();
  expectTypeOf<Result<'createConversation'>>().toEqualTypeOf<string>();
  expectTypeOf<Result<'getConversation'>>().toEqualTypeOf<Conversation>();
  expectTypeOf<Result<'updateConversation'>>().toEqualTypeOf<Conversation>();
  expectTypeOf<Result<'deleteConversation'>>().toBeVoid();
  expectTypeOf<Result<'getConversations'>>().toEqualTypeOf<ConversationsPage>();
  expectTypeOf<Result<'joinConversation'>>().toEqualTypeOf<string>();
  expectTypeOf<Result<'leaveConversation'>>().toBeVoid();
  expectTypeOf<Result<'inviteToConversation'>>().toEqualTypeOf<string>();
  expectTypeOf<Result<'getConversationMember'>>().toEqualTypeOf<Member>();
  expectTypeOf<Result<'getConversationMembers'>>().toEqualTypeOf<MembersPage>();
  expectTypeOf<Result<'getConversationEvents'>>().toEqualTypeOf<EventsPage>();
  expectTypeOf<
    Result<'sendMessageTextEvent' | 'sendMessageTemplateEvent' | 'sendCustomEvent'>
  >().toEqualTypeOf<string>();
  expectTypeOf<Result<'sendMessageSeenEvent' | 'sendEphemeralEvent'>>().toEqualTypeOf<string>();
  expectTypeOf<Result<'deleteEvent'>>().toBeVoid();
  expectTypeOf<Result<'on'>>().toEqualTypeOf<symbol>();
  expectTypeOf<Result<'off'>>().toEqualTypeOf<boolean>();
  expectTypeOf<Result<'clearCallbacks' | 'setConfig'>>().toBeVoid();
  expectTypeOf<VonageClient['streams']>().toEqualTypeOf<(Client & Messaging) | undefined>();
  expectTypeOf<VonageClient['sendMessageTextEvent']>().parameters.toEqualTypeOf<
    [id: string, text: string, _raw?: boolean | null]
  >();
  expectTypeOf<Parameters<TypedEvents['conversationEvent']>>().toEqualTypeOf<[event: ConversationEvent]>();
  expectTypeOf<Parameters<TypedEvents['sessionError']>[0]>().toEqualTypeOf<SessionErrorReason>();
  expectTypeOf<keyof TypedEvents>().toEqualTypeOf<
    | 'conversationEvent'
    | 'sessionError'
    | 'reconnecting'
    | 'reconnection'
    | `call${'Invite' | 'InviteCancel' | 'Hangup' | 'Transfer'}`
    | `callMedia${'Reconnecting' | 'Reconnection' | 'Disconnect' | 'Error'}`
    | 'legStatusUpdate'
    | 'mute'
    | 'earmuff'
    | 'dtmf'
    | 'rtcStatsUpdate'
    | `emergencyCall${'Disconnected' | 'Hangup'}`
  >();
  expectTypeOf<SessionErrorReason>().toEqualTypeOf<'EXPIRED_TOKEN' | 'TRANSPORT_CLOSED' | 'PING_TIMEOUT'>();
  expect(Object.values(SessionErrorReason)).toHaveLength(3);
});

describe('VonageClient', () => {
  it('is the default export, too', async () => {
    expect((await import('callstream/vonage')).default).toBe(VonageClient);
  });

  it('may be kept in reactive state, which calls its methods on a proxy', async () => {
    const proxied = <A extends object>(value: A): A =>
      new Proxy(value, {
        get: (target, name, receiver): unknown => {
          const found: unknown = Reflect.get(target, name, receiver);
          return typeof found === 'object' && found !== null && !Object.isFrozen(found) ? proxied(found) : found;
        },
      });
    const client = proxied(new VonageClient({ disableInternalLogger: true }));
    const listener = client.on('reconnecting', () => undefined);
    expect(client.off('reconnecting', listener)).toBe(true);
    client.setConfig({ region: 'EU' });
    await expect(client.getUser('me')).rejects.toMatchObject({ code: 'session:error:no-active-session' });
    await expect(client.hangup('CALL')).rejects.toMatchObject({ code: 'session:error:no-active-session' });
    expect(client.getPeerConnection('CALL')).toBeUndefined();
  });
});
