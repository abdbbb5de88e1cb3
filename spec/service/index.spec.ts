import { callReducer as whole } from '../../lib/adapter.js';
import { EMPTY } from 'rxjs';
import type { OutboxStorage } from '../../lib/conversation/port.js';
import { messaging, service } from '../../lib/service/index.js';
import type { ServiceOptions } from '../../lib/service/index.js';
import { endpointsOf } from '../../lib/service/regions.js';

type Where = Omit<ServiceOptions, 'token'>;
const token = (): string => 't';

describe('service()', () => {
  it.each<[where: Where, api: string, socket: string]>([
    [{}, 'https://api-us.vonage.com', 'wss://ws-us.vonage.com/v2/rtc'],
    [{ region: 'EU' }, 'https://api-eu.vonage.com', 'wss://ws-eu.vonage.com/v2/rtc'],
    [{ region: 'AP', websocketPath: '/rtc/' }, 'https://api-ap.vonage.com', 'wss://ws-ap.vonage.com/rtc'],
    [{ apiUrl: 'https://chat.test/' }, 'https://chat.test', 'wss://chat.test/v2/rtc'],
    [{ apiUrl: 'https://chat.test/base' }, 'https://chat.test/base', 'wss://chat.test/base/v2/rtc'],
    [{ apiUrl: 'http://localhost:8080' }, 'http://localhost:8080', 'ws://localhost:8080/v2/rtc'],
    [{ apiUrl: 'http://127.0.0.1:1', websocketUrl: 'ws://[::1]:2' }, 'http://127.0.0.1:1', 'ws://[::1]:2/v2/rtc'],
    [{ apiUrl: 'https://a.test', websocketUrl: 'https://b.test' }, 'https://a.test', 'wss://b.test/v2/rtc'],
    [{ websocketUrl: 'wss://b.test' }, 'https://api-us.vonage.com', 'wss://b.test/v2/rtc'],
  ])('%j', (where, api, socket) => {
    expect(endpointsOf(where)).toEqual({ api, socket });
  });

  it.each<[where: object]>([
    [{ region: 'MOON' }],
    [{ region: 'constructor' }],
    [{ apiUrl: 'nowhere' }],
    [{ apiUrl: 'http://chat.test' }],
    [{ apiUrl: 'http://127.0.0.1.chat.test' }],
    [{ apiUrl: 'wss://chat.test' }],
    [{ apiUrl: 'javascript:alert(1)' }],
    [{ apiUrl: 'https://alice:secret@chat.test' }],
    [{ apiUrl: 'https://chat.test?token=secret' }],
    [{ websocketUrl: 'ws://chat.test' }],
    [{ websocketUrl: 'javascript:alert(1)' }],
    [{ websocketPath: 'rtc' }],
    [{ websocketPath: '/rtc?x=1' }],
  ])('throws on %j, without a word of it', where => {
    const make = (): unknown => service({ token, ...where });
    expect(make).toThrow(TypeError);
    expect(make).not.toThrow(/secret|alert/);
  });

  it('says what its line can do', () => {
    expect(service({ token })).toMatchObject({ id: 'service', idempotent: false, receipts: true });
    expect(service({ token, apiUrl: 'https://chat.test' })).toMatchObject({ idempotent: true });
    expect(service({ token, apiUrl: 'https://chat.test', idempotencyKeys: false }).idempotent).toBe(false);
    expect(service({ token, idempotencyKeys: true, receipts: false, id: 'chat' })).toMatchObject({
      id: 'chat',
      idempotent: true,
      receipts: false,
    });
    expect('outbox' in service({ token })).toBe(false);
    const outbox: OutboxStorage = { open: () => EMPTY, put: () => EMPTY, remove: () => EMPTY };
    expect(service({ token, outbox }).outbox).toBe(outbox);
  });

  it('says how its calls are', () => {
    const { traits, callReducer, peerConnectionOf } = service({ token });
    expect(traits).toEqual({
      outlivesLine: true,
      signalling: 'own',
      mediaLost: 'wait',
      transfers: false,
      texts: false,
      keys: 'together',
    });
    expect(service({ token, autoReconnectMedia: true }).traits.mediaLost).toBe('restart');
    expect(callReducer).toBe(whole);
    expect(peerConnectionOf('nobody')).toBeUndefined();
  });

  it('is the same line without calls', () => {
    const line = messaging({ token, id: 'chat' });
    const names = ['id', 'open', 'check', 'idempotent', 'receipts', 'createMessaging'];
    expect(Object.keys(line)).toEqual(names);
    const told: unknown[] = [];
    const adapter = line.open({ newId: () => 'x' });
    const held = adapter.report$.subscribe(report => told.push(report));
    // Nobody gives it such an order, and it would carry out none.
    adapter.perform({ _tag: 'ring', call: 'c' } as never);
    held.unsubscribe();
    expect(told).toEqual([]);
  });

  it('is asked nothing, and asks nothing, before it is opened', () => {
    let asked = 0;
    const asking = (): string => String((asked += 1));
    const { report$ } = service({ token: asking }).open({ newId: () => 'x' });
    report$.subscribe().unsubscribe();
    expect(asked).toBe(0);
  });
});
