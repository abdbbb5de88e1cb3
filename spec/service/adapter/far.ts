import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { filter, firstValueFrom, ReplaySubject, take, tap } from 'rxjs';
import { Server } from 'socket.io';
import type { Content } from '../../../lib/conversation/model.js';
import { listen } from './line.js';

/** A request as the far side has seen it. */
export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body?: unknown;
};

export type Reply = (request: Seen, response: ServerResponse) => void;

/** A small service: it logs everybody in as alice, writes down what it is asked, and answers what it was given. */
export type Far = {
  readonly url: string;
  readonly io: Server;
  readonly seen: Seen[];
  /** The answer to a method and a path; the last one counts. */
  readonly on: (what: string, reply: Reply) => void;
  /** The next request of this method and path that has not been taken yet, also if it is there already. */
  readonly asked: (what: string) => Promise<Seen>;
  /** The connections that requests come by. */
  readonly sockets: () => readonly Socket[];
  readonly close: () => Promise<void>;
};

export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  };

/** An answer that waits until it is released. */
export const held = (reply: Reply): { readonly reply: Reply; readonly release: () => void } => {
  const waiting: (() => void)[] = [];
  return {
    reply: (request, response) => {
      waiting.push(() => {
        reply(request, response);
      });
    },
    release: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
};

export const startFar = async (): Promise<Far> => {
  const seen: Seen[] = [];
  const seen$ = new ReplaySubject<Seen>(Infinity);
  const taken = new Set<Seen>();
  const replies = new Map<string, Reply>();
  const http = createServer();
  const io = new Server(http, { path: '/v2/rtc/', transports: ['websocket'], serveClient: false });
  io.on('connection', socket => {
    socket.emit('session:success', { body: { id: 'SES-1', user_id: 'USR-1', name: 'alice', api_key: 'k' } });
    socket.on('session:logout', () => {
      socket.emit('session:logged-out', { body: {} });
    });
  });
  const sockets = new Set<Socket>();
  http.on('request', (request, response) => {
    sockets.add(request.socket);
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(request, 'end');
    const { pathname, search } = new URL(request.url ?? '', 'http://far');
    const text = Buffer.concat(chunks).toString();
    const one: Seen = {
      method: request.method ?? '',
      path: pathname,
      query: queryOf(search),
      headers: request.headers,
      ...(text === '' ? {} : { body: JSON.parse(text) as unknown }),
    };
    seen.push(one);
    seen$.next(one);
    const reply =
      replies.get(`${one.method} ${one.path}`) ?? json({ title: 'no such thing', code: 'x:not-found' }, 404);
    reply(one, response);
  };
  const { url } = await listen(http);
  return {
    url,
    io,
    seen,
    on: (what, reply) => {
      replies.set(what, reply);
    },
    asked: what =>
      firstValueFrom(
        seen$.pipe(
          filter(one => !taken.has(one) && `${one.method} ${one.path}` === what),
          take(1),
          tap(one => taken.add(one)),
        ),
      ),
    sockets: () => [...sockets],
    close: async () => {
      http.closeAllConnections();
      await io.close();
    },
  };
};

/** Each parameter as it was written; only commas and colons are a matter of taste. */
const queryOf = (search: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    search
      .slice(1)
      .split('&')
      .filter(one => one !== '')
      .map(one => {
        const [name = '', value = ''] = one.split('=');
        return [name, value.replaceAll('%2C', ',').replaceAll('%3A', ':')] as const;
      }),
  );

/** What can be said, and how it stands in the body of a message. */
export const contents: readonly (readonly [Content, object])[] = [
  [{ kind: 'text', text: '<b>don\'t & "won\'t"</b>\n\u{1F600}\0' }, { text: '<b>don\'t & "won\'t"</b>\n\u{1F600}\0' }],
  [{ kind: 'text', text: '' }, { text: '' }],
  ...(['image', 'audio', 'video', 'file', 'vcard'] as const).map(
    kind => [{ kind, url: 'https://x/f?a=1' }, { [kind]: { url: 'https://x/f?a=1' } }] as const,
  ),
  [{ kind: 'location', location: { latitude: '1', longitude: '2' } }, { location: { latitude: '1', longitude: '2' } }],
  [
    { kind: 'location', location: { latitude: '1', longitude: '2', name: 'N', address: 'A' } },
    { location: { longitude: '2', latitude: '1', name: 'N', address: 'A' } },
  ],
  [
    {
      kind: 'template',
      template: { name: 'name', parameters: ['p'] },
      whatsapp: { policy: 'pol', locale: 'en' },
    },
    { template: { name: 'name', parameters: ['p'] }, whatsapp: { policy: 'pol', locale: 'en' } },
  ],
  [
    { kind: 'template', template: { name: 'name' }, whatsapp: { policy: 'pol', locale: 'en' } },
    { template: { name: 'name' }, whatsapp: { policy: 'pol', locale: 'en' } },
  ],
  [{ kind: 'custom', customData: { key: 'v' } }, { custom: { key: 'v' } }],
  [{ kind: 'custom', customData: '{"k":"string"}' }, { custom: { k: 'string' } }],
];
