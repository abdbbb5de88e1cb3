import type { ConnectionStatus } from '../../lib/line/model.js';
import { VBotClient } from '../../lib/vbot/index.js';
import { openWorld, reasonOf, unhandled, until, type World } from './support/world.js';

describe('vbot account', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterEach(() => world.leave());
  afterAll(() => world.close());

  const heard = (client: VBotClient): ConnectionStatus[] => {
    const statuses: ConnectionStatus[] = [];
    client.on('statusUpdate', status => statuses.push(status));
    return statuses;
  };

  it('connects and disconnects', async () => {
    const client = await world.client('alice');
    const statuses = heard(client);
    expect(client.isConnected()).toBe(false);
    await client.connect();
    expect(client.isConnected()).toBe(true);
    expect(world.server.registrations('alice')).toHaveLength(1);
    await client.disconnect();
    expect(client.isConnected()).toBe(false);
    expect(world.server.registrations('alice')).toEqual([]);
    expect(statuses).toEqual(['connecting', 'connected', 'disconnecting', 'disconnected']);
  });

  it('connects again', async () => {
    const client = await world.person('alice');
    await client.disconnect();
    await client.connect();
    expect(client.isConnected()).toBe(true);
  });

  it('tells a late listener what is, and an early one nothing before there is something', async () => {
    const client = await world.client('alice');
    const early = heard(client);
    expect(early).toEqual([]);
    const connected = client.connect();
    const late = heard(client);
    await connected;
    expect(early).toEqual(['connecting', 'connected']);
    expect(late).toEqual(['connecting', 'connected']);
  });

  it('lets listeners go', async () => {
    const client = await world.client('alice');
    const off: ConnectionStatus[] = [];
    const removed: ConnectionStatus[] = [];
    const once: ConnectionStatus[] = [];
    const withOff = (status: ConnectionStatus): number => off.push(status);
    const withRemove = (status: ConnectionStatus): number => removed.push(status);
    client.on('statusUpdate', withOff);
    client.on('statusUpdate', withRemove);
    client.once('statusUpdate', status => once.push(status));
    const connected = client.connect();
    client.off('statusUpdate', withOff);
    client.removeListener('statusUpdate', withRemove);
    client.off('statusUpdate', () => 'never heard of');
    await connected;
    expect([off, removed, once]).toEqual([['connecting'], ['connecting'], ['connecting']]);
  });

  it('stays connected for one connect of two', async () => {
    const client = await world.client('alice');
    await Promise.all([client.connect(), client.connect()]);
    await client.connect();
    expect(client.isConnected()).toBe(true);
    await client.disconnect();
    expect(client.isConnected()).toBe(false);
  });

  it('can be disconnected before it connects, and while it does', async () => {
    const client = await world.client('alice');
    await client.disconnect();
    const connected = client.connect();
    await client.disconnect();
    expect((await reasonOf(connected)).code).toBe('disconnected');
  });

  it('is the same behind the face', async () => {
    const client = await world.person('alice');
    const session = await until(client.streams.session$, ({ connection }) => connection === 'connected');
    expect(session.lines).toHaveLength(1);
  });

  it('gives its hotlines', async () => {
    const client = await world.client('alice');
    await expect(client.getHotlines()).resolves.toEqual(world.server.hotlines);
  });

  it('may have no hotlines', async () => {
    const client = await world.client('alice');
    world.server.respondHttp('/api/sdk/getHotline', {
      status: 200,
      contentType: 'application/json',
      body: '{"error":0,"message":"success","data":[]}',
    });
    await expect(client.getHotlines()).resolves.toEqual([]);
  });

  it('is refused with the words of the server', async () => {
    const token = await world.server.token('dora');
    world.server.expire('dora');
    const reason = await reasonOf(VBotClient(token, { baseUrl: world.server.url }));
    expect(reason).toMatchObject({ name: 'VBotError', code: 'unauthorized', message: 'token expired' });
    expect(JSON.stringify(reason)).not.toContain(token);
  });

  it.each([
    [500, 'text/html', '<h1>Oops</h1>', 'server-error'],
    [200, 'text/html', '<h1>Hello</h1>', 'bad-answer'],
    [200, 'application/json', '{"error":0,"data":{"username":"x"}}', 'bad-answer'],
    [403, 'application/json', '{"error":403,"message":"not for you"}', 'forbidden'],
  ])('is refused by HTTP %i %s %s', async (status, contentType, body, code) => {
    world.server.respondHttp('/api/sdk/info', { status, contentType, body });
    const reason = await reasonOf(VBotClient('token', { baseUrl: world.server.url }));
    expect(reason).toMatchObject({ name: 'VBotError', code });
  });

  it('is refused where what the server names is no address', async () => {
    const account = () =>
      Promise.resolve({ username: 'a', password: 'p', realm: 'not a realm', pid: '1', domain: 'localhost', port: '1' });
    expect((await reasonOf(VBotClient('token', { account }))).code).toBe('bad-answer');
  });

  it('tells that the server cannot be reached, and goes on trying', async () => {
    world.server.refuse(true);
    const client = await world.client('alice');
    expect((await reasonOf(client.connect())).code).toBe('line-lost');
    world.server.refuse(false);
    await until(client.streams.session$, ({ connection }) => connection === 'connected');
    expect(world.asked()).toBe(1);
  });

  it('may be ignored', async () => {
    world.server.respond({ method: 'REGISTER', user: 'alice' }, { status: 403, times: 2 });
    const client = await world.client('alice');
    const reasons = await unhandled(async () => {
      void client.connect();
      await until(client.streams.session$, ({ registration }) => registration.state === 'refused');
      void client.invite('102');
      void client.disconnect();
      await client.disconnect();
    });
    expect(reasons).toEqual([]);
  });
});
