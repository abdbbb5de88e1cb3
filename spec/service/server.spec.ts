import { startServer, type DevServer } from '../../server/lib/index.js';
import type { Content, ConversationInfo, Member, Message, Page, StreamEvent } from '../../lib/conversation/model.js';
import type { Request } from '../../lib/conversation/port.js';
import { line, stopAll, type Line } from './adapter/line.js';

/** The adapter and the server were written apart, from one page about the wire; here they meet. */
describe('service: adapter and local server', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  beforeEach(async () => {
    server = await startServer({ port: 0, media: false });
    alice = user('alice');
    bob = user('bob');
    await Promise.all([alice.up(), bob.up()]);
  });
  afterEach(async () => {
    await stopAll();
    await server.close();
  });

  const user = (name: string): Line => line({ apiUrl: server.url, token: () => server.token(name) });
  const get = async <A>(who: Line, request: Request): Promise<A> => {
    const answer = await who.ask(request);
    if (answer._tag === 'Left') throw new Error(JSON.stringify(answer.left));
    return answer.right as A;
  };
  const event = async (who: Line): Promise<StreamEvent> => (await who.next('event')).event;
  const say = (conversation: string, text: string, key?: string): Request => ({
    verb: 'send',
    args: { conversation, content: { kind: 'text', text }, ...(key === undefined ? {} : { key }) },
  });
  const history = async (conversation: string, everything = true): Promise<Page<StreamEvent>> =>
    get(alice, { verb: 'getConversationEvents', args: { conversation, everything, order: 'asc', pageSize: 100 } });

  /** A conversation in which both are, and all about their coming has been heard. */
  const room = async (): Promise<string> => {
    const conversation = await get<string>(alice, { verb: 'createConversation', args: { name: 'tea' } });
    await get(alice, { verb: 'joinConversation', args: { conversation } });
    await get(alice, { verb: 'inviteToConversation', args: { conversation, userName: 'bob' } });
    await get(bob, { verb: 'joinConversation', args: { conversation } });
    for (const kind of ['member:joined', 'member:invited', 'member:joined'])
      expect(await event(alice)).toMatchObject({ kind, conversationId: conversation });
    for (const kind of ['member:invited', 'member:joined'])
      expect(await event(bob)).toMatchObject({ kind, conversationId: conversation });
    return conversation;
  };

  it('know users, conversations and members', async () => {
    const conversation = await room();
    expect(await get(alice, { verb: 'getUser', args: { user: 'me' } })).toMatchObject({ name: 'alice' });
    const changes = { displayName: 'Tea', customSortKey: 'k', ttl: 60, customData: { cups: 2 } };
    await get(alice, { verb: 'updateConversation', args: { conversation, changes } });
    const info = await get<ConversationInfo>(bob, { verb: 'getConversation', args: { conversation: 'tea' } });
    expect(info).toMatchObject({
      id: conversation,
      name: 'tea',
      displayName: 'Tea',
      state: 'ACTIVE',
      properties: { customSortKey: 'k', ttl: 60, customData: { cups: 2 } },
      me: { state: 'JOINED' },
    });
    const cleared = { displayName: null, customData: null };
    expect(
      'displayName' in
        (await get<object>(alice, { verb: 'updateConversation', args: { conversation, changes: cleared } })),
    ).toBe(false);

    const first = await get<Page<Member>>(bob, { verb: 'getConversationMembers', args: { conversation, pageSize: 1 } });
    expect(first.items).toHaveLength(1);
    const cursor = first.nextCursor ?? '';
    const second = await get<Page<Member>>(bob, {
      verb: 'getConversationMembers',
      args: { conversation, pageSize: 1, cursor },
    });
    expect([...first.items, ...second.items].map(one => one.user?.name).sort()).toEqual(['alice', 'bob']);
    expect(
      await get(bob, { verb: 'getConversationMember', args: { conversation, member: second.items[0]!.id } }),
    ).toMatchObject({ id: second.items[0]!.id, state: 'JOINED' });

    const mine = await get<Page<ConversationInfo>>(bob, { verb: 'getConversations', args: { pageSize: 10 } });
    expect(mine.items.map(({ id }) => id)).toEqual([conversation]);
    await get(bob, { verb: 'leaveConversation', args: { conversation } });
    expect(await bob.ask(say(conversation, 'too late'))).toMatchObject({
      left: { fault: { serverCode: expect.any(String) as string } },
    });
    await get(alice, { verb: 'deleteConversation', args: { conversation } });
    expect(await alice.ask({ verb: 'getConversation', args: { conversation } })).toMatchObject({
      left: { fault: { code: 'not-found', statusCode: 404, serverCode: 'conversation:error:not-found' } },
    });
  });

  it('carry everything that can be said', async () => {
    const conversation = await room();
    const said: readonly Content[] = [
      { kind: 'text', text: '<b>"don\'t" & won\'t</b> \u{1F600}\0' },
      ...(['image', 'audio', 'video', 'file', 'vcard'] as const).map((kind): Content => ({
        kind,
        url: `https://files.test/${kind}?a=1&b=2`,
      })),
      { kind: 'location', location: { latitude: '52.5', longitude: '13.4' } },
      {
        kind: 'template',
        template: { name: 'hello', parameters: ['Bob'] },
        whatsapp: { policy: 'deterministic', locale: 'de' },
      },
      { kind: 'custom', customData: JSON.parse('{"sugar":[1,null],"__proto__":{"polluted":true}}') as object as never },
      { kind: 'event', type: 'kettle', body: { boils: true } },
    ];
    for (const [at, content] of said.entries()) {
      const key = `key-${String(at)}`;
      const sent = await get<{ readonly id?: number }>(alice, { verb: 'send', args: { conversation, content, key } });
      const [heard, echo] = [await event(bob), await event(alice)];
      expect(heard).toEqual(echo);
      expect(heard).toMatchObject({
        id: sent.id,
        kind: content.kind === 'event' ? 'custom' : `message:${content.kind}`,
        clientKey: key,
        from: { kind: 'embeddedInfo', user: { name: 'alice' } },
      });
    }
    const { items } = await history(conversation);
    expect(items.slice(3)).toEqual(bob.reports.flatMap(told => (told._tag === 'event' ? [told.event] : [])).slice(2));
    expect(items.find(({ kind }) => kind === 'message:text')).toMatchObject({
      body: { text: said[0]?.kind === 'text' ? said[0].text : '' },
    });
    expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined();
    await get(alice, { verb: 'sendEphemeral', args: { conversation, body: { typing: true } } });
    expect(await event(bob)).toMatchObject({ kind: 'ephemeral', body: { typing: true } });
  });

  it('take the same key for the same message', async () => {
    const conversation = await room();
    const first = await get(alice, say(conversation, 'once', 'k1'));
    expect(await get(alice, say(conversation, 'once', 'k1'))).toEqual(first);
    const { items } = await history(conversation);
    expect(items.filter(({ kind }) => kind === 'message:text')).toHaveLength(1);
  });

  it('tell what becomes of a message: received, seen, deleted', async () => {
    const conversation = await room();
    const { id = 0 } = await get<{ readonly id?: number }>(alice, say(conversation, 'secret tea'));
    await event(alice);
    for (const receipt of ['delivered', 'seen'] as const) {
      await get(bob, { verb: 'sendReceipt', args: { conversation, event: id, receipt } });
      expect(await event(alice)).toMatchObject({ kind: `message:${receipt}`, body: { eventId: id } });
    }
    const stored = async (): Promise<Message> =>
      (await history(conversation)).items.find(({ kind }) => kind === 'message:text') as Message;
    expect(Object.values((await stored()).memberStatuses ?? {})).toEqual([
      { delivered: expect.any(String) as string, seen: expect.any(String) as string, current: 'seen' },
    ]);
    await get(alice, { verb: 'deleteEvent', args: { conversation, event: id } });
    expect(await event(alice)).toMatchObject({ kind: 'event:delete', body: { eventId: id } });
    expect((await stored()).body).toEqual({ text: '', deleted: expect.any(String) as string });
    expect((await history(conversation, false)).items.map(({ kind }) => kind)).not.toContain('message:text');
  });

  it('take up a session where it was left', async () => {
    const conversation = await room();
    // Its acknowledgements have arrived, so that only what comes now is missed.
    bob.perform({ _tag: 'probe', ref: 'there' });
    await bob.outcome('there');
    server.chat.drop('bob');
    expect(await bob.next('closed')).toMatchObject({ code: 1006 });
    await get(alice, say(conversation, 'while you were away'));
    await bob.up();
    expect(await event(bob)).toMatchObject({ kind: 'message:text', body: { text: 'while you were away' } });
  });

  it('refresh a token, log out, and part when a token has expired', async () => {
    bob.perform({ _tag: 'register', ref: 'refresh', expires: 600 });
    expect(await bob.outcome('refresh')).toMatchObject({ right: { user: { name: 'bob' } } });
    bob.perform({ _tag: 'probe', ref: 'probe' });
    expect(await bob.outcome('probe')).toMatchObject({ _tag: 'Right' });
    bob.perform({ _tag: 'unregister', ref: 'out' });
    expect(await bob.outcome('out')).toMatchObject({ _tag: 'Right' });

    server.chat.disconnect('alice');
    expect(await alice.next('closed')).toMatchObject({ fault: { code: 'expired-token' } });
    server.expire('alice');
    const late = line({ apiUrl: server.url, token: () => server.token('carol', -10) });
    late.perform({ _tag: 'open' });
    await late.next('opened');
    late.perform({ _tag: 'register', ref: 'late', expires: 600 });
    expect(await late.outcome('late')).toMatchObject({ left: { fault: { code: 'expired-token', retryable: false } } });
  });

  it('begin another session where the old one is unknown', async () => {
    const carol = line({ apiUrl: server.url, token: () => server.token('carol'), sessionId: 'SES-never' });
    carol.perform({ _tag: 'open' });
    await carol.next('opened');
    carol.perform({ _tag: 'register', ref: 'r', expires: 600 });
    expect(await carol.next('closed')).toMatchObject({ fault: { code: 'invalid-session', retryable: true } });
    await carol.up();
  });
});
