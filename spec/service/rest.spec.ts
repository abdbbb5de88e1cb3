import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Request } from '../../lib/conversation/port.js';
import { contents, json, startFar, type Far, type Reply, type Seen } from './adapter/far.js';
import { line, secret, stopAll, type Line } from './adapter/line.js';

const room = {
  id: 'CON-1',
  name: 'NAM-n',
  display_name: 'Disp',
  image_url: 'https://x/i.png',
  state: 'ACTIVE',
  sequence_number: 7,
  timestamp: { created: 't1', updated: 't2' },
  properties: { ttl: 60, type: 'quick_chat', custom_sort_key: 'k', custom_data: { key: 'value' } },
  _embedded: { member: { id: 'MEM-1', state: 'JOINED' } },
  _links: { self: { href: 'h' } },
};
const ourRoom = {
  id: 'CON-1',
  name: 'NAM-n',
  displayName: 'Disp',
  imageUrl: 'https://x/i.png',
  state: 'ACTIVE',
  timestamp: { created: 't1', updated: 't2' },
  properties: { ttl: 60, customSortKey: 'k', customData: { key: 'value' } },
  me: { id: 'MEM-1', state: 'JOINED' },
};
const member = {
  id: 'MEM-1',
  conversation_id: 'CON-1',
  _embedded: { user: { id: 'USR-1', name: 'alice', display_name: 'Alice', image_url: null, _links: {} } },
  state: 'JOINED',
  timestamp: { invited: 't1', joined: 't2' },
  channel: { type: 'app', from: { type: 'app', id: 'x' }, to: { type: 'app', user: 'alice' } },
};
const ourMember = {
  id: 'MEM-1',
  state: 'JOINED',
  user: { id: 'USR-1', name: 'alice', displayName: 'Alice' },
  channel: { type: 'APP', from: { id: 'x' }, to: {} },
  timestamp: { invited: 't1', joined: 't2' },
};
const leg = {
  id: 'LEG-1',
  type: 'app',
  direction: 'inbound',
  status: 'answered',
  conversation_id: 'CON-1',
  start_time: 't1',
  end_time: '',
  from: { type: 'app', user: 'alice', number: null },
  to: { type: 'phone', number: '447' },
  media_state: { mute: true, earmuff: false, play_stream: false, recording: false, transcribing: false, tts: true },
  _links: {},
};
const ourLeg = {
  id: 'LEG-1',
  type: 'app',
  direction: 'inbound',
  status: 'answered',
  conversationId: 'CON-1',
  startTime: 't1',
  endTime: '',
  from: { type: 'app', user: 'alice' },
  to: { type: 'phone', number: '447' },
  mediaState: { mute: true, earmuff: false, playStream: false, recording: false, transcribing: false, tts: true },
};
const { mediaState: _, ...ourStrangeLeg } = ourLeg;
const me = '/v0.3/conversations/CON-1/members/me';
const events = '/v0.3/conversations/CON-1/events';
const links = {
  next: { href: 'https://far/v0.3/x?page_size=10&cursor=NEXT%3D&order=asc' },
  prev: { href: '/v0.3/x?cursor=PREV' },
};

describe('service: REST request', () => {
  let far: Far;
  let alice: Line;
  beforeEach(async () => {
    far = await startFar();
    alice = line({ apiUrl: far.url });
    await alice.up();
  });
  afterEach(async () => {
    await stopAll();
    await far.close();
  });

  const asMember = (): void => {
    far.on(`GET ${me}`, json({ id: 'MEM-ME', state: 'JOINED' }));
  };
  const shown = ({ method, path, query, body }: Seen): readonly unknown[] =>
    body === undefined ? [method, path, query] : [method, path, query, body];

  type Row = readonly [request: Request, seen: readonly unknown[], answer: unknown, result: unknown];
  const rows: readonly Row[] = [
    [
      { verb: 'getUser', args: { user: 'me' } },
      ['GET', '/v0.3/users/me', {}],
      {
        id: 'USR-1',
        name: 'alice',
        display_name: 'Alice',
        image_url: 'https://x/a.png',
        properties: { custom_data: { lang: 'en' } },
        custom_data: { top: 'level' },
        timestamp: { created: 't1', updated: 't2', destroyed: null },
        channels: { app: [{ id: 'a1' }], sip: [{ uri: 'sip:x@y' }], sms: [{ number: '447' }], odd: 5 },
      },
      {
        id: 'USR-1',
        name: 'alice',
        displayName: 'Alice',
        imageUrl: 'https://x/a.png',
        customData: { lang: 'en' },
        timestamp: { created: 't1', updated: 't2' },
        channels: { app: [{ id: 'a1' }], sip: [{}], sms: [{ number: '447' }] },
      },
    ],
    [
      { verb: 'getUser', args: { user: 'bob/../ü' } },
      ['GET', '/v0.3/users/bob%2F..%2F%C3%BC', {}],
      { id: 'U', name: 'n' },
      { id: 'U', name: 'n' },
    ],
    [{ verb: 'createConversation', args: {} }, ['POST', '/v0.3/conversations', {}, {}], room, 'CON-1'],
    [
      {
        verb: 'createConversation',
        args: {
          name: 'n',
          displayName: 'd',
          imageUrl: 'http://x/i.png',
          ttl: 60,
          customSortKey: 'k',
          customData: { key: 'value' },
        },
      },
      [
        'POST',
        '/v0.3/conversations',
        {},
        {
          name: 'n',
          display_name: 'd',
          image_url: 'http://x/i.png',
          properties: { ttl: 60, custom_sort_key: 'k', custom_data: { key: 'value' } },
        },
      ],
      room,
      'CON-1',
    ],
    [
      { verb: 'getConversation', args: { conversation: 'my name' } },
      ['GET', '/v0.3/conversations/my%20name', {}],
      room,
      ourRoom,
    ],
    [
      { verb: 'getConversation', args: { conversation: 'CON-1' } },
      ['GET', '/v0.3/conversations/CON-1', {}],
      { id: 'CON-1', name: 'n', timestamp: {}, display_name: null, properties: null, state: 'ODD' },
      { id: 'CON-1', name: 'n', timestamp: {}, properties: { customData: {} } },
    ],
    [
      {
        verb: 'updateConversation',
        args: { conversation: 'CON-1', changes: { displayName: null, ttl: 5, customSortKey: null } },
      },
      ['PATCH', '/v0.3/conversations/CON-1', {}, { display_name: null, properties: { ttl: 5, custom_sort_key: null } }],
      room,
      ourRoom,
    ],
    [
      { verb: 'deleteConversation', args: { conversation: 'CON-1' } },
      ['DELETE', '/v0.3/conversations/CON-1', {}],
      undefined,
      undefined,
    ],
    [
      { verb: 'getConversations', args: {} },
      ['GET', '/v0.3/users/USR-1/conversations', {}],
      { page_size: 10, _embedded: { conversations: [room] }, _links: links },
      { items: [ourRoom], nextCursor: 'NEXT%3D', previousCursor: 'PREV' },
    ],
    [
      {
        verb: 'getConversations',
        args: { order: 'desc', pageSize: 5, cursor: 'CUR%3D', includeCustomData: true, orderBy: 'custom_sort_key' },
      },
      [
        'GET',
        '/v0.3/users/USR-1/conversations',
        { order: 'DESC', page_size: '5', cursor: 'CUR%3D', include_custom_data: 'true', order_by: 'custom_sort_key' },
      ],
      { _embedded: { conversations: [] }, _links: {} },
      { items: [] },
    ],
    [
      { verb: 'getConversationEvents', args: { conversation: 'CON-1' } },
      ['GET', events, { filter_group_type: 'ChatEvents', filter_group_version: '3', exclude_deleted_events: 'true' }],
      { _embedded: { events: [] } },
      { items: [] },
    ],
    [
      {
        verb: 'getConversationEvents',
        args: {
          conversation: 'CON-1',
          order: 'desc',
          pageSize: 5,
          cursor: 'CUR',
          eventFilter: ['message', 'member:joined'],
          includeDeletedEvents: false,
          startId: 3,
        },
      },
      [
        'GET',
        events,
        {
          order: 'DESC',
          page_size: '5',
          cursor: 'CUR',
          filter_group_type: 'ChatEvents',
          filter_group_version: '3',
          event_type: 'message,member:joined',
          exclude_deleted_events: 'true',
          start_id: '3',
        },
      ],
      { _embedded: { events: [] }, _links: {} },
      { items: [] },
    ],
    [
      { verb: 'getConversationEvents', args: { conversation: 'CON-1', everything: true, pageSize: 100, startId: 1 } },
      ['GET', events, { page_size: '100', exclude_deleted_events: 'false', start_id: '1' }],
      { _embedded: { events: [] }, _links: {} },
      { items: [] },
    ],
    [
      { verb: 'getConversationMembers', args: { conversation: 'CON-1', order: 'asc', pageSize: 5, cursor: 'CUR' } },
      ['GET', '/v0.3/conversations/CON-1/members', { order: 'ASC', page_size: '5', cursor: 'CUR' }],
      { _embedded: { members: [member, { id: 'MEM-2', state: 'away' }] }, _links: {} },
      { items: [ourMember, { id: 'MEM-2', state: 'UNKNOWN' }] },
    ],
    [
      { verb: 'getConversationMember', args: { conversation: 'CON-1', member: 'MEM-1' } },
      ['GET', '/v0.3/conversations/CON-1/members/MEM-1', {}],
      member,
      ourMember,
    ],
    [
      { verb: 'joinConversation', args: { conversation: 'CON-1' } },
      [
        'POST',
        '/v0.3/conversations/CON-1/members',
        {},
        {
          originating_session: 'SES-1',
          channel: { type: 'app' },
          user: { id: 'USR-1', name: 'alice' },
          state: 'joined',
        },
      ],
      member,
      'MEM-1',
    ],
    [
      { verb: 'inviteToConversation', args: { conversation: 'CON-1', userName: 'bob' } },
      [
        'POST',
        '/v0.3/conversations/CON-1/members',
        {},
        {
          originating_session: 'SES-1',
          state: 'invited',
          user: { name: 'bob' },
          channel: { type: 'app', from: { type: 'app' }, to: { type: 'app' } },
        },
      ],
      { id: 'MEM-BOB' },
      'MEM-BOB',
    ],
    [
      { verb: 'leaveConversation', args: { conversation: 'CON-1' } },
      ['DELETE', '/v0.2/conversations/CON-1/members/MEM-ME', {}],
      undefined,
      undefined,
    ],
    [
      { verb: 'deleteEvent', args: { conversation: 'CON-1', event: 5 } },
      ['DELETE', `${events}/5`, { from: 'MEM-ME' }],
      undefined,
      undefined,
    ],
    ...contents.map(([content, body]): Row => [
      { verb: 'send', args: { conversation: 'CON-1', content } },
      [
        'POST',
        events,
        {},
        { cid: 'CON-1', from: 'MEM-ME', type: 'message', body: { message_type: content.kind, ...body } },
      ],
      { id: 19, timestamp: 't' },
      { timestamp: 't', id: 19 },
    ]),
    ...['test', 'custom:test'].map((type): Row => [
      { verb: 'send', args: { conversation: 'CON-1', content: { kind: 'event', type, body: { k: 1 } } } },
      ['POST', events, {}, { cid: 'CON-1', from: 'MEM-ME', type: 'custom:test', body: { k: 1 } }],
      { timestamp: 't' },
      { timestamp: 't' },
    ]),
    [
      { verb: 'sendEphemeral', args: { conversation: 'CON-1', body: { type: 'x' } } },
      ['POST', events, {}, { cid: 'CON-1', from: 'MEM-ME', type: 'ephemeral', body: { type: 'x' } }],
      { id: 42, timestamp: 't' },
      { timestamp: 't' },
    ],
    ...(['seen', 'delivered'] as const).map((receipt): Row => [
      { verb: 'sendReceipt', args: { conversation: 'CON-1', event: 5, receipt } },
      ['POST', events, {}, { cid: 'CON-1', from: 'MEM-ME', type: `message:${receipt}`, body: { event_id: 5 } }],
      { id: 45, timestamp: 't' },
      { timestamp: 't' },
    ]),
    [{ verb: 'getLeg', args: { leg: 'LEG-1' } }, ['GET', '/v0.3/legs/LEG-1', {}], leg, ourLeg],
    [
      { verb: 'getLeg', args: { leg: 'a/../ü' } },
      ['GET', '/v0.3/legs/a%2F..%2F%C3%BC', {}],
      { ...leg, media_state: { mute: 'yes' } },
      ourStrangeLeg,
    ],
    [
      { verb: 'getCallLegs', args: { conversation: 'CON-1', order: 'asc', pageSize: 2, cursor: 'C%3D' } },
      ['GET', '/v0.3/conversations/CON-1/legs', { order: 'ASC', page_size: '2', cursor: 'C%3D' }],
      { _embedded: { legs: [leg, { ...leg, to: 'somebody' }, null] }, _links: links },
      { items: [ourLeg], previousCursor: 'PREV', nextCursor: 'NEXT%3D' },
    ],
  ];
  it.each(rows.map(row => [row[0].verb, JSON.stringify(row[0].args), ...row] as const))(
    '%s %s',
    async (_, __, request, seen, answer, result) => {
      asMember();
      far.on(`${String(seen[0])} ${String(seen[1])}`, json(answer, answer === undefined ? 204 : 200));
      expect(await alice.ask(request)).toEqual({ _tag: 'Right', right: result });
      expect(shown(far.seen.at(-1)!)).toEqual(seen);
      expect(far.seen.at(-1)!.headers).toMatchObject({
        authorization: `bearer ${secret}`,
        'content-type': 'application/json',
      });
    },
  );

  it('asks once who we are in a conversation, however much is sent there at the same time', async () => {
    asMember();
    far.on(`POST ${events}`, json({ timestamp: 't' }));
    const send: Request = { verb: 'send', args: { conversation: 'CON-1', content: { kind: 'text', text: 'hi' } } };
    await Promise.all([alice.ask(send), alice.ask(send)]);
    await alice.ask(send);
    expect(far.seen.filter(({ path }) => path === me)).toHaveLength(1);
    expect(far.seen.filter(({ path }) => path === events)).toHaveLength(3);
  });

  it('knows who we are from what it is told, until we leave', async () => {
    const from = (): unknown => (far.seen.at(-1)!.body as { readonly from: unknown }).from;
    const send: Request = { verb: 'sendEphemeral', args: { conversation: 'CON-1', body: {} } };
    far.on(`POST ${events}`, json({ timestamp: 't' }));
    far.on('GET /v0.3/conversations/CON-1', json(room));
    await alice.ask({ verb: 'getConversation', args: { conversation: 'CON-1' } });
    await alice.ask(send);
    expect(from()).toBe('MEM-1');

    far.on('DELETE /v0.2/conversations/CON-1/members/MEM-1', json(undefined, 204));
    await alice.ask({ verb: 'leaveConversation', args: { conversation: 'CON-1' } });
    far.on('POST /v0.3/conversations/CON-1/members', json({ id: 'MEM-2' }));
    await alice.ask({ verb: 'joinConversation', args: { conversation: 'CON-1' } });
    await alice.ask(send);
    expect(from()).toBe('MEM-2');

    const tell = async (type: string, member_id: string, id = 'USR-1'): Promise<void> => {
      const user = { id, name: 'n' };
      far.io.emit(type, { id: 1, cid: 'CON-1', timestamp: 't', body: { member_id, user } });
      await alice.next('event');
    };
    await tell('member:joined', 'MEM-BOB', 'USR-2');
    await tell('member:left', 'MEM-1');
    await alice.ask(send);
    expect(from()).toBe('MEM-2');
    await tell('member:joined', 'MEM-3');
    await alice.ask(send);
    expect(from()).toBe('MEM-3');
    expect(far.seen.filter(({ path }) => path === me)).toEqual([]);
    await tell('member:left', 'MEM-3');
    expect(await alice.ask(send)).toMatchObject({ left: { fault: { code: 'not-found' } } });
    expect(far.seen.at(-1)).toMatchObject({ path: me });
  });

  it('forgets who we are where that was refused', async () => {
    asMember();
    far.on(`POST ${events}`, json({ code: 'x' }, 403));
    const send: Request = { verb: 'sendEphemeral', args: { conversation: 'CON-1', body: {} } };
    await alice.ask(send);
    await alice.ask(send);
    expect(far.seen.filter(({ path }) => path === me)).toHaveLength(2);
  });

  it('leaves out of a page what it does not understand, and says so', async () => {
    const page = [
      { id: 1, type: 'message', timestamp: 't', body: { message_type: 'text', text: 'a' } },
      { id: 2, type: 'message', timestamp: 't', body: { message_type: 'text', text: { secret } } },
      { id: 3, type: 'message:seen', timestamp: 't', body: { event_id: 1 } },
      { id: 4, type: 'of:tomorrow', x: 1 },
      null,
    ];
    far.on(`GET ${events}`, json({ _embedded: { events: page }, _links: {} }));
    const answer = await alice.ask({ verb: 'getConversationEvents', args: { conversation: 'CON-1' } });
    expect(answer).toMatchObject({
      right: {
        items: [
          { id: 1, conversationId: 'CON-1' },
          { id: 3, kind: 'message:seen', body: { eventId: 1 } },
          { kind: 'unknown', id: 4, conversationId: 'CON-1', raw: page[3] },
        ],
      },
    });
    const faults = alice.reports.flatMap(report => (report._tag === 'fault' ? [report.fault] : []));
    expect(faults.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'bad-answer Left out of the answer: _embedded.events.1.body.text.',
      'bad-answer Left out of the answer: _embedded.events.4.type.',
    ]);
  });

  it.each<[status: number, code: string, retryable: boolean]>([
    [400, 'invalid-argument', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not-found', false],
    [409, 'conflict', false],
    [413, 'too-large', false],
    [418, 'refused', false],
    [422, 'invalid-argument', false],
    [429, 'rate-limited', true],
    [500, 'server-error', true],
    [503, 'server-error', true],
  ])('that is answered by %i gives %s', async (statusCode, code, retryable) => {
    far.on(
      'GET /v0.3/users/err',
      json({ type: 't', title: 'T', detail: `no ${secret}`, code: 'x:y', instance: 'i' }, statusCode),
    );
    expect(await alice.ask({ verb: 'getUser', args: { user: 'err' } })).toEqual({
      _tag: 'Left',
      left: { fault: { code, retryable, message: 'no [redacted]', statusCode, serverCode: 'x:y' } },
    });
    expect(far.seen).toHaveLength(1);
  });

  it.each<[what: string, reply: Reply, fault: object]>([
    [
      'parameters',
      json({ detail: 'd', invalid_parameters: [{ name: 'a', reason: 'b' }, 5, {}] }, 400),
      {
        code: 'invalid-argument',
        message: 'd',
        problems: [
          { name: 'a', reason: 'b' },
          { name: '', reason: '' },
        ],
      },
    ],
    ['a title only', json({ title: 'T', detail: '' }, 404), { code: 'not-found', message: 'T' }],
    ['nothing', json(undefined, 503), { code: 'server-error', statusCode: 503 }],
    [
      'no JSON',
      (_, response) => {
        response.writeHead(502).end('<html>');
      },
      { code: 'server-error', statusCode: 502 },
    ],
    [
      'a success that is none',
      json({ id: 5, name: secret }),
      {
        code: 'bad-answer',
        message: "The answer can't be understood: id.",
        statusCode: 200,
      },
    ],
    ['an empty success', json(undefined), { code: 'bad-answer' }],
    [
      'half a success',
      (_, response) => {
        response.end(`{"id":"${secret}`);
      },
      {
        code: 'bad-answer',
        message: "The answer can't be understood: it is no JSON.",
      },
    ],
    [
      'a broken connection',
      (_, response) => {
        response.destroy();
      },
      { code: 'line-lost', retryable: true },
    ],
    [
      'a body that breaks off',
      (_, response) => {
        response.writeHead(200, { 'Content-Length': '100' }).write('{');
        setImmediate(() => response.destroy());
      },
      { code: 'line-lost', retryable: true },
    ],
  ])('that is answered by %s', async (_, reply, fault) => {
    far.on('GET /v0.3/users/err', reply);
    expect(await alice.ask({ verb: 'getUser', args: { user: 'err' } })).toMatchObject({ left: { fault } });
  });

  it.each<[header: string, ms: (retryAfter: number) => boolean]>([
    ['7', ms => ms === 7000],
    [new Date(Date.now() + 60_000).toUTCString(), ms => ms > 50_000 && ms <= 60_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', ms => ms === 0],
    ['1.5', ms => ms === 1500],
    [' 3 ', ms => ms === 3000],
    ['3, 7', ms => ms === 7000],
    ['Thu, 01 Jan 1970 00:00:00 GMT, 2', ms => ms === 2000],
    ['-4', ms => ms === 0],
  ])('is to wait as long as the service says: %s', async (header, ms) => {
    far.on('GET /v0.3/users/err', json({}, 429, { 'Retry-After': header }));
    const answer = await alice.ask({ verb: 'getUser', args: { user: 'err' } });
    expect(answer._tag === 'Left' && ms(answer.left.retryAfter ?? NaN)).toBe(true);
  });
  it('is to wait until a date by the clock of the service', async () => {
    const headers = { Date: 'Thu, 01 Jan 2015 00:00:00 GMT', 'Retry-After': 'Thu, 01 Jan 2015 00:00:09 GMT' };
    far.on('GET /v0.3/users/err', json({}, 503, headers));
    expect(await alice.ask({ verb: 'getUser', args: { user: 'err' } })).toMatchObject({ left: { retryAfter: 9000 } });
  });
  it('is to wait as long as it likes where the service says nothing sensible', async () => {
    far.on('GET /v0.3/users/err', json({}, 503, { 'Retry-After': 'soon' }));
    const answer = await alice.ask({ verb: 'getUser', args: { user: 'err' } });
    expect(answer._tag === 'Left' && 'retryAfter' in answer.left).toBe(false);
  });

  it.each<[string, string, Request]>([
    ['GET', '/v0.3/users/me', { verb: 'getUser', args: { user: 'me' } }],
    ['POST', '/v0.3/conversations', { verb: 'createConversation', args: {} }],
    ['DELETE', '/v0.3/conversations/CON-1', { verb: 'deleteConversation', args: { conversation: 'CON-1' } }],
    [
      'PATCH',
      '/v0.3/conversations/CON-1',
      { verb: 'updateConversation', args: { conversation: 'CON-1', changes: { name: 'n' } } },
    ],
  ])('has no success in a page of a proxy: %s', async (method, path, request) => {
    for (const body of ['<html>Welcome</html>', '{"id":"CON-1"}', '']) {
      far.on(`${method} ${path}`, (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(body);
      });
      expect(await alice.ask(request)).toMatchObject({ left: { fault: { code: 'bad-answer', statusCode: 200 } } });
    }
  });

  it.each<[string, number, string, boolean]>([
    ['nothing', 204, '', true],
    ['an empty 200', 200, '', true],
    ['any JSON', 200, '{}', true],
    ['words', 200, 'OK', false],
  ])('to delete is answered by %s', async (_, status, body, isDone) => {
    far.on('DELETE /v0.3/conversations/CON-1', (_seen, response) => {
      response.writeHead(status).end(body);
    });
    const answer = await alice.ask({ verb: 'deleteConversation', args: { conversation: 'CON-1' } });
    expect(answer).toMatchObject(isDone ? { right: undefined } : { left: { fault: { code: 'bad-answer' } } });
  });

  it('carries the key of a message to an own server, and to the hosted one only when told', async () => {
    asMember();
    far.on(`POST ${events}`, json({ timestamp: 't' }));
    const send: Request = {
      verb: 'send',
      args: { conversation: 'CON-1', content: { kind: 'text', text: '' }, key: 'k1' },
    };
    await alice.ask(send);
    expect(far.seen.at(-1)!.headers['idempotency-key']).toBe('k1');
    const plain = line({ apiUrl: far.url, idempotencyKeys: false });
    await plain.up();
    await plain.ask(send);
    expect(far.seen.at(-1)!.headers['idempotency-key']).toBeUndefined();
  });

  it('is not sent when something is wrong with it', async () => {
    expect(await alice.ask({ verb: 'getConversations', args: { pageSize: -1 } })).toMatchObject({
      left: { fault: { code: 'invalid-argument', problems: [{ name: 'pageSize' }] } },
    });
    expect(far.seen).toEqual([]);
  });

  it('is aborted when the viewer goes', async () => {
    const asked = new Promise<ServerResponse>(resolve => {
      far.on('GET /v0.3/users/slow', (_, response) => {
        resolve(response);
      });
    });
    alice.perform({ _tag: 'ask', ref: 'slow', request: { verb: 'getUser', args: { user: 'slow' } } });
    const gone = once(await asked, 'close');
    alice.stop();
    await gone;
    expect(alice.reports.some(({ _tag }) => _tag === 'answered')).toBe(false);
  });

  describe('for another token', () => {
    const session = 'PUT /v0.2/sessions/SES-1';
    let tokens: string[];
    let bob: Line;
    beforeEach(async () => {
      tokens = ['old', 'new'];
      bob = line({ apiUrl: far.url, token: () => Promise.resolve(tokens.shift() ?? '') });
      await bob.up();
    });
    const refresh = async (): Promise<unknown> => {
      bob.perform({ _tag: 'register', ref: 'again', expires: 600 });
      return bob.outcome('again');
    };
    const tokenInUse = async (): Promise<unknown> => {
      await bob.ask({ verb: 'getUser', args: { user: 'me' } });
      return far.seen.at(-1)!.headers.authorization;
    };

    it('is what registering again asks', async () => {
      far.on(session, json({ session_id: 'SES-1' }));
      expect(await refresh()).toEqual({
        _tag: 'Right',
        right: { expires: 86_400, user: { id: 'USR-1', name: 'alice' }, sessionId: 'SES-1' },
      });
      expect(far.seen.at(-1)).toMatchObject({ method: 'PUT', body: '', headers: { authorization: 'bearer new' } });
      expect(await tokenInUse()).toBe('bearer new');
    });

    it('is what the core asks after a 401', async () => {
      far.on(session, json({ session_id: 'SES-1' }));
      expect(await bob.ask({ verb: 'refreshSession', args: {} })).toEqual({ _tag: 'Right', right: undefined });
      expect(await tokenInUse()).toBe('bearer new');
    });

    it.each<[status: number, code: string, retryable: boolean]>([
      [401, 'unauthorized', false],
      [503, 'server-error', true],
    ])('leaves the old one in use when it is answered by %i', async (status, code, retryable) => {
      far.on(session, json({}, status));
      expect(await refresh()).toMatchObject({ left: { fault: { code, retryable } } });
      expect(await tokenInUse()).toBe('bearer old');
    });

    it('that did not get through says nothing about the socket', async () => {
      far.on(session, (_, response) => {
        response.destroy();
      });
      expect(await refresh()).toMatchObject({ left: { fault: { code: 'server-error', retryable: true } } });
    });

    it('finds out that the session is gone: the next connection begins another one', async () => {
      bob.perform({ _tag: 'register', ref: 'again', expires: 600 });
      expect(await bob.next('closed')).toMatchObject({ fault: { code: 'not-found', retryable: true } });
      expect(await bob.outcome('again')).toMatchObject({ left: { fault: { retryable: true } } });
      tokens.push('third');
      const coming = once(far.io, 'connection') as Promise<[{ handshake: { query: Record<string, unknown> } }]>;
      bob.perform({ _tag: 'open' });
      expect((await coming)[0].handshake.query).toMatchObject({ token: 'third' });
      expect((await coming)[0].handshake.query['session_id']).toBeUndefined();
    });

    it('needs a token, and a session', async () => {
      tokens = [''];
      expect(await refresh()).toMatchObject({ left: { fault: { code: 'invalid-token' } } });
      bob.perform({ _tag: 'unregister', ref: 'u' });
      tokens = ['new'];
      expect(await bob.ask({ verb: 'refreshSession', args: {} })).toMatchObject({
        left: { fault: { code: 'invalid-session' } },
      });
    });
  });
});
