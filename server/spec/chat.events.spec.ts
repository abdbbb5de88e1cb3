import { createMemory } from '../lib/chat/memory.js';
import { at, codeOf, handshake, idOf, roomOf, say, town, type Answer, type Ask } from './support/chatter.js';

const home = town();

/** Alice's conversation with others, and how she sends to it. */
async function room(...others: string[]): Promise<{
  id: string;
  members: string[];
  alice: Ask;
  path: string;
  send: (type: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
}> {
  const here = home();
  const { id, members } = await roomOf(here, 'alice', ...others);
  const alice = await here.ask('alice');
  const path = `/v0.3/conversations/${id}/events`;
  const send = (type: string, body: unknown, headers = {}): Promise<Answer> =>
    alice('POST', path, { cid: id, from: members[0], type, body }, headers);
  return { id, members, alice, path, send };
}

describe('server chat: events', () => {
  it("is answered, stored, and told to every session of every member, the sender's too", async () => {
    const here = home();
    const lines = [
      (await here.login('alice')).line,
      (await here.login('bob')).line,
      (await here.login('bob', {})).line,
    ];
    const stranger = (await here.login('carol')).line;
    const { id, members, alice, path, send } = await room('bob');
    const body = { message_type: 'text', text: 'hi <b>&"é' };
    const sent = await send('message', body);
    const words = {
      id: 3,
      from: members[0],
      timestamp: expect.any(String) as string,
      body,
      state: { seen_by: {}, delivered_to: {} },
      _embedded: {
        from_user: { name: 'alice', display_name: 'Alice', custom_data: {} },
        from_member: { id: members[0] },
      },
    };
    expect(sent).toMatchObject({ status: 200, body: { type: 'message', ...words } });
    for (const line of lines) expect(await line.event('message')).toMatchObject({ ...words, cid: id });
    const page = await alice('GET', `${path}?start_id=3`);
    expect(at(page.body, '_embedded', 'events')).toEqual([sent.body]);
    expect(await here.server.chat.log(id)).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3, body, from: members[0] }]);
    expect(stranger.heard('message')).toEqual([]);
  });

  it('carries the number of a packet only where events are to be acknowledged', async () => {
    const here = home();
    const [asked, plain] = [await here.login('alice', handshake), await here.login('alice', {})];
    const { send } = await room();
    await send('custom:a', {});
    expect(await asked.line.expect(/"custom:a"/)).toMatch(/^42\d+\[/);
    expect(await plain.line.expect(/"custom:a"/)).toMatch(/^42\[/);
  });

  it.each([
    { message_type: 'text', text: '' },
    { message_type: 'text', text: '\u0000\ud83d\ude00 \u6f22' },
    { message_type: 'image', image: { url: 'https://x/f?a=1' } },
    { message_type: 'audio', audio: { url: 'notURL' } },
    { message_type: 'video', video: { url: 'https://x' } },
    { message_type: 'file', file: { url: 'https://x' } },
    { message_type: 'vcard', vcard: { url: 'https://x' } },
    { message_type: 'location', location: { longitude: '2', latitude: '1', name: 'N', address: 'A' } },
    { message_type: 'location', location: { longitude: '2', latitude: '1' } },
    { message_type: 'template', template: { name: 'n', parameters: ['p'] }, whatsapp: { policy: 'p', locale: 'en' } },
    { message_type: 'custom', custom: { key: 'v' } },
  ])('message %j is taken as it is', async body => {
    const { send } = await room();
    expect(await send('message', body)).toMatchObject({ status: 200, body: { id: 2, body } });
  });

  it.each([
    ['message', { message_type: 'text' }, 'body.text'],
    ['message', { message_type: 'text', text: 5 }, 'body.text'],
    ['message', { message_type: 'image', image: {} }, 'body.image.url'],
    ['message', { message_type: 'location', location: { longitude: '1' } }, 'body.location.latitude'],
    ['message', { message_type: 'custom' }, 'body.custom'],
    ['message', { message_type: 'weird' }, 'body.message_type'],
    ['message', 'text', 'body'],
    ['message:seen', { event_id: 'x' }, 'body.event_id'],
    ['message:seen', {}, 'body.event_id'],
    ['custom:', {}, 'type'],
    ['custom', {}, 'type'],
    ['member:joined', {}, 'type'],
    ['', {}, 'type'],
  ])('%s %j is refused', async (type, body, name) => {
    const { send, id } = await room();
    const answer = await send(type, body);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'http:error:validation-fail']);
    expect(at(answer.body, 'invalid_parameters', 0, 'name')).toBe(name);
    expect(await home().server.chat.log(id)).toHaveLength(1);
  });

  it("comes from one's own joined membership, or not at all", async () => {
    const here = home();
    const { id, members, alice, path } = await room('bob');
    const [bob, carol] = [await here.ask('bob'), await here.ask('carol')];
    expect((await say(bob, id, members[0]!, 'as alice')).status).toBe(403);
    expect((await say(carol, id, members[0]!, 'as alice')).status).toBe(403);
    const guest = await alice('POST', `/v0.3/conversations/${id}/members`, {
      state: 'invited',
      user: { name: 'carol' },
    });
    expect((await say(carol, id, idOf(guest), 'not joined')).status).toBe(403);
    const whispered = await carol('POST', path, { from: idOf(guest), type: 'ephemeral', body: {} });
    expect([whispered.status, codeOf(whispered)]).toEqual([403, 'system:error:permission']);
    await bob('DELETE', `/v0.2/conversations/${id}/members/${members[1]!}`);
    expect((await say(bob, id, members[1]!, 'gone')).status).toBe(403);
    const missing = await alice('POST', path, { type: 'message', body: { message_type: 'text', text: '' } });
    expect([missing.status, at(missing.body, 'invalid_parameters', 0, 'name')]).toEqual([400, 'from']);
  });

  it('that is ephemeral has no number, is told and forgotten', async () => {
    const here = home();
    const { line } = await here.login('bob');
    const { id, members, send } = await room('bob');
    const sent = await send('ephemeral', { typing: true });
    expect(sent).toMatchObject({ status: 200, body: { type: 'ephemeral', timestamp: expect.any(String) as string } });
    expect(sent.body).not.toHaveProperty('id');
    const heard = await line.event('ephemeral');
    expect(heard).toMatchObject({ cid: id, from: members[0], body: { typing: true } });
    expect(heard).not.toHaveProperty('id');
    expect(await here.server.chat.log(id)).toHaveLength(2);
  });

  it('of many at once are told in the order of their numbers', async () => {
    const here = home();
    const { line } = await here.login('alice');
    const { id, members, alice } = await room();
    await Promise.all(Array.from({ length: 50 }, (_, i) => say(alice, id, members[0]!, String(i))));
    await line.expect(/"id":51,/);
    expect(line.heard('message')).toEqual(Array.from({ length: 50 }, (_, i) => i + 2));
  });
});

describe('server chat: idempotency key', () => {
  it('makes a repeat harmless; it comes back with the event', async () => {
    const here = home();
    const { line } = await here.login('bob');
    const { id, members, alice, path } = await room('bob');
    const first = await say(alice, id, members[0]!, 'once', 'key-1');
    const again = await say(alice, id, members[0]!, 'once', 'key-1');
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
    expect(first.body).toMatchObject({ id: 3, client_key: 'key-1' });
    await say(alice, id, members[0]!, 'twice', 'key-2');
    await line.expect(/"twice"/);
    expect(line.heard('message')).toEqual([3, 4]);
    expect(await line.event('message')).toMatchObject({ client_key: 'key-1' });
    const page = await alice('GET', `${path}?event_type=message`);
    expect(at(page.body, '_embedded', 'events', 1, 'client_key')).toBe('key-2');
  });

  it("is each sender's own", async () => {
    const here = home();
    const { id, members, alice } = await room('bob');
    const bob = await here.ask('bob');
    const answers = [await say(alice, id, members[0]!, 'a', 'k'), await say(bob, id, members[1]!, 'b', 'k')];
    expect(answers.map(answer => at(answer.body, 'id'))).toEqual([3, 4]);
  });

  it('has a length', async () => {
    const { id, members, alice } = await room();
    for (const key of ['', 'x'.repeat(256)]) {
      const answer = await say(alice, id, members[0]!, 'a', key);
      expect([answer.status, at(answer.body, 'invalid_parameters', 0, 'name')]).toEqual([400, 'Idempotency-Key']);
    }
  });
});

describe('server chat: receipts', () => {
  it('are told like events, and stand with the message that they are about', async () => {
    const here = home();
    const { line } = await here.login('alice');
    const { id, members, path } = await room('bob');
    const bob = await here.ask('bob');
    await say(bob, id, members[1]!, 'seen?');
    const report = (type: string, event_id: number | string): Promise<Answer> =>
      bob('POST', path, { cid: id, from: members[1], type, body: { event_id } });
    expect(await report('message:delivered', 3)).toMatchObject({ status: 200, body: { id: 4 } });
    await report('message:seen', '3');
    expect(await line.event('message:delivered')).toMatchObject({ id: 4, cid: id, body: { event_id: 3 } });
    expect(await line.event('message:seen')).toMatchObject({ id: 5, from: members[1] });
    const page = await bob('GET', `${path}?start_id=3&page_size=1`);
    expect(at(page.body, '_embedded', 'events', 0, 'state')).toEqual({
      seen_by: { [members[1]!]: expect.any(String) as string },
      delivered_to: { [members[1]!]: expect.any(String) as string },
    });
    const none = await report('message:seen', 99);
    expect([none.status, codeOf(none)]).toEqual([404, 'event:error:not-found']);
  });
});

describe('server chat: deletion', () => {
  it('takes the words back and leaves what the existing client needs to decode the rest', async () => {
    const here = home();
    const { line } = await here.login('bob');
    const { id, members, alice, path, send } = await room('bob');
    await say(alice, id, members[0]!, 'oops');
    const gone = await alice('DELETE', `${path}/3?from=${members[0]!}`);
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    expect(await line.event('event:delete')).toMatchObject({ id: 4, cid: id, from: members[0], body: { event_id: 3 } });
    const deleted = { timestamp: { deleted: expect.any(String) as string } };
    const bodies: unknown[] = [{ message_type: 'text', text: '', ...deleted }];
    const kinds = [
      [
        { message_type: 'image', image: { url: 'u' } },
        { message_type: 'image', image: { url: '' } },
      ],
      [
        { message_type: 'template', template: { name: 'n' }, whatsapp: { policy: 'p', locale: 'l' } },
        { message_type: 'template', template: { name: '' }, whatsapp: { policy: '', locale: '' } },
      ],
    ] as const;
    for (const [full, empty] of kinds) {
      const sent = await send('message', full);
      await alice('DELETE', `${path}/${String(at(sent.body, 'id'))}`);
      bodies.push({ ...empty, ...deleted });
    }
    const custom = await send('custom:x', { secret: 1 });
    await alice('DELETE', `${path}/${String(at(custom.body, 'id'))}`);
    const page = await alice('GET', `${path}?event_type=message,custom:x`);
    expect((at(page.body, '_embedded', 'events') as unknown[]).map(event => at(event, 'body'))).toEqual([
      ...bodies,
      deleted,
    ]);
  });

  it('twice is one; of what there is not, none', async () => {
    const { id, members, alice, path } = await room();
    await say(alice, id, members[0]!, 'oops');
    expect((await alice('DELETE', `${path}/2`)).status).toBe(204);
    expect((await alice('DELETE', `${path}/2`)).status).toBe(204);
    expect(await home().server.chat.log(id)).toHaveLength(3);
    for (const event of ['99', 'x', '0']) {
      const none = await alice('DELETE', `${path}/${event}`);
      expect([none.status, codeOf(none)]).toEqual([404, 'event:error:not-found']);
    }
    expect((await alice('DELETE', `${path}/1`)).status).toBe(400);
  });

  it("is the sender's, or that of whoever made the conversation", async () => {
    const here = home();
    const { id, members, alice, path } = await room('bob');
    const bob = await here.ask('bob');
    await say(alice, id, members[0]!, 'a');
    await say(bob, id, members[1]!, 'b');
    expect((await bob('DELETE', `${path}/3`)).status).toBe(403);
    expect((await bob('DELETE', `${path}/4?from=${members[0]!}`)).status).toBe(403);
    expect((await alice('DELETE', `${path}/4`)).status).toBe(204);
  });
});

describe('server chat: stored but unpublished event', () => {
  const storage = createMemory();
  const kept = town({ storage });

  it('is told when its sender asks again, to each socket once', async () => {
    const here = kept();
    const bob = (await here.login('bob')).line;
    const { id, members } = await roomOf(here, 'alice', 'bob');
    const alice = await here.ask('alice');
    const { body: user } = await alice('GET', '/v0.3/users/me');
    const message = { message_type: 'text', text: 'before the end' };
    // As by a server that ended between storing and telling.
    await storage.append({
      conversation: id,
      type: 'message',
      from: members[0]!,
      user: String(at(user, 'id')),
      at: 1,
      body: message,
      key: 'k',
    });
    const again = (): Promise<Answer> =>
      alice(
        'POST',
        `/v0.3/conversations/${id}/events`,
        { from: members[0], type: 'message', body: message },
        {
          'Idempotency-Key': 'k',
        },
      );
    expect((await again()).body).toMatchObject({ id: 3 });
    expect(await bob.event('message')).toMatchObject({ id: 3, body: message });
    await again();
    await say(alice, id, members[0]!, 'after');
    expect(await bob.event('message')).toMatchObject({ id: 4 });
    expect((await here.server.chat.log(id)).map(({ id: number }) => number)).toEqual([1, 2, 3, 4]);
  });
});
