import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { config, filter, firstValueFrom, from, Subscription, switchMap, take, timeout, type Observable } from 'rxjs';
import WebSocket, { WebSocketServer } from 'ws';
import { createClient } from '../../../lib/client/client.js';
import type { Client, Session } from '../../../lib/client/model.js';
import type { StreamEvent } from '../../../lib/conversation/model.js';
import type { Fault } from '../../../lib/core/fault.js';
import { service, type ServiceOptions } from '../../../lib/service/index.js';
import type { Messaging } from '../../../lib/conversation/port.js';
import type { Outcome } from '../../../lib/core/port.js';

/** A request as a far side has seen it. */
export type Seen = { readonly method: string; readonly path: string; readonly query: string; readonly body: string };
export type Reply = (response: ServerResponse, seen: Seen, request: IncomingMessage) => void;

/** A far side that says whatever it is told to say, however wrong. */
export type Hostile = {
  readonly url: string;
  readonly seen: Seen[];
  /** Frames that the client has sent. */
  readonly heard: string[];
  /** Answers a method and a path, or every path that begins so when it ends with `*`; the last one counts. */
  readonly on: (what: string, reply: Reply) => void;
  /** Sends a raw frame to every socket. */
  readonly say: (frame: string | Uint8Array) => void;
  /** An event, as it should be. */
  readonly tell: (type: string, payload: unknown) => void;
  /** What comes after the namespace is connected; `undefined`: nothing. */
  login: unknown;
  readonly sockets: () => number;
  readonly drop: () => void;
  readonly close: () => Promise<void>;
};

export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply =>
  response => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

export const page = (
  name: 'events' | 'members' | 'conversations',
  items: readonly unknown[],
  next?: string,
): object => ({
  _embedded: { [name]: items },
  _links: next === undefined ? {} : { next: { href: `https://x/?cursor=${next}` } },
});

export const success = (user = 'USR-1', more: object = {}): object => ({
  body: { id: 'SES-1', user_id: user, name: 'alice', api_key: 'k', ...more },
});

/** A message of bob's, as the wire has it. */
export const message = (id: unknown, text = `text ${String(id)}`, cid = 'CON-1'): object => ({
  id,
  cid,
  from: 'MEM-2',
  timestamp: '2026-01-03T00:00:00.000Z',
  body: { message_type: 'text', text },
  _embedded: { from_user: { user_id: 'USR-2', id: 'USR-2', name: 'bob' } },
});

export const startHostile = async (): Promise<Hostile> => {
  const replies = new Map<string, Reply>();
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  const hostile: Hostile = {
    url: '',
    seen: [],
    heard: [],
    on: (what, reply) => {
      replies.set(what, reply);
    },
    say: frame => {
      sockets.clients.forEach(socket => {
        socket.send(frame);
      });
    },
    tell: (type, payload) => {
      hostile.say(`42${JSON.stringify([type, payload])}`);
    },
    login: success(),
    sockets: () => sockets.clients.size,
    drop: () => {
      sockets.clients.forEach(socket => {
        socket.terminate();
      });
    },
    close: async () => {
      sockets.clients.forEach(socket => {
        socket.terminate();
      });
      sockets.close();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  sockets.on('connection', socket => {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const frame = data.toString();
      hostile.heard.push(frame);
      // Nobody waits for a goodbye that never comes.
      if (frame.startsWith('42["session:logout"')) socket.send('42["session:logged-out",{"body":{}}]');
      if (frame !== '40') return;
      socket.send('40{"sid":"s"}');
      if (hostile.login !== undefined) socket.send(`42${JSON.stringify(['session:success', hostile.login])}`);
    });
    socket.send('0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000}');
  });
  http.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, search } = new URL(request.url ?? '', 'http://far');
      const seen = {
        method: request.method ?? '',
        path: pathname,
        query: search,
        body: Buffer.concat(chunks).toString(),
      };
      hostile.seen.push(seen);
      const key = `${seen.method} ${seen.path}`;
      const wide = [...replies].reverse().find(([what]) => what.endsWith('*') && key.startsWith(what.slice(0, -1)));
      (replies.get(key) ?? wide?.[1] ?? json({ title: 'no such thing' }, 404))(response, seen, request);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  // A world that behaves, until a spec says otherwise.
  hostile.on('GET /v0.3/conversations/*', (response, { path, query }, request) => {
    const [, , , id = '', part] = path.split('/');
    const answer =
      part === undefined
        ? { id: decodeURIComponent(id), name: 'name', timestamp: {} }
        : path.endsWith('/members/me')
          ? { id: 'MEM-1', state: 'JOINED' }
          : page(part as 'events' | 'members', []);
    json(answer)(response, { method: '', path, query, body: '' }, request);
  });
  hostile.on('POST /v0.3/conversations/*', json({ timestamp: 't', id: 1 }));
  hostile.on('GET /v0.3/users/me', json({ id: 'USR-1', name: 'alice' }));
  return Object.assign(hostile, { url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}` });
};

/** A client at somebody's mercy, and all that it said. */
export type Visitor = {
  readonly client: Client & Messaging;
  readonly events: StreamEvent[];
  readonly faults: Fault[];
  readonly link: Subscription;
  readonly sockets: WebSocket[];
  /** The session, once it is so. */
  readonly when: (is: (session: Session) => boolean) => Promise<Session>;
  readonly up: () => Promise<void>;
  /** The outcome, noted like a fault. */
  readonly outcome: <A>(outcome$: Outcome<A>) => Promise<Awaited<ReturnType<typeof firstOf<Outcome<A>>>>>;
};

const firstOf = <O extends Observable<unknown>>(outcome$: O): Promise<O extends Observable<infer A> ? A : never> =>
  firstValueFrom(outcome$ as never);

const visitors: Visitor[] = [];
const secrets = new Set<string>();
const printed: string[] = [];
const thrown: unknown[] = [];

/** Nobody may read this anywhere. */
export const secret = (text: string): string => {
  secrets.add(text);
  return text;
};

export const visitor = (
  url: string,
  { token = () => secret('opaque-secret-of-alice'), ...more }: Partial<ServiceOptions> = {},
): Visitor => {
  const sockets: WebSocket[] = [];
  const client = createClient({
    random: () => 0,
    newId: randomUUID,
    conversations: service({
      apiUrl: url,
      websocketUrl: url,
      token,
      receipts: false,
      webSocket: at => {
        const socket = new WebSocket(at);
        sockets.push(socket);
        return socket;
      },
      ...more,
    }),
  });
  const events: StreamEvent[] = [];
  const faults: Fault[] = [];
  const link = new Subscription();
  link.add(client.event$.subscribe(event => events.push(event)));
  link.add(client.fault$.subscribe(fault => faults.push(fault)));
  const when = (is: (session: Session) => boolean): Promise<Session> =>
    firstValueFrom(client.session$.pipe(filter(is), timeout(15_000)));
  const one: Visitor = {
    client,
    events,
    faults,
    link,
    sockets,
    when,
    up: async () => {
      link.add(client.connect());
      await when(({ connection }) => connection === 'connected');
    },
    outcome: async outcome$ => {
      const outcome = await firstOf(outcome$);
      const { _tag, left } = outcome as { readonly _tag: string; readonly left: Fault };
      if (_tag === 'Left') faults.push(left);
      return outcome;
    },
  };
  visitors.push(one);
  return one;
};

/** Notes whatever is printed or thrown by nobody's hand, from now on; the result ends it and shows what there was. */
export const watchOutput = (): void => {
  config.onUnhandledError = error => {
    thrown.push(error);
  };
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (text: string | Uint8Array, ...rest: readonly never[]): boolean => {
      printed.push(text.toString());
      return write(text, ...rest);
    };
  }
  for (const name of ['debug', 'info', 'log', 'warn', 'error'] as const)
    console[name] = (...words: readonly unknown[]): void => {
      printed.push(words.map(String).join(' '));
    };
};

/** What rxjs reported since the last time: errors that subscribers threw. */
export const unhandled = (): readonly unknown[] => thrown.splice(0);

/** Lets go of every client, and shows that none of them has told a token, and none has thrown. */
export const farewell = async (): Promise<void> => {
  for (const { client, link, faults, events, sockets } of visitors.splice(0)) {
    link.unsubscribe();
    await firstValueFrom(
      client.session$.pipe(
        filter(({ connection }) => connection === 'disconnected'),
        take(1),
        switchMap(() => from(sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED).map(closing))),
        switchMap(closed => closed),
      ),
      { defaultValue: undefined },
    );
    for (const word of secrets) {
      expect(JSON.stringify([faults, events.filter(({ kind }) => kind === 'gap')])).not.toContain(word);
      expect(printed.join('')).not.toContain(word);
    }
  }
  expect(unhandled()).toEqual([]);
};

const closing = async (socket: WebSocket): Promise<void> => {
  await once(socket, 'close').catch(() => undefined);
};

/** Resolves as soon as it is so; looks whenever anything could have happened. */
export const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise(resolve => setTimeout(resolve, 2));
};

/** The numbers of the events that came, in the order in which they came. */
export const idsOf = ({ events }: Visitor): readonly number[] =>
  events.flatMap(event => ('id' in event ? [event.id] : []));
