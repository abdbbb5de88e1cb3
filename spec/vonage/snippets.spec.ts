import type {
  Conversation,
  ConversationEvent,
  ConversationsPage,
  EventsPage,
  MembersPage,
  VonageClient,
} from 'callstream/vonage';
import { WebSocket } from 'ws';
import { programs } from './support/document.js';
import { runnable } from './support/snippet.js';
import { listen, next, world } from './support/world.js';

/** Runs a snippet with its free names. */
const run = async <A>(method: string, ...given: readonly unknown[]): Promise<A> =>
  (await runnable(programs[method]!)(...given)) as A;

/** What was logged. */
const createConsole = (): { readonly logged: unknown[]; readonly log: (what: unknown) => void } => {
  const logged: unknown[] = [];
  return {
    logged,
    log: what => {
      logged.push(what);
    },
  };
};

const iso = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const url = new URL('https://example.com/f?a=1&b=2');

describe('vonage document snippet', () => {
  const home = world();

  /** Alice and bob in a conversation of this name, which the server takes for its id. */
  const talk = async (
    name: string,
  ): Promise<{
    readonly alice: VonageClient;
    readonly bob: VonageClient;
    readonly id: string;
    readonly me: string;
  }> => {
    const [alice, bob] = [await home().person('alice'), await home().person('bob')];
    const id = await alice.createConversation({ name });
    const me = await alice.joinConversation(id);
    await bob.joinConversation(id);
    return { alice, bob, id, me };
  };

  it('createSession logs the id of the session', async () => {
    const { server, client } = home();
    const real = await server.token('alice');
    const sound = createConsole();
    const alice = client({}, { webSocket: at => new WebSocket(at.replace('token=token', `token=${real}`)) });
    await run('createSession', alice, sound);
    expect(sound.logged).toEqual([{ sessionId: expect.stringMatching(/^SES-/) as string }]);
    await alice.deleteSession();
    await run('createSession', client(), sound);
    expect(sound.logged[1]).toMatchObject({
      e: { name: 'VonageError', type: 'SESSION_ERROR', code: 'session:error:invalid-token' },
    });
  });

  it('clearCallbacks', async () => {
    const alice = home().client();
    const listener = alice.on('sessionError', () => undefined);
    await run('clearCallbacks', alice);
    expect(alice.off('sessionError', listener)).toBe(false);
  });

  it('off', async () => {
    const alice = home().client();
    const listeners = (['reconnecting', 'reconnection', 'sessionError'] as const).map(
      event => [event, alice.on(event, () => undefined)] as const,
    );
    await run('off', alice, ...listeners.map(([, listener]) => listener));
    expect(listeners.map(([event, listener]) => alice.off(event, listener))).toEqual([false, false, false]);
  });

  it('on hears every kind', async () => {
    const { alice, bob, id, me } = await talk('CONVERSATION_ID');
    const sound = createConsole();
    const never = jest.fn();
    const handler = await run<(event: ConversationEvent) => void>('on', alice, never, sound);
    const ear = listen(alice, 'conversationEvent');
    alice.on('conversationEvent', handler);
    await run('sendMessageTextEvent', bob);
    await run('sendMessageCustomEvent', bob);
    await run('sendMessageImageEvent', bob, url);
    await run('sendMessageVideoEvent', bob, url);
    await run('sendMessageAudioEvent', bob, url);
    await run('sendMessageFileEvent', bob, url);
    await run('sendMessageVCardEvent', bob, url);
    await run('sendMessageLocationEvent', bob);
    await run('sendMessageTemplateEvent', bob);
    await run('sendCustomEvent', bob);
    await run('sendEphemeralEvent', bob);
    const text = await next(ear, 'message:text');
    await alice.sendMessageSeenEvent(text.id, id);
    await bob.deleteEvent(text.id, id);
    await bob.inviteToConversation(id, 'carol');
    await bob.leaveConversation(id);
    await next(ear, 'member:left');
    expect(never).not.toHaveBeenCalled();
    expect(sound.logged).toEqual(
      expect.arrayContaining([
        'Text message: Hello World!',
        'Custom message: [object Object]',
        `Image message: ${url.href}`,
        `Video message: ${url.href}`,
        `Audio message: ${url.href}`,
        `File message: ${url.href}`,
        `Vcard message: ${url.href}`,
        'Location message: [object Object]',
        'Template message: [object Object]',
        'Custom event: [object Object]',
        'Ephemeral event: [object Object]',
      ]),
    );
    expect(sound.logged).not.toContain(`Member joined: ${me}`);
    expect(new Set(ear.heard.map(({ kind }) => kind))).toEqual(
      new Set([
        'message:text',
        'message:custom',
        'message:image',
        'message:video',
        'message:audio',
        'message:file',
        'message:vcard',
        'message:location',
        'message:template',
        'custom',
        'ephemeral',
        'message:delivered',
        'message:seen',
        'event:delete',
        'member:invited',
        'member:left',
      ]),
    );
  });

  it('setConfig is laid over what there is, and counts from the next session on', async () => {
    const { server, client } = home();
    const asked: string[] = [];
    const alice = client(
      {},
      {
        webSocket: at => {
          asked.push(at.slice(0, at.indexOf('?')));
          return new WebSocket(`ws://127.0.0.1:${server.port}/v2/rtc/${at.slice(at.indexOf('?'))}`);
        },
      },
    );
    await run('setConfig', alice);
    await alice.createSession(await server.token('alice'));
    expect(asked).toEqual(['wss://ws.example.com/v2/rtc/']);
  });

  it('createConversation gives its id', async () => {
    const alice = await home().person('alice');
    const id = await run<string>('createConversation', alice);
    expect(await alice.getConversation(id)).toMatchObject({
      id,
      name: 'name',
      displayName: 'displayName',
      imageUrl: 'imageUrl',
      properties: { ttl: 60, customSortKey: 'customSortKey', customData: { key: 'value' } },
    });
  });

  it('updateConversation gives the conversation as it is then', async () => {
    const alice = await home().person('alice');
    const before = { displayName: 'shown', ttl: 60, customSortKey: 'key' };
    const id = await alice.createConversation({ ...before, name: 'ConversationID' });
    await alice.joinConversation(id);
    expect(await run<Conversation>('updateConversation', alice)).toMatchObject({
      id,
      name: 'name',
      displayName: null,
      imageUrl: 'imageUrl',
      properties: { ttl: 60, customSortKey: 'key', customData: { key: 'value' } },
    });
  });

  it('getConversation logs it', async () => {
    const sound = createConsole();
    const { alice, id, me } = await talk('conversationIdOrName');
    await run('getConversation', alice, sound);
    expect(sound.logged).toEqual([
      { conversation: expect.objectContaining({ id, memberId: me, memberState: 'JOINED' }) as unknown },
    ]);
  });

  it('getConversations gives a page', async () => {
    const { alice, id, me } = await talk('mine');
    expect(await run<ConversationsPage>('getConversations', alice)).toEqual({
      conversations: [expect.objectContaining({ id, memberId: me }) as unknown],
      nextCursor: null,
      previousCursor: null,
    });
  });

  it('getConversationMembers gives a page', async () => {
    const { alice, me } = await talk('CONVERSATION_ID');
    const { members, nextCursor } = await run<MembersPage>('getConversationMembers', alice);
    expect(members.map(({ user, state }) => [user?.name, state])).toEqual([
      ['alice', 'JOINED'],
      ['bob', 'JOINED'],
    ]);
    expect([members[0]?.id, nextCursor]).toEqual([me, null]);
  });

  it('getConversationMember gives one', async () => {
    const { server, client } = home();
    const members: string[] = [];
    const alice = client(
      {},
      { fetch: (at, init) => fetch(new Request(at).url.replace('MEMBER_ID', members[0]!), init) },
    );
    await alice.createSession(await server.token('alice'));
    members.push(await alice.joinConversation(await alice.createConversation({ name: 'CONVERSATION_ID' })));
    const sound = createConsole();
    expect(await run('getConversationMember', alice, sound)).toEqual({
      id: members[0],
      state: 'JOINED',
      channel: { type: 'APP', from: null, to: null },
    });
    expect(sound.logged).toEqual([`Member ID: ${members[0]!}, State: JOINED, Channel Type: APP`]);
  });

  it('getConversationEvents gives a page, filtered, from there on', async () => {
    const { alice } = await talk('CONVERSATION_ID');
    await alice.sendMessageTextEvent('CONVERSATION_ID', 'three');
    await alice.sendMessageTextEvent('CONVERSATION_ID', 'four');
    const { events, ...cursors } = await run<EventsPage>('getConversationEvents', alice);
    expect(events.map(event => event.kind)).toEqual(['message:text', 'member:joined', 'member:joined']);
    expect(events[0]).toMatchObject({ id: 3, body: { text: 'three', deleted: null } });
    expect(cursors).toEqual({ nextCursor: null, previousCursor: expect.any(String) as unknown });
  });

  it('inviteToConversation gives the member', async () => {
    const { alice } = await talk('CONVERSATION_ID');
    await home().server.token('USERNAME');
    const id = await run<string>('inviteToConversation', alice);
    expect(await alice.getConversationMember('CONVERSATION_ID', id)).toMatchObject({ id, state: 'INVITED' });
  });

  it('sendMessageSeenEvent gives a timestamp', async () => {
    const { alice, id } = await talk('conversation_id');
    const wanted = { method: 'POST', path: /\/events$/ };
    const asked = home().server.chat.next(wanted);
    const told = run('sendMessageSeenEvent', alice);
    // No event has this number, and the server says so.
    await expect(told).rejects.toMatchObject({ type: 'CS_ERROR', code: 'http:error:validation-fail' });
    expect((await asked).body).toMatchObject({ type: 'message:seen', body: { event_id: 0 } });
    await alice.sendMessageTextEvent(id, 'text');
    expect(await alice.sendMessageSeenEvent(3, 'conversation_id')).toMatch(iso);
  });

  it.each([
    ['sendCustomEvent'],
    ['sendEphemeralEvent'],
    ['sendMessageAudioEvent', url],
    ['sendMessageCustomEvent'],
    ['sendMessageFileEvent', url],
    ['sendMessageImageEvent', url],
    ['sendMessageLocationEvent'],
    ['sendMessageTemplateEvent'],
    ['sendMessageTextEvent'],
    ['sendMessageVCardEvent', url],
    ['sendMessageVideoEvent', url],
  ])('%s gives a timestamp', async (method, ...given) => {
    const { alice } = await talk('CONVERSATION_ID');
    expect(await run(method, alice, ...given)).toMatch(iso);
  });

  it('none is forgotten', () => {
    expect(Object.keys(programs)).toHaveLength(29);
  });
});
