import type { ConnectionStatus } from '../../lib/line/model.js';
import type { VBotClient, VBotOptions } from '../../lib/vbot/index.js';
import { openWorld, reasonOf, until, type World } from './support/world.js';

describe('vbot refused credentials', () => {
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

  const refuse = (times: number): void => {
    world.server.respond({ method: 'REGISTER', user: 'alice' }, { status: 403, reason: 'Not today', times });
  };

  it('asks for fresh ones once', async () => {
    refuse(1);
    const client = await world.client('alice');
    expect(world.asked()).toBe(1);
    await client.connect();
    expect(client.isConnected()).toBe(true);
    expect(world.asked()).toBe(2);
  });

  it('gives up after that', async () => {
    refuse(2);
    const before = world.server.log.length;
    const client = await world.client('alice');
    const statuses = heard(client);
    const reason = await reasonOf(client.connect());
    expect(reason).toMatchObject({ name: 'VBotError', code: 'forbidden', message: 'Not today' });
    expect(world.asked()).toBe(2);
    expect(statuses.at(-1)).toBe('disconnected');
    const registers = world.server.log.slice(before).filter(({ method, status }) => method === 'REGISTER' && !status);
    expect(registers).toHaveLength(2);
  });

  it('tries again when it is told to', async () => {
    refuse(2);
    const client = await world.client('alice');
    await reasonOf(client.connect());
    await client.connect();
    expect(client.isConnected()).toBe(true);
    expect(world.asked()).toBe(2);
  });

  const changing = (...passwords: readonly string[]): { readonly options: VBotOptions; readonly given: string[] } => {
    const given: string[] = [];
    const account = () => {
      const { port, ...known } = world.server.user('alice');
      const password = passwords[given.length] ?? known.password;
      given.push(password);
      return Promise.resolve({ ...known, password, port: String(port) });
    };
    return { options: { account }, given };
  };

  it('registers with the fresh ones', async () => {
    const { options, given } = changing('wrong');
    const client = await world.client('alice', options);
    await client.connect();
    expect(client.isConnected()).toBe(true);
    expect(given).toHaveLength(2);
  });

  it('tells that they are wrong', async () => {
    const { options, given } = changing('wrong', 'as wrong');
    const client = await world.client('alice', options);
    const reason = await reasonOf(client.connect());
    expect(reason).toMatchObject({ name: 'VBotError', code: 'unauthorized' });
    expect(JSON.stringify(reason)).not.toContain('wrong"');
    expect(given).toEqual(['wrong', 'as wrong']);
  });

  it('asks for fresh ones when the line comes back, too, each time once', async () => {
    const client = await world.person('alice');
    const again = async (): Promise<void> => {
      refuse(1);
      const refused = until(client.streams.session$, ({ registration }) => registration.state === 'refused');
      world.server.drop('alice');
      await refused;
      await until(client.streams.session$, ({ connection }) => connection === 'connected');
    };
    await again();
    expect(world.asked()).toBe(2);
    await again();
    expect(world.asked()).toBe(3);
  });

  it('does not ask for those of a line that was given up', async () => {
    const client = await world.person('alice');
    refuse(1);
    const refused = until(client.streams.session$, ({ registration }) => registration.state === 'refused');
    world.server.drop('alice');
    client.on('statusUpdate', status => {
      if (status === 'disconnected') void client.disconnect();
    });
    await refused;
    await client.disconnect();
    expect(client.isConnected()).toBe(false);
    expect(world.server.registrations('alice')).toEqual([]);
  });

  it('does not come back after a disconnect', async () => {
    refuse(1);
    const client = await world.client('alice');
    client.on('statusUpdate', status => {
      if (status === 'disconnected') void client.disconnect();
    });
    expect((await reasonOf(client.connect())).name).toBe('VBotError');
    expect(world.asked()).toBe(1);
    expect(client.isConnected()).toBe(false);
  });
});
