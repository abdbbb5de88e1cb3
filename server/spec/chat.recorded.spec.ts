import { io } from 'socket.io-client';
import { at, handshake, idOf, joined, roomOf, say, town } from './support/chatter.js';

const home = town();
const isCall = (value: unknown): value is () => void => typeof value === 'function';

/** What the existing client (2.3.1) was recorded to send; `CON`, `MEM`, `SES`, `USR` stand for ids. */
const recorded: readonly (readonly [string, string, unknown?])[] = [
  ['GET', '/v0.3/users/me'],
  ['GET', '/v0.3/users/USR'],
  ['POST', '/v0.3/conversations', {}],
  [
    'POST',
    '/v0.3/conversations',
    {
      name: 'n',
      display_name: 'd',
      properties: { custom_sort_key: 'k', custom_data: { key: 'value' }, ttl: 60 },
      image_url: 'http://x/i.png',
    },
  ],
  ['GET', '/v0.3/conversations/CON'],
  ['GET', '/v0.3/conversations/n'],
  [
    'PATCH',
    '/v0.3/conversations/CON',
    { name: 'nn', display_name: 'dd', properties: { custom_sort_key: null, ttl: 5 } },
  ],
  [
    'PATCH',
    '/v0.3/conversations/CON',
    { display_name: null, image_url: 'http://i', properties: { custom_data: { a: 1 } } },
  ],
  ['GET', '/v0.3/users/USR/conversations'],
  ['GET', '/v0.3/users/USR/conversations?order=DESC&page_size=5&include_custom_data=true&order_by=custom_sort_key'],
  [
    'POST',
    '/v0.3/conversations/CON/members',
    {
      originating_session: 'SES',
      state: 'invited',
      user: { name: 'bob' },
      channel: { type: 'app', from: { type: 'app' }, to: { type: 'app' } },
    },
  ],
  ['GET', '/v0.3/conversations/CON/members'],
  ['GET', '/v0.3/conversations/CON/members?order=ASC&page_size=5'],
  ['GET', '/v0.3/conversations/CON/members/MEM'],
  ['GET', '/v0.3/conversations/CON/members/me'],
  ...[
    ['message', { text: 'hi <b>&"é', message_type: 'text' }],
    ['message', { text: 'tab\tnl\n', message_type: 'text' }],
    ['message', { custom: { k: 'string' }, message_type: 'custom' }],
    ['message', { image: { url: 'https://x/f?a=1' }, message_type: 'image' }],
    ['message', { video: { url: 'https://x/f?a=1' }, message_type: 'video' }],
    ['message', { file: { url: 'https://x/f?a=1' }, message_type: 'file' }],
    ['message', { audio: { url: 'https://x/f?a=1' }, message_type: 'audio' }],
    ['message', { vcard: { url: 'https://x/f?a=1' }, message_type: 'vcard' }],
    ['message', { location: { longitude: '2', latitude: '1', name: 'N', address: 'A' }, message_type: 'location' }],
    [
      'message',
      {
        template: { name: 'name', parameters: ['p'] },
        message_type: 'template',
        whatsapp: { policy: 'pol', locale: 'en' },
      },
    ],
    ['ephemeral', { type: 'x' }],
    ['custom:test', { k: 1 }],
    ['message:delivered', { event_id: 3 }],
    ['message:seen', { event_id: 3 }],
  ].map(([type, body]) => ['POST', '/v0.3/conversations/CON/events', { cid: 'CON', from: 'MEM', type, body }] as const),
  ['DELETE', '/v0.3/conversations/CON/events/3?from=MEM'],
  [
    'GET',
    '/v0.3/conversations/CON/events?filter_group_type=ChatEvents&filter_group_version=3&exclude_deleted_events=true',
  ],
  [
    'GET',
    '/v0.3/conversations/CON/events?order=DESC&page_size=5&filter_group_type=ChatEvents&filter_group_version=3' +
      '&event_type=message,member:joined&exclude_deleted_events=true&start_id=3',
  ],
  ['PUT', '/v0.2/sessions/SES', '""'],
  [
    'POST',
    '/v2/rtc/metrics',
    { body: { sessionId: 'SES', metrics: [{ name: 'TIME_TO_RECONNECT_SUCCESS', time: 8, attempt: 1 }] } },
  ],
  ['DELETE', '/v0.2/conversations/CON/members/MEM'],
  ['DELETE', '/v0.3/conversations/CON'],
];

it('everything that the existing client was recorded to ask is answered with what it needs', async () => {
  const here = home();
  const { session } = await here.login('alice');
  const ask = await here.ask('alice');
  const user = idOf(await ask('GET', '/v0.3/users/me'));
  const id = idOf(await ask('POST', '/v0.3/conversations', {}));
  const join = {
    originating_session: session,
    channel: { type: 'app' },
    user: { id: user, name: 'alice' },
    state: 'joined',
  };
  const member = idOf(await ask('POST', `/v0.3/conversations/${id}/members`, join));
  const real = (text: string): string =>
    text.replaceAll('CON', id).replaceAll('MEM', member).replaceAll('SES', session).replaceAll('USR', user);
  const required: Readonly<Record<string, readonly string[]>> = {
    users: ['id', 'name'],
    conversations: ['id', 'name', 'state', 'timestamp'],
    events: ['timestamp'],
    members: ['id', 'state'],
    sessions: ['session_id'],
  };
  for (const [method, path, body] of recorded) {
    const sent = body === undefined ? undefined : (JSON.parse(real(JSON.stringify(body))) as unknown);
    const answer = await ask(method, real(path), sent);
    expect([method, path, Math.floor(answer.status / 100)]).toEqual([method, path, 2]);
    if (answer.status === 204) continue;
    const [, , last = ''] =
      /\/v0\.\d(\/[^/]+\/[^/]+)?\/(users|conversations|events|members|sessions)\b[^?]*/.exec(path) ?? [];
    const links = at(answer.body, '_links');
    const listed = at(answer.body, '_embedded', last);
    if (Array.isArray(listed)) expect(links).toBeDefined();
    else
      for (const field of required[last] ?? []) expect([path, at(answer.body, field)]).not.toEqual([path, undefined]);
  }
});

it('the real Socket.IO client is told, acknowledges, logs out and resumes', async () => {
  const here = home();
  const token = await here.server.token('alice');
  const open = (query: Record<string, string>): ReturnType<typeof io> =>
    io(here.server.url, { path: '/v2/rtc', transports: ['websocket'], query, forceNew: true, reconnection: false });
  const told = (socket: ReturnType<typeof io>, event: string): Promise<unknown> =>
    new Promise(resolve => {
      socket.once(event, (payload: unknown, acknowledge: unknown) => {
        if (isCall(acknowledge)) acknowledge();
        resolve(payload);
      });
    });

  const socket = open({ ...handshake, token });
  const success = await told(socket, 'session:success');
  const session = String(at(success, 'body', 'id'));
  const message = told(socket, 'message');
  const { id, members } = await roomOf(here, 'alice', 'bob');
  const bob = await here.ask('bob');
  await say(bob, id, members[1]!, 'hello');
  expect(await message).toMatchObject({ id: 3, cid: id, body: { text: 'hello' } });
  const closed = told(socket, 'disconnect');
  here.server.chat.drop('alice');
  expect(await closed).toBe('transport close');

  await say(bob, id, members[1]!, 'missed');
  const again = open({ token, session_id: session });
  const pending = at(await told(again, 'session:success'), 'body', 'pending_events') as { id: number }[];
  expect(pending.map(event => event.id)).toContain(4);
  const out = told(again, 'session:logged-out');
  again.emit('session:logout', { tid: 'T', body: {} });
  expect(await out).toEqual({ rid: 'T', body: {} });
  again.disconnect();
  await joined(await here.ask('carol'), id);
});
