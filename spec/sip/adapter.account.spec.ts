import { WebSocket } from 'ws';
import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { sip } from '../../lib/sip/index.js';
import { instanceUuid } from '../../lib/wire/instance.js';
import { line, stopAll, webSocket } from './adapter/line.js';
import { peerConnection } from './adapter/platform.js';
import { describing } from './adapter/talk.js';

describe('SIP adapter: account', () => {
  let server: DevServer;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
  });
  afterEach(async () => {
    stopAll();
    await server.close();
  });

  it('speaks of TLS where its server does', async () => {
    const alice = line(server, 'alice', {
      server: 'wss://pbx.example.com/ws',
      webSocket: (_, protocols) => webSocket(server.wsUrl, protocols),
    });
    const sent = server.next({ method: 'REGISTER', from: 'client' });
    await alice.up();
    expect((await sent).raw).toMatch(/^Via: SIP\/2\.0\/WSS \w+\.invalid;branch=/m);
  });

  it('says `closed` where there is no WebSocket', async () => {
    const alice = line(server, 'alice', {
      webSocket: () => {
        throw new Error('token=secret');
      },
    });
    alice.perform({ _tag: 'open' });
    const closed = await alice.take('closed');
    expect(closed).toMatchObject({ fault: { code: 'line-lost' } });
    expect(JSON.stringify(closed)).not.toContain('secret');
  });

  it('asks for the ICE servers before each call', async () => {
    const seen: RTCConfiguration[] = [];
    let passwords = 0;
    const alice = line(server, 'alice', {
      iceServers: () => Promise.resolve([{ urls: 'turn:127.0.0.1:9', username: 'a', credential: `p${++passwords}` }]),
      iceTransportPolicy: 'relay',
      peerConnection: configuration => {
        seen.push(configuration);
        return peerConnection(configuration);
      },
    });
    await alice.up();
    for (const call of ['A', 'B']) {
      expect(isRight(await describing(alice, call, '102'))).toBe(true);
      expect(await alice.take('gathering')).toMatchObject({ call, servers: 'turn', relayOnly: true });
    }
    expect(seen.map(({ iceServers }) => iceServers?.[0]?.credential)).toEqual(['p1', 'p2']);
    expect(seen.map(({ iceTransportPolicy }) => iceTransportPolicy)).toEqual(['relay', 'relay']);
  });

  it('keeps its instance where the page has a place for it, and for a client where it has none', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
    };
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const [one, other] = [{}, {}];
    expect(instanceUuid(one)).toMatch(uuid);
    expect(instanceUuid(one)).toBe(instanceUuid(one));
    expect(instanceUuid(one)).not.toBe(instanceUuid(other));
    Object.assign(globalThis, { sessionStorage: storage });
    expect(instanceUuid(one)).toBe(instanceUuid(other));
    Object.defineProperty(globalThis, 'sessionStorage', {
      configurable: true,
      get: () => {
        throw new Error('no access');
      },
    });
    expect(instanceUuid(one)).toMatch(uuid);
    Reflect.deleteProperty(globalThis, 'sessionStorage');
  });

  it('does nothing before it is subscribed to, and nothing after', () => {
    let made = 0;
    const adapter = sip({
      server: server.wsUrl,
      aor: 'sip:alice@callstream.test',
      webSocket: (url, protocols) => {
        made += 1;
        return new WebSocket(url, protocols);
      },
    }).open({ newId: () => 'id' });
    adapter.perform({ _tag: 'open' });
    expect(made).toBe(0);
    // It is started and put down in one turn.
    adapter.report$.subscribe().unsubscribe();
    adapter.perform({ _tag: 'open' });
    expect(made).toBe(0);
  });
});
