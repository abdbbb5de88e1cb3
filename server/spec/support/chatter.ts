/** Somebody who chats by hand: raw requests, and raw sockets whose frames the specs say themselves. */
import { startServer, type DevServer, type ServerOptions } from 'callstream-server';
import { WebSocket } from 'ws';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Sends a request with the token of its user. */
export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** One socket that speaks Engine.IO and Socket.IO in plain frames; it answers pings, and acknowledges what asks for it. */
export interface Line {
  /** Everything that came, oldest first. */
  readonly frames: readonly string[];
  readonly send: (frame: string) => void;
  /** The next frame not yet taken that begins so, or fits. */
  readonly expect: (wanted: string | RegExp) => Promise<string>;
  /** The payload of the next event of that type not yet taken. */
  readonly event: (type: string) => Promise<Event>;
  /** The numbers of the events of a type that came so far. */
  readonly heard: (type: string) => readonly unknown[];
  /** Resolves once the server has read everything that was sent, acknowledgements too. */
  readonly settled: () => Promise<void>;
  /** Settles with the close code. */
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
}

/** What the specs look at in an event's payload. */
export interface Event {
  readonly id?: number;
  readonly cid?: string;
  readonly from?: string;
  readonly client_key?: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface Habits {
  readonly acknowledge?: boolean;
  readonly pong?: boolean;
}

/** The house of one spec file: a server for each spec, and sockets that are gone after it. */
export interface Town {
  readonly server: DevServer;
  readonly ask: (name: string) => Promise<Ask>;
  /** A socket with this query, besides what the transport needs. */
  readonly connect: (query: Record<string, string>, habits?: Habits) => Line;
  /** A socket that is logged in as a client of that user, and its session's id. */
  readonly login: (name: string, more?: Record<string, string>, habits?: Habits) => Promise<LoggedIn>;
}

export interface LoggedIn {
  readonly line: Line;
  readonly session: string;
  readonly success: Event;
  readonly token: string;
}

/** What the existing client says in its first handshake. */
export const handshake = {
  session_version: '0.0.3',
  SDK_version: '2.3.1',
  SDK_name: '@vonage/client-sdk',
  acknowledge_events: 'true',
  OS_family: 'js',
  OS_revision: 'Generic JS Navigator',
};

export function town(options: ServerOptions = {}): () => Town {
  let server: DevServer;
  const open = new Set<WebSocket>();
  beforeEach(async () => {
    server = await startServer({ port: 0, media: false, ...options });
  });
  afterEach(async () => {
    for (const socket of open) socket.terminate();
    open.clear();
    await server.close();
  });

  function connect(query: Record<string, string>, habits: Habits = {}): Line {
    const line = lineTo(server.port, query, habits);
    open.add(line.socket);
    return line;
  }

  async function login(name: string, more: Record<string, string> = handshake, habits?: Habits): Promise<LoggedIn> {
    const token = await server.token(name);
    const line = connect({ token, ...more }, habits);
    const success = await line.event('session:success');
    return { line, session: String(success.body['id']), success, token };
  }

  return () => ({ server, ask: async name => askOf(server, await server.token(name)), connect, login });
}

/** Requests with this token. */
export function askOf(server: DevServer, token: string): Ask {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(server.url + path, {
      method,
      headers: { authorization: `bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
}

/** What stands in a JSON value at `path`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, key) => (found as Record<string | number, unknown> | undefined)?.[key], value);
}

export const idOf = (answer: Answer): string => String(at(answer.body, 'id'));
export const codeOf = (answer: Answer): unknown => at(answer.body, 'code');

/** Makes a conversation and joins everybody: its id and their members' ids. */
export async function roomOf(here: Town, ...names: readonly string[]): Promise<{ id: string; members: string[] }> {
  const asks = await Promise.all(names.map(here.ask));
  const id = idOf(await asks[0]!('POST', '/v0.3/conversations', {}));
  const members: string[] = [];
  for (const ask of asks) members.push(idOf(await joined(ask, id)));
  return { id, members };
}

export const joined = (ask: Ask, conversation: string): Promise<Answer> =>
  ask('POST', `/v0.3/conversations/${conversation}/members`, { state: 'joined', channel: { type: 'app' } });

/** Says a text in a conversation. */
export const say = (ask: Ask, conversation: string, from: string, text: string, key?: string): Promise<Answer> =>
  ask(
    'POST',
    `/v0.3/conversations/${conversation}/events`,
    { cid: conversation, from, type: 'message', body: { message_type: 'text', text } },
    key === undefined ? {} : { 'Idempotency-Key': key },
  );

/** A socket of its own; `connect` makes the ones that are gone after the spec. */
export function lineTo(
  port: number,
  query: Record<string, string>,
  { acknowledge = true, pong = true }: Habits = {},
): Line {
  const params = new URLSearchParams({ ...query, EIO: '4', transport: 'websocket' });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v2/rtc/?${params.toString()}`);
  const frames: string[] = [];
  const taken = new Set<number>();
  const arrivals = new Set<() => void>();
  const closed = new Promise<number>(resolve => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.on('message', data => {
    const frame = (data as Buffer).toString();
    frames.push(frame);
    if (frame.startsWith('0')) socket.send('40');
    if (frame === '2' && pong) socket.send('3');
    const [, packet] = /^42(\d+)\[/.exec(frame) ?? [];
    if (packet !== undefined && acknowledge) socket.send(`43${packet}[]`);
    for (const arrival of [...arrivals]) arrival();
  });

  function expectFrame(wanted: string | RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        arrivals.delete(look);
        reject(new Error(`waited for ${String(wanted)}, got ${frames.join(' | ').slice(0, 2000)}`));
      }, 100_000);
      const look = (): void => {
        const fits = (frame: string): boolean =>
          typeof wanted === 'string' ? frame.startsWith(wanted) : wanted.test(frame);
        const found = frames.findIndex((frame, i) => !taken.has(i) && fits(frame));
        if (found < 0) return;
        taken.add(found);
        arrivals.delete(look);
        clearTimeout(late);
        resolve(frames[found]!);
      };
      arrivals.add(look);
      look();
    });
  }

  return {
    frames,
    socket,
    closed,
    expect: expectFrame,
    settled: async () => {
      // A namespace that there is not is refused, in turn.
      socket.send('40/none,');
      await expectFrame('44/none,');
    },
    send: frame => {
      socket.send(frame);
    },
    event: async type => eventIn(await expectFrame(new RegExp(`^42\\d*\\["${type}",`)))!.payload,
    heard: type => frames.flatMap(frame => (eventIn(frame)?.type === type ? [eventIn(frame)!.payload.id] : [])),
  };
}

function eventIn(frame: string): { type: string; payload: Event } | undefined {
  const [, json] = /^42\d*(\[.*)$/s.exec(frame) ?? [];
  if (json === undefined) return undefined;
  const [type, payload] = JSON.parse(json) as [string, Event];
  return { type, payload };
}
