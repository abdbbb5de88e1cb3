import { startServer, type DevServer } from '../../server/lib/index.js';
import { id } from '../../server/spec/support/phone.js';
import { line, sockets, stopAll, type Line } from './adapter/line.js';
import { closeFar, offer } from './adapter/platform.js';
import { describing, dial, reach, talk } from './adapter/talk.js';
import { watchTimers } from './adapter/timers.js';

type Parts = {
  readonly method?: string;
  readonly uri?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A request as a stranger might write it; each call is another one. */
const request = ({
  method = 'INVITE',
  uri = 'sip:bob@callstream.test',
  headers = {},
  body = '',
}: Parts = {}): string => {
  const all = {
    Via: `SIP/2.0/WS stranger.invalid;branch=z9hG4bK${id()}`,
    From: `"Eve" <sip:eve@elsewhere.test>;tag=${id()}`,
    To: '<sip:bob@callstream.test>',
    'Call-ID': id(),
    CSeq: `1 ${method}`,
    Contact: '<sip:eve@stranger.invalid;transport=ws>',
    'Max-Forwards': '70',
    ...(body === '' ? {} : { 'Content-Type': 'application/sdp' }),
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${uri} SIP/2.0`, ...lines, '', body].join('\r\n');
};

describe('SIP adapter: hostile messages', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
    alice = line(server, 'alice');
    bob = line(server, 'bob');
    await Promise.all([alice.up(), bob.up()]);
  });
  afterEach(async () => {
    closeFar();
    stopAll();
    await server.close();
  });

  it.each<[what: string, method: string, status: number, frame: Parts]>([
    ['a Request-URI that is no SIP URI', 'INVITE', 416, { uri: 'tel:+4930' }],
    ['an unknown option', 'INVITE', 420, { headers: { Require: '100rel' } }],
    ['a body of another kind', 'INVITE', 415, { body: 'x', headers: { 'Content-Type': 'text/plain' } }],
    ['a number that is none', 'INVITE', 400, { headers: { 'Max-Forwards': 'many' } }],
    ['a Contact that is none', 'INVITE', 400, { headers: { Contact: '*' } }],
    ['somebody else', 'INVITE', 404, { uri: 'sip:nobody@callstream.test' }],
    ['a method that does not work', 'PUBLISH', 405, { method: 'PUBLISH' }],
    ['a text of nothing', 'MESSAGE', 200, { method: 'MESSAGE' }],
    [
      'a text of another kind',
      'MESSAGE',
      415,
      { method: 'MESSAGE', body: 'x', headers: { 'Content-Type': 'image/png' } },
    ],
    ['a NOTIFY of nothing', 'NOTIFY', 489, { method: 'NOTIFY' }],
    ['a REFER out of the blue', 'REFER', 405, { method: 'REFER' }],
    ['a BYE without a dialog', 'BYE', 481, { method: 'BYE', headers: { To: '<sip:bob@callstream.test>;tag=x' } }],
    [
      'an UPDATE without a dialog',
      'UPDATE',
      481,
      { method: 'UPDATE', headers: { To: '<sip:bob@callstream.test>;tag=x' } },
    ],
    ['a PRACK without a dialog', 'PRACK', 481, { method: 'PRACK' }],
    ['a CANCEL of nothing', 'CANCEL', 481, { method: 'CANCEL' }],
    ['a question what it can', 'OPTIONS', 200, { method: 'OPTIONS' }],
  ])('answers %s', async (_, method, status, parts) => {
    const answer = server.next({ method, status, user: 'bob', from: 'client' });
    server.inject('bob', request(parts));
    expect((await answer).raw).toContain(`SIP/2.0 ${status} `);
    expect(bob.left('incoming')).toEqual([]);
  });

  it('survives whatever else comes, and still takes a call', async () => {
    const frames = [
      'hello',
      '{"type":"ping"}',
      'INVITE',
      'INVITE sip:bob@callstream.test SIP/2.0\r\n\r\n',
      'SIP/2.0 200 OK\r\n\r\n',
      `SIP/2.0 200 OK\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: INVITE\r\n\r\n`,
      `SIP/2.0 999 What\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n`,
      request({ method: 'ACK' }),
      request({ method: 'ACK', headers: { To: '<sip:bob@callstream.test>;tag=x' } }),
      `\0${'\xff'.repeat(500)}`,
      'x'.repeat(60_000),
      request({ headers: { From: '<' } }),
      request({ headers: { 'Content-Length': '99999' } }),
    ];
    for (const frame of frames) server.inject('bob', frame);
    server.inject('bob', '\r\n\r\n');
    await bob.take('fault', ({ fault }) => fault.code === 'malformed-frame');
    const incoming = await talk(alice, bob, 'A', '102');
    alice.perform({ _tag: 'end', call: 'A' });
    expect(await bob.take('ended')).toMatchObject({ call: incoming.call, cause: 'hung_up' });
    const faults = bob.left('fault');
    expect(faults.length).toBeGreaterThan(3);
    expect(JSON.stringify(faults)).not.toMatch(/hello|ping|xxx|stranger/);
    expect(bob.left('incoming')).toEqual([]);
  });

  it('rings for a caller who has only a telephone number, and hangs up on it', async () => {
    const headers = {
      From: '<tel:+49-30-1234>;tag=1',
      'P-Asserted-Identity': '"Eve" <tel:+49301234>',
    };
    server.inject('bob', request({ headers, body: await offer() }));
    const { call, identity } = await bob.take('incoming');
    expect(identity).toMatchObject({ phoneNumber: '+49301234', displayName: 'Eve' });
    const refused = server.next({ method: 'INVITE', status: 603, from: 'client' });
    bob.perform({ _tag: 'refuse', call, statusCode: 603 });
    expect((await refused).raw).toContain('From: <tel:+49-30-1234>;tag=1');
  });

  it('cannot answer an offer that only its platform knows to be nonsense, and may still refuse it', async () => {
    server.inject('bob', request({ body: (await offer()).replace(/^a=ice-pwd:.*$/m, 'a=ice-pwd:short') }));
    const { call } = await bob.take('incoming');
    const refusal = { fault: { code: 'media-failed', statusCode: 488 } };
    expect(await describing(bob, call)).toMatchObject({ left: refusal });
    expect(await describing(bob, call)).toMatchObject({ left: refusal });
    const refused = server.next({ method: 'INVITE', status: 488, from: 'client' });
    bob.perform({ _tag: 'refuse', call, statusCode: 488 });
    await refused;
  });

  it('makes a fault, not an exception, of an order that cannot be carried out', async () => {
    const { call } = await talk(alice, bob, 'A', '102');
    bob.perform({ _tag: 'ring', call });
    expect(await bob.take('fault')).toMatchObject({ call, fault: { code: 'internal', cause: { name: 'Error' } } });
  });

  it('refuses with what can be sent, and then knows the call no more', async () => {
    server.inject('bob', request({ body: await offer() }));
    const { call } = await bob.take('incoming');
    const refused = server.next({ method: 'INVITE', status: 480, from: 'client' });
    bob.perform({ _tag: 'refuse', call, statusCode: 302 });
    await refused;
    for (const order of [
      { _tag: 'answer', call },
      { _tag: 'change', call, hold: true },
      { _tag: 'tone', call, tone: '1' },
    ] as const) {
      expect(await bob.ask(order)).toMatchObject({ left: { fault: { code: 'no-such-call' } } });
    }
    for (const _tag of ['place', 'ring', 'end', 'forget'] as const) bob.perform({ _tag, call });
    bob.perform({ _tag: 'voice', call, live: true });
    expect(bob.left('fault')).toEqual([]);
  });

  it('refuses an order that comes too early', async () => {
    server.inject('bob', request({ body: await offer() }));
    const { call } = await bob.take('incoming');
    expect(await bob.ask({ _tag: 'answer', call })).toMatchObject({ left: { fault: { code: 'wrong-state' } } });
    expect(await bob.ask({ _tag: 'accept-offer', call, hold: false })).toMatchObject({
      left: { fault: { code: 'wrong-state' } },
    });
    bob.perform({ _tag: 'decline-offer', call, offer: 'none', statusCode: 491 });
    expect(bob.left('fault')).toEqual([]);
  });

  it('leaves no timer and no socket behind, whatever was going on', async () => {
    const timers = watchTimers();
    await talk(alice, bob, 'A', '102');
    const { call } = await reach(alice, bob, 'B', '102');
    bob.perform({ _tag: 'ring', call });
    await alice.take('progress');
    const placed = server.hold({ method: 'INVITE', authorized: true });
    await dial(alice, 'C', '102');
    await placed.seen;
    const change = server.hold({ method: 'INVITE', user: 'alice', from: 'client' });
    void alice.ask({ _tag: 'change', call: 'A', hold: true });
    await change.seen;
    expect(await timers.running()).toBeGreaterThan(0);
    const closed = Promise.all([...sockets].map(socket => new Promise(resolve => socket.once('close', resolve))));
    stopAll();
    await closed;
    expect(sockets.size).toBe(0);
    expect(await timers.running()).toBe(0);
    timers.stop();
  });
});
