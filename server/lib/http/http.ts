/** The HTTP side: who may ask, and what they get. Answers are the envelope of the hosted service: `{ error, message, data }`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { readBody } from './request-body.js';
import type { ChatHouse } from '../chat/chat.js';
import { socketPath } from '../chat/gateway.js';
import type { Reply } from '../chat/reply.js';
import { isRestPath, longestBody } from '../chat/rest.js';
import type { Hotline } from '../sip/dial-plan.js';
import { guarded } from '../guarded.js';
import type { Allowed } from './origin.js';
import { pageFile, type Outgoing } from './static-files.js';
import { refuseUpgrade } from '../sip/sockets.js';
import type { Tokens } from '../tokens.js';
import type { PathAnswer } from '../sip/traffic.js';
import { credentialsOf, type User, type Users } from '../users.js';
import { messagesIn, type Messages } from '../subscriptions/documents.js';

/** What the endpoints need to know. */
export interface HttpSettings {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly hotlines: readonly Hotline[];
  readonly realm: string;
  readonly port: number;
  readonly page: string | undefined;
  readonly sdk: string | undefined;
  readonly chat: Pick<ChatHouse, 'answer' | 'setFaults' | 'upgrade'>;
  /** Sets what waits in a user's mailbox. */
  readonly mailbox: (user: User, messages: Messages) => void;
  /** Which pages may speak to it. */
  readonly allowed: Allowed;
  readonly log: (line: string) => void;
  /** An answer that a spec ordered for this request, if any. */
  readonly ordered: (method: string, path: string) => PathAnswer | undefined;
  /** SIP over WebSocket. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

const bodyLimit = 16_384;
const sdkPath = '/sdk/';
const knownHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The two listeners of a node HTTP server. */
export function createHttp(settings: HttpSettings): {
  readonly request: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
} {
  const { users, tokens, chat } = settings;

  async function answer(request: IncomingMessage): Promise<Outgoing | 'lost'> {
    const host = hostOf(request);
    // A page elsewhere can point its own name at 127.0.0.1; the name it then sends gives it away.
    if (!host) return refusal(403, 'unknown host');
    if (!settings.allowed(request)) return refusal(403, 'this page may not: see --allow-origin');
    if (request.method === 'OPTIONS') return { status: 204, body: '' };
    const url = urlOf(request);
    if (!url) return refusal(400, 'no such path');
    const method = request.method ?? '';
    const ordered = settings.ordered(method, url.pathname);
    if (ordered) return ordered;
    if (isRestPath(url.pathname)) {
      const body = await readBody(request, longestBody);
      const reply = await chat.answer({ method, url, headers: request.headers, body });
      return reply === 'lost' ? reply : outgoing(reply);
    }
    switch (`${method} ${url.pathname}`) {
      case 'POST /dev/chat/faults':
        return chatFaults(request);
      case 'POST /dev/mailbox':
        return mailbox(request);
      case 'POST /dev/token':
        return devToken(request);
      case 'POST /api/sdk/info':
        return info(request, host);
      case 'GET /api/sdk/getHotline':
        return hotlinesFor(url.searchParams.get('token') ?? '');
      default:
        if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(404, 'no such endpoint');
        return url.pathname.startsWith(sdkPath)
          ? pageFile(settings.sdk, url.pathname.slice(sdkPath.length - 1))
          : pageFile(settings.page, url.pathname);
    }
  }

  async function devToken(request: IncomingMessage): Promise<Outgoing> {
    const name = field(await readJson(request), 'user');
    const user = users.ensure(name ?? '');
    if (!user) return refusal(400, 'user must be a name: letters, digits, dot, dash, underscore');
    return json(200, { token: await tokens.issue(user.name) });
  }

  const bearer = (request: IncomingMessage): Promise<{ readonly user: User } | Outgoing> =>
    holder(/^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');

  async function mailbox(request: IncomingMessage): Promise<Outgoing> {
    const known = await bearer(request);
    if ('status' in known) return known;
    const messages = messagesIn(await readJson(request));
    if (!messages) return refusal(400, 'new and old must be counts');
    settings.mailbox(known.user, messages);
    return success(messages);
  }

  async function chatFaults(request: IncomingMessage): Promise<Outgoing> {
    const known = await bearer(request);
    return 'status' in known ? known : outgoing(chat.setFaults(known.user.name, await readJson(request)));
  }

  async function info(request: IncomingMessage, host: Host): Promise<Outgoing> {
    const known = await holder(field(await readJson(request), 'token') ?? '');
    if ('status' in known) return known;
    const { realm, port } = settings;
    return success(credentialsOf(known.user, realm, host.name, host.port ?? port));
  }

  async function hotlinesFor(token: string): Promise<Outgoing> {
    const known = await holder(token);
    return 'status' in known ? known : success(settings.hotlines);
  }

  async function holder(token: string): Promise<{ readonly user: User } | Outgoing> {
    const checked = await tokens.check(token);
    if ('refused' in checked) return refusal(401, checked.refused);
    const user = users.find(checked.user);
    return user ? { user } : refusal(401, 'invalid token');
  }

  return {
    request: (request, response) => {
      if (settings.allowed(request)) allowOrigin(request, response);
      answer(request)
        .catch((error: unknown) => (error instanceof BadBody ? refusal(400, error.message) : refusal(500, 'failed')))
        .then(outgoing => {
          if (outgoing === 'lost') response.destroy();
          else send(response, outgoing);
        })
        .catch(() => response.destroy());
    },
    upgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      guarded('an upgrade', settings.log, () => {
        const pathname = urlOf(request)?.pathname;
        if (pathname === undefined) refuseUpgrade(socket, '400 Bad Request');
        else if (!hostOf(request) || !settings.allowed(request)) refuseUpgrade(socket, '403 Forbidden');
        else if (pathname === '/ws') settings.upgrade(request, socket, head);
        else if (pathname === socketPath) chat.upgrade(request, socket, head);
        else refuseUpgrade(socket, '404 Not Found');
      });
    },
  };
}

interface Host {
  readonly name: string;
  readonly port?: number;
}

function hostOf(request: IncomingMessage): Host | undefined {
  const found = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec((request.headers.host ?? '').toLowerCase());
  const [, name = '', port] = found ?? [];
  if (!knownHosts.has(name)) return undefined;
  return port === undefined ? { name } : { name, port: Number(port) };
}

/** What is asked for; a request line may name what is no path of this server, such as `//`. */
function urlOf({ url = '/' }: IncomingMessage): URL | undefined {
  return url.startsWith('/') && URL.canParse(`http://localhost${url}`) ? new URL(`http://localhost${url}`) : undefined;
}

function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Vary', 'Origin');
  if (request.headers.origin === undefined) return;
  response.setHeader('Access-Control-Allow-Origin', request.headers.origin);
  // Without this a page could not read it.
  response.setHeader('Access-Control-Expose-Headers', 'Retry-After, Date');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  response.setHeader(
    'Access-Control-Allow-Headers',
    request.headers['access-control-request-headers'] ?? 'content-type',
  );
  response.setHeader('Access-Control-Allow-Private-Network', 'true');
  response.setHeader('Access-Control-Max-Age', '600');
}

class BadBody extends Error {}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, bodyLimit);
  if (body === undefined) throw new BadBody('body too long');
  try {
    return JSON.parse(body);
  } catch {
    throw new BadBody('body must be JSON');
  }
}

function field(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null || !(name in body)) return undefined;
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}

function success(data: unknown): Outgoing {
  return json(200, { error: 0, message: 'success', data });
}

function refusal(status: number, message: string): Outgoing {
  return json(status, { error: status, message, data: null });
}

function json(status: number, body: unknown): Outgoing {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}

function outgoing({ status, body }: Reply): Outgoing {
  return body ? json(status, body) : { status };
}

function send(response: ServerResponse, { status, contentType, headers = {}, body = '' }: Outgoing): void {
  if (contentType !== undefined) response.setHeader('Content-Type', contentType);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.writeHead(status, headers).end(body);
}
