import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, map, take, tap, toArray, type Observable } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { openSocket } from '../../lib/wire/socket.js';
import type { SocketReport, WebSocketFactory } from '../../lib/wire/model.js';

const token = 'secret-of-alice';

/** A real server on loopback, and what the client made to reach it. */
const serve = async () => {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const made: WebSocket[] = [];
  const webSocket: WebSocketFactory = (url, protocols) => {
    const socket = new WebSocket(url, protocols);
    made.push(socket);
    return socket;
  };
  const connection = async (): Promise<WebSocket> => ((await once(server, 'connection')) as [WebSocket])[0];
  return { http, server, url: urlOf(http), made, webSocket, connection };
};

const urlOf = (http: Server): string =>
  `ws://127.0.0.1:${String((http.address() as AddressInfo).port)}/?token=${token}`;

const listeners = (socket: WebSocket): number =>
  ['open', 'message', 'error', 'close'].reduce((sum, name) => sum + socket.listenerCount(name), 0);

/** A report as a short literal. */
const summary = (report: SocketReport): string => {
  switch (report._tag) {
    case 'opened':
      return 'opened';
    case 'frame':
      return typeof report.data === 'string' ? report.data : `bytes ${Buffer.from(report.data).toString('hex')}`;
    case 'closed':
      return `closed ${report.code} ${report.reason}`;
  }
};

const whole = (report$: Observable<SocketReport>): Promise<readonly string[]> =>
  lastValueFrom(report$.pipe(map(summary), toArray()), { defaultValue: [] });

describe('openSocket', () => {
  let here: Awaited<ReturnType<typeof serve>>;
  beforeEach(async () => {
    here = await serve();
  });
  afterEach(() => {
    here.server.clients.forEach(client => {
      client.terminate();
    });
    here.http.close();
    here.http.closeAllConnections();
  });

  it('carries text both ways, binary as ArrayBuffer, and ends with the code and the reason of the closing', async () => {
    const { server, url, webSocket, made } = here;
    const heard: string[] = [];
    server.on('connection', (socket, request) => {
      heard.push(`protocol ${String(request.headers['sec-websocket-protocol'])}`);
      socket.on('message', text => {
        heard.push((text as Buffer).toString());
        socket.send('to you too');
        socket.send(Buffer.from([1, 2, 255]));
        socket.close(4000, 'enough');
      });
    });

    const reports = await whole(
      openSocket({ url, protocols: ['sip'], webSocket }).pipe(
        tap(report => {
          if (report._tag === 'opened') report.send('hello');
        }),
      ),
    );

    expect(heard).toEqual(['protocol sip', 'hello']);
    expect(reports).toEqual(['opened', 'to you too', 'bytes 0102ff', 'closed 4000 enough']);
    expect(made.map(listeners)).toEqual([0]);
  });

  it('says 1000 when the far side closes normally, and 1006 when the connection breaks', async () => {
    const { server, url, webSocket } = here;
    server.once('connection', socket => {
      socket.close(1000, 'bye');
    });
    expect(await whole(openSocket({ url, webSocket }))).toEqual(['opened', 'closed 1000 bye']);

    server.once('connection', socket => {
      socket.terminate();
    });
    expect(await whole(openSocket({ url, webSocket }))).toEqual(['opened', 'closed 1006 ']);
  });

  it('makes nothing before it is subscribed, and one socket for each subscription', async () => {
    const { server, url, webSocket, made } = here;
    server.on('connection', socket => {
      socket.close(1000);
    });
    const report$ = openSocket({ url, webSocket });
    expect(made).toHaveLength(0);
    await whole(report$);
    await whole(report$);
    expect(made).toHaveLength(2);
  });

  it('turns a refused connection into a value', async () => {
    const { url, http, webSocket, made } = here;
    http.close();
    await once(http, 'close');
    const reports = await whole(openSocket({ url, webSocket }));
    expect(reports).toEqual([expect.stringMatching(/^closed 1006 connect ECONNREFUSED/)]);
    expect(made.map(listeners)).toEqual([0]);
  });

  it('turns a refused handshake into a value', async () => {
    const refusing = createServer().on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    });
    refusing.listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const reports = await whole(openSocket({ url: urlOf(refusing), webSocket: here.webSocket }));
    refusing.close();
    expect(reports).toEqual(['closed 1006 Unexpected server response: 401']);
    expect(here.made.map(listeners)).toEqual([0]);
  });

  it('turns a factory that throws into a value, without the URL', async () => {
    const webSocket: WebSocketFactory = url => {
      throw new SyntaxError(`The URL '${url}' is invalid.`);
    };
    const reports = await whole(openSocket({ url: `nonsense?token=${token}`, webSocket }));
    expect(reports).toEqual(['closed 1006 The socket could not be made: SyntaxError.']);
  });

  it('is closed at once where the platform has no WebSocket', async () => {
    expect(typeof globalThis.WebSocket).toBe('undefined');
    expect(await whole(openSocket({ url: here.url }))).toEqual([
      'closed 1006 The socket could not be made: ReferenceError.',
    ]);
  });

  it('reads the platform’s WebSocket when it is subscribed, not before', async () => {
    const report$ = openSocket({ url: here.url });
    here.server.on('connection', socket => {
      socket.close(1000);
    });
    Object.defineProperty(globalThis, 'WebSocket', { value: WebSocket, configurable: true });
    try {
      expect(await whole(report$)).toEqual(['opened', 'closed 1000 ']);
    } finally {
      Reflect.deleteProperty(globalThis, 'WebSocket');
    }
  });

  it('closes with 1000 when it is unsubscribed, and lets go of the socket', async () => {
    const { url, webSocket, made, connection } = here;
    const far = connection();
    await lastValueFrom(openSocket({ url, webSocket }).pipe(take(1)), { defaultValue: undefined });
    const [code] = (await once(await far, 'close')) as [number];
    if (made[0]!.readyState !== WebSocket.CLOSED) await new Promise(resolve => made[0]!.once('close', resolve));
    expect(code).toBe(1000);
    expect(made.map(listeners)).toEqual([0]);
  });

  it('hears nothing more once it is unsubscribed', async () => {
    const { server, url, webSocket, made } = here;
    server.on('connection', socket => {
      socket.send('one');
      socket.send('two');
      socket.send('three');
    });
    const reports = await whole(openSocket({ url, webSocket }).pipe(take(2)));
    expect(reports).toEqual(['opened', 'one']);
    expect(made[0]!.listenerCount('message')).toBe(0);
  });

  it('can be unsubscribed while it connects', async () => {
    // Takes the connection and never answers the handshake.
    const silent = createTcpServer(socket => {
      socket.on('error', () => undefined);
    });
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const reached = once(silent, 'connection');
    const reports: SocketReport[] = [];
    const url = `ws://127.0.0.1:${String((silent.address() as AddressInfo).port)}/`;
    const subscription = openSocket({ url, webSocket: here.webSocket }).subscribe(report => reports.push(report));
    await reached;
    const made = here.made[0]!;
    expect(made.readyState).toBe(WebSocket.CONNECTING);

    const gone = new Promise(resolve => made.once('close', resolve));
    subscription.unsubscribe();
    expect(made.listenerCount('open') + made.listenerCount('message')).toBe(0);
    await gone;
    silent.close();

    expect(reports).toEqual([]);
    expect(made.readyState).toBe(WebSocket.CLOSED);
    expect(listeners(made)).toBe(0);
  });

  it('survives what is sent after the end', async () => {
    const { server, url, webSocket } = here;
    server.on('connection', socket => {
      socket.close(1000);
    });
    const reports: SocketReport[] = await lastValueFrom(openSocket({ url, webSocket }).pipe(toArray()), {
      defaultValue: [],
    });
    const opened = reports.find(report => report._tag === 'opened')!;
    expect(() => {
      opened.send('too late');
    }).not.toThrow();
  });
});
