import {
  ClientConfig,
  ClientInitConfig,
  ConfigRegion,
  convertInitConfig,
  LoggingLevel,
  VonageClient,
  type ClientInitConfigObject,
} from 'callstream/vonage';
import { WebSocket } from 'ws';
import { reasonOf, world } from './support/world.js';

describe('vonage configuration', () => {
  const home = world();

  /** Where a client of this configuration connects and asks, once changed. */
  const placesOf = async (
    init: ClientInitConfigObject | undefined,
    change: (client: VonageClient) => void = () => undefined,
  ) => {
    const { server } = home();
    const places: string[] = [];
    const client = new VonageClient(init, {
      webSocket: url => {
        places.push(url.slice(0, url.indexOf('?')));
        return new WebSocket(`ws://127.0.0.1:${server.port}/v2/rtc/${url.slice(url.indexOf('?'))}`);
      },
      fetch: (at, init) => {
        const { origin, pathname } = new URL(new Request(at).url);
        places.push(origin);
        return fetch(server.url + pathname, init);
      },
    });
    change(client);
    await client.createSession(await server.token('alice'));
    await client.getUser('me');
    await client.deleteSession();
    return places;
  };
  const us = ['wss://ws-us.vonage.com/v2/rtc/', 'https://api-us.vonage.com'];
  const eu = ['wss://ws-eu.vonage.com/v2/rtc/', 'https://api-eu.vonage.com'];
  const ap = ['wss://ws-ap.vonage.com/v2/rtc/', 'https://api-ap.vonage.com'];
  const own = ['wss://ws.example.com/v2/rtc/', 'https://api.example.com'];
  const addresses = { apiUrl: 'https://api.example.com', websocketUrl: 'https://ws.example.com' };

  it('is the American region unless given', async () => {
    expect(await placesOf(undefined)).toEqual(us);
    expect(await placesOf({})).toEqual(us);
  });

  it('names a region, by its name or by the enum', async () => {
    expect(await placesOf({ region: 'EU' })).toEqual(eu);
    expect(await placesOf({ region: ConfigRegion.AP })).toEqual(ap);
  });

  it('is an object, or an instance whose properties are set', async () => {
    const config = new ClientInitConfig(LoggingLevel.Assert, ConfigRegion.EU, []);
    expect(await placesOf(config)).toEqual(eu);
    config.apiUrl = addresses.apiUrl;
    expect(await placesOf(config)).toEqual(['wss://api.example.com/v2/rtc/', 'https://api.example.com']);
    expect(convertInitConfig({ region: 'EU', loggingLevel: null })).toEqual(
      new ClientInitConfig(LoggingLevel.Error, 'EU'),
    );
  });

  it('is laid over the one before: what it does not say stays', async () => {
    const set =
      (...configs: readonly Parameters<VonageClient['setConfig']>[0][]) =>
      (client: VonageClient) => {
        configs.forEach(config => {
          client.setConfig(config);
        });
      };
    expect(await placesOf({ region: 'EU' }, set({}))).toEqual(eu);
    expect(await placesOf({ region: 'EU' }, set({ region: 'AP' }))).toEqual(ap);
    expect(await placesOf({ region: 'EU' }, set({ region: undefined, apiUrl: null }))).toEqual(eu);
    expect(await placesOf({}, set(addresses, { region: 'EU' }))).toEqual(own);
    expect(await placesOf(addresses, set(new ClientConfig(ConfigRegion.EU)))).toEqual(own);
    expect(await placesOf(addresses, set({ websocketPath: '/rtc' }))).toEqual([
      'wss://ws.example.com/rtc/',
      'https://api.example.com',
    ]);
  });

  it('counts from the next session on', async () => {
    const { server, person } = home();
    const alice = await person('alice');
    alice.setConfig({ apiUrl: 'https://api.example.com' });
    expect(await alice.getUser('me')).toMatchObject({ name: 'alice' });
    expect(server.chat.sockets('alice')).toBe(1);
  });

  it.each([
    [{ apiUrl: 'http://api.example.com' }, '`apiUrl` is encrypted, but on this machine.'],
    [{ apiUrl: 'nonsense' }, '`apiUrl` is a URL.'],
    [{ region: 'XX' as 'EU' }, '`region` is US, EU or AP.'],
  ])('%j is none, and no session begins', async (config, message) => {
    const webSocket = jest.fn();
    const alice = home().client({ apiUrl: null, ...config }, { webSocket });
    expect(await reasonOf(alice.createSession('token'))).toMatchObject({
      type: 'INTERNAL_ERROR',
      code: 'internal:error:illegal_argument_exception',
      message,
    });
    expect(webSocket).not.toHaveBeenCalled();
  });
});
