import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { Observable, of } from 'rxjs';
import { Server, type Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { line, listen, secret, stopAll, type Line } from './adapter/line.js';

const alice = { id: 'SES-1', user_id: 'USR-1', name: 'alice', api_key: 'k' };
const told = {
  _tag: 'Right',
  right: { expires: 86_400, user: { id: 'USR-1', name: 'alice' }, sessionId: 'SES-1' },
};
const message = (id: number): object => ({
  id,
  cid: 'CON-1',
  timestamp: 't',
  body: { message_type: 'text', text: String(id) },
});
const jwt = (claims: object): string =>
  `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

/** The far side is the real thing; what stands here is what it is to say. */
describe('service: socket', () => {
  let io: Server;
  let http: HttpServer;
  let url: string;
  let greet: (socket: Socket) => void;
  let frames: string[];
  let far: WebSocket;

  beforeEach(async () => {
    ({ server: http, url } = await listen());
    io = new Server(http, { path: '/v2/rtc/', transports: ['websocket'], serveClient: false });
    greet = socket => {
      socket.emit('session:success', { body: alice });
    };
    frames = [];
    io.engine.on('connection', ({ transport }: { readonly transport: { readonly socket: WebSocket } }) => {
      far = transport.socket;
      far.on('message', data => frames.push((data as Buffer).toString()));
    });
    io.on('connection', socket => {
      greet(socket);
    });
  });
  afterEach(async () => {
    await stopAll();
    await io.close();
  });

  const opened = async (options: Partial<Parameters<typeof line>[0]> = {}): Promise<Line> => {
    const one = line({ apiUrl: url, ...options });
    one.perform({ _tag: 'open' });
    await one.next('opened');
    return one;
  };
  const registered = async (options: Partial<Parameters<typeof line>[0]> = {}): Promise<Line> => {
    const one = await opened(options);
    one.perform({ _tag: 'register', ref: 'r', expires: 600 });
    await one.outcome('r');
    return one;
  };
  const connection = async (): Promise<Socket> => ((await once(io, 'connection')) as [Socket])[0];
  /** Everything that was sent has arrived once this has. */
  const settled = async (one: Line): Promise<void> => {
    one.perform({ _tag: 'probe', ref: 'settled' });
    await one.outcome('settled');
  };

  it('is opened by one handshake that says everything, and tells how quiet it may be', async () => {
    const coming = connection();
    const one = line({ apiUrl: url });
    one.perform({ _tag: 'open' });
    expect(await one.next('opened')).toEqual({ _tag: 'opened', quiet: 45_000 });
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
    const { request, handshake } = await coming;
    expect(new URL(request.url ?? '', url).pathname).toBe('/v2/rtc/');
    expect({ ...handshake.query }).toEqual({
      instance_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      session_version: '0.0.3',
      token: secret,
      SDK_version: version,
      SDK_name: 'callstream',
      acknowledge_events: 'true',
      OS_family: 'js',
      OS_revision: 'Generic JS Navigator',
      EIO: '4',
      transport: 'websocket',
    });
    expect(frames).toEqual(['40']);
  });

  it('logs in when the server says so, whether that comes before or after it is asked', async () => {
    const one = await opened();
    await settled(one);
    one.perform({ _tag: 'register', ref: 'late', expires: 600 });
    expect(await one.outcome('late')).toEqual(told);

    let say = (): void => undefined;
    greet = socket => {
      say = () => {
        socket.emit('session:success', { body: alice });
      };
    };
    const other = await opened();
    other.perform({ _tag: 'register', ref: 'early', expires: 600 });
    say();
    expect(await other.outcome('early')).toEqual(told);
  });

  it('is registered for as long as the token is good', async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const one = await opened({ token: () => jwt({ exp, sub: 'älice' }) });
    one.perform({ _tag: 'register', ref: 'r', expires: 600 });
    const result = await one.outcome('r');
    expect(result).toMatchObject({ _tag: 'Right', right: { sessionId: 'SES-1' } });
    const { expires } = (result as { readonly right: { readonly expires: number } }).right;
    expect(expires).toBeGreaterThan(590);
    expect(expires).toBeLessThanOrEqual(600);
  });

  it('tells what was missed after the login, and events as they come', async () => {
    greet = socket => {
      const pending_events = [{ type: 'message', ...message(1) }, { type: 'custom:x', ...message(2) }, 'broken'];
      socket.emit('session:success', { body: { ...alice, pending_events } });
      socket.emit('message', message(3));
    };
    const one = await opened();
    await settled(one);
    one.perform({ _tag: 'register', ref: 'r', expires: 600 });
    await one.outcome('r');
    const tags = one.reports.filter(({ _tag }) => _tag !== 'heard').map(({ _tag }) => _tag);
    expect(tags).toEqual(['opened', 'event', 'done', 'done', 'event', 'event', 'fault']);
    expect(one.reports.flatMap(report => (report._tag === 'event' ? [report.event] : []))).toMatchObject([
      { id: 3 },
      { id: 1 },
      { id: 2, kind: 'custom', eventType: 'custom:x' },
    ]);
  });

  it.each<[event: string, code: string, serverCode: string]>([
    ['session:invalid', 'invalid-session', 'session:error:invalid-session'],
    ['system:error:expired-token', 'expired-token', 'session:error:expired-token'],
    ['system:error:invalid-token', 'invalid-token', 'session:error:invalid-token'],
    ['session:error:max-open-sessions', 'too-many-sessions', 'session:error:max-open-sessions-permitted'],
    ['system:error:invalid-user', 'unauthorized', 'system:error:invalid-user'],
  ])('is not logged in: %s', async (event, code, serverCode) => {
    greet = socket => {
      socket.emit(event, { body: {} });
    };
    const one = await opened();
    one.perform({ _tag: 'register', ref: 'r', expires: 600 });
    expect(await one.outcome('r')).toMatchObject({ left: { fault: { code, serverCode, retryable: false } } });
    one.perform({ _tag: 'register', ref: 'again', expires: 600 });
    expect(await one.outcome('again')).toMatchObject({ left: { fault: { code } } });
  });

  it('is not logged in by something that is none', async () => {
    greet = socket => {
      socket.emit('session:success', { body: { id: 'SES-1' } });
    };
    const one = await opened();
    one.perform({ _tag: 'register', ref: 'r', expires: 600 });
    const fault = { code: 'bad-answer', message: 'The login has no body.user_id.' };
    expect(await one.outcome('r')).toMatchObject({ left: { fault } });
  });

  it('resumes its session at the next connection, with all parameters again', async () => {
    const tokens = ['first', 'second'];
    const one = await registered({ token: () => of(tokens.shift() ?? '') });
    const coming = connection();
    far.terminate();
    expect(await one.next('closed')).toMatchObject({ code: 1006, fault: { code: 'line-lost' } });
    one.perform({ _tag: 'open' });
    expect((await coming).handshake.query).toMatchObject({
      session_id: 'SES-1',
      token: 'second',
      session_version: '0.0.3',
      acknowledge_events: 'true',
    });
  });

  it('forgets a session that is gone, and is open for another try', async () => {
    greet = socket => {
      socket.emit('session:invalid', { body: {} });
    };
    const one = await opened({ sessionId: 'SES-OLD' });
    one.perform({ _tag: 'register', ref: 'r', expires: 600 });
    const fault = { code: 'invalid-session', retryable: true };
    expect(await one.next('closed')).toMatchObject({ fault });
    expect(await one.outcome('r')).toMatchObject({ left: { fault } });
    const coming = connection();
    one.perform({ _tag: 'open' });
    expect((await coming).handshake.query['session_id']).toBeUndefined();
  });

  it('acknowledges every event that asks for it, also what it does not understand', async () => {
    const one = await registered();
    const acked: unknown[] = [];
    const ack = (): void => {
      acked.push(1);
    };
    const [socket] = await io.fetchSockets().then(() => [...io.sockets.sockets.values()]);
    socket!.emit('message', message(1), ack);
    socket!.emit('of:tomorrow', { cid: 'CON-1' }, ack);
    socket!.emit('message', { id: 'none' }, ack);
    socket!.emit('of:tomorrow', { sound: Buffer.from([1, 2, 3]) }, ack);
    socket!.emit('message', message(2));
    await settled(one);
    expect(acked).toHaveLength(4);
    expect(frames.filter(frame => frame.startsWith('43'))).toEqual(['430[]', '431[]', '432[]', '433[]']);
    expect(one.reports.filter(({ _tag }) => _tag === 'event')).toHaveLength(3);
    expect(await one.next('fault')).toMatchObject({
      fault: { code: 'malformed-frame', message: 'A frame was dropped: the event has no body.' },
    });
  });

  it('answers pings, and tells that it has heard them', async () => {
    const one = await registered();
    const before = one.reports.length;
    far.send('2');
    await settled(one);
    expect(frames).toContain('3');
    expect(one.reports.slice(before).filter(({ _tag }) => _tag === 'heard').length).toBeGreaterThanOrEqual(2);
  });

  it('probes by asking for a place that no server has, which harms nothing', async () => {
    const one = await registered();
    one.perform({ _tag: 'probe', ref: 'p1' });
    one.perform({ _tag: 'probe', ref: 'p2' });
    expect(await one.outcome('p1')).toEqual({ _tag: 'Right', right: undefined });
    expect(await one.outcome('p2')).toEqual({ _tag: 'Right', right: undefined });
    await settled(one);
    expect(one.reports.filter(({ _tag }) => _tag === 'closed' || _tag === 'fault')).toEqual([]);
    expect(io.sockets.sockets.size).toBe(1);
  });

  it('leaves a place for probes that a server does have', async () => {
    const left = new Promise(resolve => io.of(/.*/).on('connection', socket => socket.on('disconnect', resolve)));
    const one = await registered();
    await settled(one);
    expect(await left).toBe('client namespace disconnect');
    await settled(one);
    expect(one.reports.filter(({ _tag }) => _tag === 'closed')).toEqual([]);
  });

  it('logs out when it is asked to, and does not come back to that session', async () => {
    const heard: unknown[] = [];
    greet = socket => {
      socket.emit('session:success', { body: alice });
      socket.on('session:logout', request => {
        heard.push(request);
        socket.emit('session:logged-out', { rid: (request as { readonly tid: string }).tid, body: {} });
      });
    };
    const one = await registered();
    one.perform({ _tag: 'unregister', ref: 'u' });
    expect(await one.outcome('u')).toEqual({ _tag: 'Right', right: undefined });
    expect(heard).toEqual([{ tid: expect.stringMatching(/^id-/) as string, body: {} }]);
    const coming = connection();
    one.perform({ _tag: 'open' });
    expect((await coming).handshake.query['session_id']).toBeUndefined();
  });

  it('closes when it is asked to, and says so in any case', async () => {
    const one = line({ apiUrl: url });
    one.perform({ _tag: 'close' });
    expect(await one.next('closed')).toEqual({ _tag: 'closed' });
    one.perform({ _tag: 'open' });
    one.perform({ _tag: 'close' });
    expect(await one.next('closed')).toEqual({ _tag: 'closed' });

    await one.up();
    one.perform({ _tag: 'probe', ref: 'p' });
    one.perform({ _tag: 'unregister', ref: 'u' });
    const gone = once(far, 'close');
    one.perform({ _tag: 'close' });
    expect(await one.outcome('p')).toMatchObject({ left: { fault: { code: 'line-lost' } } });
    expect(await one.outcome('u')).toEqual({ _tag: 'Right', right: undefined });
    expect(await one.next('closed')).toEqual({ _tag: 'closed' });
    await gone;
    expect(frames.at(-1)).toBe('41');
    for (const order of ['register', 'probe'] as const) {
      one.perform({ _tag: order, ref: order, expires: 600 });
      expect(await one.outcome(order)).toMatchObject({ left: { fault: { code: 'line-lost' } } });
    }
  });

  it('ends when the server leaves: the token has expired', async () => {
    const one = await registered();
    io.disconnectSockets();
    expect(await one.next('closed')).toEqual({
      _tag: 'closed',
      fault: { code: 'expired-token', retryable: false, message: 'The token has expired.' },
    });
  });

  it('ends when the server closes the engine', async () => {
    const one = await registered();
    far.send('1');
    expect(await one.next('closed')).toMatchObject({ fault: { code: 'line-lost', retryable: true } });
  });

  it('ends when the server refuses to let us in, and does not repeat a token', async () => {
    io.use((socket, next) => {
      next(new Error(`not with ${String(socket.handshake.query['token'])}`));
    });
    const one = line({ apiUrl: url });
    one.perform({ _tag: 'open' });
    expect(await one.next('closed')).toMatchObject({ fault: { code: 'refused', message: 'not with [redacted]' } });
  });

  it('ends with the code of its closing, and with the attempt that found nobody', async () => {
    const one = await registered();
    far.close(4001, `because of ${secret}`);
    expect(await one.next('closed')).toMatchObject({ code: 4001, fault: { message: 'because of [redacted]' } });
    const nobody = line({ apiUrl: 'http://127.0.0.1:9' });
    nobody.perform({ _tag: 'open' });
    expect(await nobody.next('closed')).toMatchObject({ code: 1006, fault: { code: 'line-lost' } });
  });

  it.each<[what: string, token: () => string | Promise<string> | Observable<string>, code: string, retryable: boolean]>(
    [
      ['is empty', () => '', 'invalid-token', false],
      ['can not be sent', () => `${secret}\r\nHost: elsewhere`, 'invalid-token', false],
      ['is no text', () => 5 as unknown as string, 'invalid-token', false],
      [
        'never comes',
        () =>
          new Observable<string>(viewer => {
            viewer.complete();
          }),
        'invalid-token',
        false,
      ],
      ['is refused', () => Promise.reject(new Error(secret)), 'unauthorized', true],
      [
        'is thrown',
        () => {
          throw new Error(secret);
        },
        'unauthorized',
        true,
      ],
      [
        'fails',
        () =>
          new Observable<string>(viewer => {
            viewer.error(secret);
          }),
        'unauthorized',
        true,
      ],
    ],
  )('is not opened with a token that %s', async (_, token, code, retryable) => {
    const one = line({ apiUrl: url, token });
    one.perform({ _tag: 'open' });
    const { fault } = await one.next('closed');
    expect(fault).toMatchObject({ code, retryable });
    expect(one.sockets).toEqual([]);
  });

  it('survives whatever it is sent', async () => {
    const one = await registered();
    const hostile: (string | Buffer)[] = [
      Buffer.from([1, 2, 255]),
      '42["message",',
      '42["message",{"id":1,"__proto__":{"cid":"polluted"}}]',
      `42["message",${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}]`,
      `42["message","${'x'.repeat(11 * 1024 * 1024)}"]`,
      'hello',
      '',
      '0nonsense',
      '451-["message",{"_placeholder":true,"num":0}]',
    ];
    hostile.forEach(frame => {
      far.send(frame);
    });
    far.send(`42${JSON.stringify(['message', message(9)])}`);
    await settled(one);
    expect(one.reports.filter(({ _tag }) => _tag === 'fault')).toHaveLength(hostile.length);
    expect(one.reports.filter(({ _tag }) => _tag === 'event')).toMatchObject([{ event: { id: 9 } }]);
    expect(JSON.stringify(one.reports)).not.toContain('polluted');
  });

  it('lets go of everything when its viewer goes, whatever it is doing', async () => {
    const connecting = line({ apiUrl: url });
    connecting.perform({ _tag: 'open' });
    connecting.stop();
    const one = await registered();
    const gone = once(far, 'close');
    one.stop();
    const told = one.reports.length;
    await gone;
    one.perform({ _tag: 'open' });
    one.perform({ _tag: 'probe', ref: 'p' });
    expect(one.reports).toHaveLength(told);
    expect(one.sockets).toHaveLength(1);
  });
});
