import { createMemory } from '../lib/chat/memory.js';
import type { Json } from '../lib/chat/model.js';
import { askOf, at, codeOf, idOf, joined, roomOf, say, town, type Ask } from './support/chatter.js';

const home = town();

const hrefs = (body: unknown): { next?: string; prev?: string } => {
  const href = (side: string): object => {
    const found = at(body, '_links', side, 'href');
    return typeof found === 'string' ? { [side]: found } : {};
  };
  return { ...href('next'), ...href('prev') };
};
const list = (body: unknown, name: string, field: string): unknown[] =>
  (at(body, '_embedded', name) as unknown[]).map(item => at(item, field));

describe('server chat REST: users', () => {
  it('are found by id, by name and as oneself', async () => {
    const ask = await home().ask('alice');
    const me = await ask('GET', '/v0.3/users/me');
    expect(me).toMatchObject({ status: 200, body: { name: 'alice', display_name: 'Alice', timestamp: {} } });
    expect(idOf(me)).toMatch(/^USR-/);
    for (const path of ['alice', 'Alice', idOf(me)])
      expect((await ask('GET', `/v0.3/users/${path}`)).body).toEqual(me.body);
    expect((await ask('GET', '/v0.3/users/bob')).body).toMatchObject({ name: 'bob' });
  });

  it.each(['nobody', '101', 'USR-0', '%00'])('%s is not one', async name => {
    const answer = await (await home().ask('alice'))('GET', `/v0.3/users/${name}`);
    expect([answer.status, codeOf(answer)]).toEqual([404, 'user:error:not-found']);
  });
});

describe('server chat REST: conversations', () => {
  it('are made as they are described', async () => {
    const ask = await home().ask('alice');
    const made = await ask('POST', '/v0.3/conversations', {
      name: 'n',
      display_name: 'd',
      properties: { custom_sort_key: 'k', custom_data: { key: 'value' }, ttl: 60 },
      image_url: 'http://x/i.png',
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'n',
        display_name: 'd',
        image_url: 'http://x/i.png',
        state: 'ACTIVE',
        properties: { custom_sort_key: 'k', custom_data: { key: 'value' }, ttl: 60 },
      },
    });
    expect(idOf(made)).toMatch(/^CON-/);
    for (const path of [idOf(made), 'n']) {
      const found = await ask('GET', `/v0.3/conversations/${path}`);
      expect([found.status, found.body]).toMatchObject([200, made.body]);
    }
  });

  it('get a name if they have none, and never that of another', async () => {
    const ask = await home().ask('alice');
    const [a, b] = [await ask('POST', '/v0.3/conversations', {}), await ask('POST', '/v0.3/conversations', {})];
    expect([at(a.body, 'name'), at(b.body, 'name')]).toEqual([
      expect.stringMatching(/^NAM-/),
      expect.stringMatching(/^NAM-/),
    ]);
    const again = await ask('POST', '/v0.3/conversations', { name: at(a.body, 'name') });
    const renamed = await ask('PATCH', `/v0.3/conversations/${idOf(b)}`, { name: at(a.body, 'name') });
    for (const refused of [again, renamed])
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'conversation:error:duplicate-name', title: 'Conflict', type: 'about:blank' },
      });
  });

  it('are found by a name with a slash, which the existing client leaves in the path', async () => {
    const ask = await home().ask('alice');
    const made = await ask('POST', '/v0.3/conversations', { name: 'my name/ü' });
    expect(idOf(await ask('GET', '/v0.3/conversations/my%20name/%C3%BC'))).toBe(idOf(made));
    expect(idOf(await ask('GET', '/v0.3/conversations/my%20name%2F%C3%BC'))).toBe(idOf(made));
  });

  it('change in what is given; null clears', async () => {
    const ask = await home().ask('alice');
    const id = idOf(
      await ask('POST', '/v0.3/conversations', {
        name: 'n',
        display_name: 'd',
        properties: { custom_sort_key: 'k', custom_data: { a: 1 }, ttl: 5 },
      }),
    );
    const changed = await ask('PATCH', `/v0.3/conversations/${id}`, {
      display_name: null,
      image_url: 'http://i',
      properties: { custom_sort_key: null, ttl: 6 },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      id,
      name: 'n',
      image_url: 'http://i',
      timestamp: { updated: expect.any(String) as string },
    });
    expect(at(changed.body, 'properties')).toEqual({ custom_data: { a: 1 }, ttl: 6 });
    expect(changed.body).not.toHaveProperty('display_name');
  });

  it('are deleted with everything in them; their members hear of it', async () => {
    const here = home();
    const { line } = await here.login('bob');
    const { id, members } = await roomOf(here, 'alice', 'bob');
    const ask = await here.ask('alice');
    await say(ask, id, members[0]!, 'hi');
    expect([(await ask('DELETE', `/v0.3/conversations/${id}`)).status]).toEqual([204]);
    expect(await line.event('conversation:deleted')).toMatchObject({ cid: id });
    for (const path of ['', '/events', '/members', '/members/me']) {
      const gone = await ask('GET', `/v0.3/conversations/${id}${path}`);
      expect([gone.status, codeOf(gone)]).toEqual([404, 'conversation:error:not-found']);
    }
    expect((await ask('DELETE', `/v0.3/conversations/${id}`)).status).toBe(404);
  });

  it('are the business of their creator and their members only', async () => {
    const here = home();
    const { id } = await roomOf(here, 'alice');
    const [alice, bob] = [await here.ask('alice'), await here.ask('bob')];
    const path = `/v0.3/conversations/${id}`;
    const tries = async (): Promise<number[]> => [
      (await bob('GET', path)).status,
      (await bob('GET', `${path}/events`)).status,
      (await bob('GET', `${path}/members`)).status,
      (await bob('PATCH', path, {})).status,
      (await bob('POST', `${path}/members`, { state: 'invited', user: { name: 'carol' } })).status,
      (await bob('DELETE', path)).status,
    ];
    expect(await tries()).toEqual([403, 403, 403, 403, 403, 403]);
    expect(codeOf(await bob('GET', path))).toBe('system:error:permission');
    await alice('POST', `${path}/members`, { state: 'invited', user: { name: 'bob' } });
    expect(await tries()).toEqual([200, 200, 200, 403, 403, 403]);
    await joined(bob, id);
    expect(await tries()).toEqual([200, 200, 200, 200, 201, 403]);
    expect((await alice('DELETE', path)).status).toBe(204);
  });
});

describe("one's conversations", () => {
  it('come in pages, by time or by key, with custom data if asked', async () => {
    const ask = await home().ask('alice');
    const me = idOf(await ask('GET', '/v0.3/users/me'));
    const ids: string[] = [];
    for (const key of ['b', undefined, 'a']) {
      const properties = { ...(key === undefined ? {} : { custom_sort_key: key }), custom_data: { key: key ?? '' } };
      ids.push(idOf(await ask('POST', '/v0.3/conversations', { properties })));
      await joined(ask, ids.at(-1)!);
    }
    await ask('POST', '/v0.3/conversations', {});
    const path = `/v0.3/users/${me}/conversations`;
    const all = await ask('GET', path);
    expect(list(all.body, 'conversations', 'id')).toEqual(expect.arrayContaining(ids));
    expect(list(all.body, 'conversations', 'properties')[0]).not.toHaveProperty('custom_data');
    expect(at(all.body, 'page_size')).toBe(10);
    expect(hrefs(all.body)).toEqual({});
    const byKey = await ask('GET', `${path}?order_by=custom_sort_key&order=DESC&page_size=2&include_custom_data=true`);
    expect(list(byKey.body, 'conversations', 'id')).toEqual([ids[0], ids[2]]);
    expect(list(byKey.body, 'conversations', 'properties')[0]).toEqual({
      custom_sort_key: 'b',
      custom_data: { key: 'b' },
    });
    expect(at(byKey.body, '_embedded', 'conversations', 0, '_embedded', 'member', 'state')).toBe('JOINED');
    const rest = await ask('GET', hrefs(byKey.body).next!);
    expect([list(rest.body, 'conversations', 'id'), Object.keys(hrefs(rest.body))]).toEqual([[ids[1]], ['prev']]);
    const back = await ask('GET', hrefs(rest.body).prev!);
    expect(list(back.body, 'conversations', 'id')).toEqual([ids[0], ids[2]]);
  });

  it("are nobody else's to see", async () => {
    const here = home();
    const [alice, bob] = [await here.ask('alice'), await here.ask('bob')];
    const id = idOf(await bob('GET', '/v0.3/users/me'));
    expect((await alice('GET', `/v0.3/users/${id}/conversations`)).status).toBe(403);
    expect((await bob('GET', '/v0.3/users/me/conversations')).status).toBe(200);
  });
});

describe('server chat REST: pages of events', () => {
  /** Alice's conversation, with events 1 to `count`. */
  async function filled(count: number): Promise<{ ask: Ask; path: string; more: (text: string) => Promise<unknown> }> {
    const here = home();
    const { id, members } = await roomOf(here, 'alice');
    const ask = await here.ask('alice');
    for (let i = 2; i <= count; i += 1) await say(ask, id, members[0]!, String(i));
    return { ask, path: `/v0.3/conversations/${id}/events`, more: text => say(ask, id, members[0]!, text) };
  }
  const ids = (body: unknown): unknown[] => list(body, 'events', 'id');

  it('go on where they ended, whatever was said meanwhile, and back again', async () => {
    const { ask, path, more } = await filled(7);
    const first = await ask('GET', `${path}?order=DESC&page_size=3`);
    expect([ids(first.body), Object.keys(hrefs(first.body))]).toEqual([[7, 6, 5], ['next']]);
    await more('8');
    const second = await ask('GET', hrefs(first.body).next!);
    expect(ids(second.body)).toEqual([4, 3, 2]);
    const third = await ask('GET', hrefs(second.body).next!);
    expect([ids(third.body), Object.keys(hrefs(third.body))]).toEqual([[1], ['prev']]);
    const back = await ask('GET', hrefs(third.body).prev!);
    expect(ids(back.body)).toEqual([4, 3, 2]);
    expect(ids((await ask('GET', hrefs(back.body).prev!)).body)).toEqual([7, 6, 5]);
    // The existing client takes the cursor out of the link as it stands there.
    const cursor = /cursor=([^&]+)/.exec(hrefs(first.body).next!)![1]!;
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(ids((await ask('GET', `${path}?order=DESC&page_size=3&cursor=${cursor}`)).body)).toEqual([4, 3, 2]);
  });

  it('forwards, what is said meanwhile comes at the end', async () => {
    const { ask, path, more } = await filled(3);
    const first = await ask('GET', `${path}?page_size=2`);
    await more('4');
    const second = await ask('GET', hrefs(first.body).next!);
    expect([ids(first.body), ids(second.body)]).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(Object.keys(hrefs(second.body))).toEqual(['prev']);
  });

  it('begin at an event, in either direction', async () => {
    const { ask, path } = await filled(5);
    const up = await ask('GET', `${path}?start_id=3&page_size=2`);
    const down = await ask('GET', `${path}?start_id=3&order=DESC&page_size=2`);
    expect([ids(up.body), ids(down.body)]).toEqual([
      [3, 4],
      [3, 2],
    ]);
    expect(ids((await ask('GET', hrefs(up.body).prev!)).body)).toEqual([1, 2]);
    expect(ids((await ask('GET', hrefs(down.body).prev!)).body)).toEqual([5, 4]);
    expect(ids((await ask('GET', `${path}?start_id=9`)).body)).toEqual([]);
  });

  it('leave out what the existing client cannot bear, if it asks; otherwise nothing', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice');
    const ask = await here.ask('alice');
    const path = `/v0.3/conversations/${id}/events`;
    const send = (type: string, body: unknown): Promise<unknown> => ask('POST', path, { from: members[0], type, body });
    await say(ask, id, members[0]!, 'two');
    await send('custom:x', { a: 1 });
    for (const type of ['seen', 'delivered', 'submitted', 'rejected', 'undeliverable'])
      await send(`message:${type}`, { event_id: 2 });
    await say(ask, id, members[0]!, 'nine');
    await ask('DELETE', `${path}/9?from=${members[0]!}`);
    const asked = 'filter_group_type=ChatEvents&filter_group_version=3';
    expect(ids((await ask('GET', path)).body)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(ids((await ask('GET', `${path}?${asked}`)).body)).toEqual([1, 2, 3, 9]);
    expect(ids((await ask('GET', `${path}?${asked}&exclude_deleted_events=true`)).body)).toEqual([1, 2, 3]);
    expect(ids((await ask('GET', `${path}?event_type=message,custom:x&order=DESC`)).body)).toEqual([9, 3, 2]);
    expect(ids((await ask('GET', `${path}?${asked}&event_type=message:seen`)).body)).toEqual([]);
  });

  it('do not become longer than asked for', async () => {
    const { ask, path } = await filled(101);
    expect(ids((await ask('GET', `${path}?page_size=100`)).body)).toHaveLength(100);
    expect(ids((await ask('GET', path)).body)).toHaveLength(10);
  });
});

describe('server chat REST: refusals', () => {
  const params = (answer: { body: unknown }): unknown[] =>
    ((at(answer.body, 'invalid_parameters') ?? []) as unknown[]).map(one => at(one, 'name'));

  it.each([
    ['page_size=0', 'page_size'],
    ['page_size=101', 'page_size'],
    ['page_size=ten', 'page_size'],
    ['order=up', 'order'],
    ['start_id=x', 'start_id'],
    ['event_type=a,b,c,d,e,f', 'event_type'],
  ])('a page with %s', async (query, name) => {
    const here = home();
    const { id } = await roomOf(here, 'alice');
    const answer = await (await here.ask('alice'))('GET', `/v0.3/conversations/${id}/events?${query}`);
    expect([answer.status, codeOf(answer), params(answer)]).toEqual([400, 'http:error:validation-fail', [name]]);
  });

  it('a list in an order that there is not', async () => {
    const answer = await (await home().ask('alice'))('GET', '/v0.3/users/me/conversations?order_by=size');
    expect([answer.status, params(answer)]).toEqual([400, ['order_by']]);
  });

  it('a cursor that was never given, or belongs to another list', async () => {
    const here = home();
    const { id } = await roomOf(here, 'alice', 'bob');
    const ask = await here.ask('alice');
    const members = await ask('GET', `/v0.3/conversations/${id}/members?page_size=1`);
    const cursor = /cursor=([^&]+)/.exec(hrefs(members.body).next!)![1]!;
    for (const query of ['cursor=CUR', 'cursor=', 'cursor=bnVsbA', `cursor=${cursor}&order=DESC`]) {
      const answer = await ask('GET', `/v0.3/conversations/${id}/events?${query}`);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'paginator-builder:error:invalid-cursor']);
    }
    const foreign = await ask('GET', `/v0.3/users/me/conversations?cursor=${cursor}`);
    expect(codeOf(foreign)).toBe('paginator-builder:error:invalid-cursor');
  });

  it.each([
    [[], ['body']],
    ['{', ['body']],
    [{ name: '' }, ['name']],
    [
      { name: 5, display_name: [], properties: { ttl: 'x', custom_data: 'text' } },
      ['name', 'display_name', 'properties.ttl', 'properties.custom_data'],
    ],
    [{ properties: 5 }, ['properties']],
  ])('a conversation like %j', async (body, names) => {
    const answer = await (await home().ask('alice'))('POST', '/v0.3/conversations', body);
    expect([answer.status, params(answer)]).toEqual([400, names]);
  });

  it('a body beyond two megabytes; one below is fine', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice');
    const ask = await here.ask('alice');
    const full = await say(ask, id, members[0]!, 'x'.repeat(2 * 1024 * 1024));
    const much = await say(ask, id, members[0]!, 'x'.repeat(2 * 1024 * 1024 + 20_000));
    expect([full.status, much.status, codeOf(much)]).toEqual([200, 413, 'http:error:payload-too-large']);
    expect(await here.server.chat.log(id)).toHaveLength(2);
  });

  it('an endpoint that there is not', async () => {
    const ask = await home().ask('alice');
    for (const [method, path] of [
      ['GET', '/v0.3/nothing'],
      ['PUT', '/v0.3/conversations'],
      ['GET', '/v0.2/conversations/C/members/M'],
      ['POST', '/v0.3/devices'],
    ] as const) {
      const answer = await ask(method, path);
      expect([answer.status, codeOf(answer)]).toEqual([404, 'http:error:not-found']);
    }
  });
});

describe('server chat REST: list of conversations', () => {
  it('has what was said last, and how much of it was not seen', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice', 'bob');
    const [alice, bob] = [await here.ask('alice'), await here.ask('bob')];
    const standing = async (ask: typeof alice): Promise<unknown> =>
      at(await ask('GET', '/v0.3/users/me/conversations'), 'body', '_embedded', 'conversations', '0', '_embedded');
    expect(await standing(bob)).toEqual({ member: { id: members[1], state: 'JOINED' }, unread: 0 });
    await say(alice, id, members[0]!, 'one');
    await say(alice, id, members[0]!, 'two');
    expect(await standing(bob)).toMatchObject({ unread: 2, last_event: { type: 'message', body: { text: 'two' } } });
    expect(await standing(alice)).toMatchObject({ unread: 0, last_event: { body: { text: 'two' } } });
    const body = { event_id: 3 };
    await bob('POST', `/v0.3/conversations/${id}/events`, { type: 'message:seen', from: members[1], body });
    expect(at(await bob('GET', `/v0.3/conversations/${id}`), 'body', '_embedded')).toMatchObject({ unread: 1 });
  });
});

describe('server chat REST: nested JSON', () => {
  const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const events = (id: string): string => `/v0.3/conversations/${id}/events`;

  it('too deeply is refused before it is stored, wherever it stands', async () => {
    const here = home();
    const { id, members } = await roomOf(here, 'alice');
    const token = await here.server.token('alice');
    const post = (path: string, body: string): Promise<Response> =>
      fetch(here.server.url + path, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body });
    for (const levels of [600, 6_000, 300_000]) {
      const event = `{"type":"custom:x","from":"${members[0]!}","body":${deep(levels)}}`;
      for (const [path, body] of [
        [events(id), event],
        ['/v0.3/conversations', `{"properties":{"custom_data":${deep(levels)}}}`],
        [`/v0.3/conversations/${id}/members`, `{"state":"joined","channel":${deep(levels)}}`],
      ] as const) {
        const answer = await post(path, body);
        expect([path, answer.status]).toEqual([path, 400]);
      }
    }
    const answer = await post(events(id), `{"type":"custom:x","from":"${members[0]!}","body":${deep(400)}}`);
    expect(answer.status).toBe(200);
    expect((await here.server.chat.log(id)).map(({ type }) => type)).toEqual(['member:joined', 'custom:x']);
  });

  const storage = createMemory();
  const kept = town({ storage });

  it('too deeply in a row from elsewhere hides no other', async () => {
    const here = kept();
    const { id, members } = await roomOf(here, 'alice');
    const alice = await here.ask('alice');
    const draft = { conversation: id, type: 'custom:x', from: members[0]!, user: null, at: 1 };
    await storage.note({ ...draft, body: JSON.parse(deep(8_000)) as Json });
    await say(alice, id, members[0]!, 'after');
    const page = await alice('GET', events(id));
    expect(page.status).toBe(200);
    expect(at(page, 'body', '_embedded', 'events', '2', 'body')).toMatchObject({ text: 'after' });
  });
});

describe('server chat REST: CORS', () => {
  it('a preflight for every method and header, and to read when it may try again', async () => {
    const { server } = home();
    const preflight = await fetch(`${server.url}/v0.3/conversations/C/events`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:3000',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });
    const header = (name: string): string => preflight.headers.get(`access-control-${name}`) ?? '';
    expect(preflight.status).toBe(204);
    expect(header('allow-origin')).toBe('http://localhost:3000');
    expect(header('allow-methods').split(', ')).toEqual(
      expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    );
    expect(header('allow-headers')).toBe('authorization,content-type,idempotency-key');
    const refused = await fetch(`${server.url}/v0.3/users/me`, { headers: { origin: 'http://127.0.0.1' } });
    expect(refused.headers.get('access-control-allow-origin')).toBe('http://127.0.0.1');
    expect(refused.headers.get('access-control-expose-headers')).toBe('Retry-After, Date');
  });

  it('somewhere to send its metrics', async () => {
    const { server, ask } = home();
    const body = {
      body: { sessionId: 'SES-1', metrics: [{ name: 'TIME_TO_RECONNECT_SUCCESS', time: 8, attempt: 1 }] },
    };
    expect((await (await ask('alice'))('POST', '/v2/rtc/metrics', body)).status).toBe(204);
    expect((await askOf(server, 'x')('POST', '/v2/rtc/metrics', body)).status).toBe(401);
  });
});
