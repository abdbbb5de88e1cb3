/** The HTTP endpoints, in the envelope of the hosted service: `{ error, message, data }`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ChatService } from '../chat/chat.js';
import { socketPath } from '../chat/gateway.js';
import type { Reply } from '../chat/reply.js';
import { maxBodyBytes } from '../chat/rest.js';
import { guarded } from '../guarded.js';
import type { Hotline } from '../sip/dial-plan.js';
import { refuseUpgrade } from '../sip/sockets.js';
import type { PathAnswer } from '../sip/traffic.js';
import { messagesIn, type Messages } from '../subscriptions/documents.js';
import type { Tokens } from '../tokens.js';
import { credentialsOf, type User, type Users } from '../users.js';
import { readBody } from './request-body.js';
import type { Allowed } from './origin.js';
import { staticFiles, unbuiltPage } from './static-files.js';

/** Services behind the endpoints. */
export interface HttpSettings {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly hotlines: readonly Hotline[];
  readonly realm: string;
  readonly port: number;
  readonly page: string | undefined;
  readonly sdk: string | undefined;
  readonly chat: Pick<ChatService, 'answer' | 'setFaults' | 'upgrade'>;
  /** Sets the message counts of a user's mailbox. */
  readonly mailbox: (user: User, messages: Messages) => void;
  /** True for a request of a page that may use this server. */
  readonly allowed: Allowed;
  readonly log: (line: string) => void;
  /** The answer that a test has ordered for this request. */
  readonly ordered: (method: string, path: string) => PathAnswer | undefined;
  /** Upgrades to SIP over WebSocket. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

type Env = { Bindings: HttpBindings };
type Ctx = Context<Env>;
type Holder = { readonly user: User } | { readonly refused: string };

/** Body limit of the small endpoints, in bytes. */
const maxSmallBodyBytes = 16_384;
const knownHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The listeners for `request` and `upgrade` of a Node HTTP server. */
export function createHttp(settings: HttpSettings): {
  readonly request: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
} {
  const { users, tokens, chat, realm, port, page, sdk, hotlines, allowed } = settings;
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store');
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Vary', 'Origin');
    // A page elsewhere can point its own name at 127.0.0.1; the Host header then has that name.
    if (!hostOf(c.env.incoming)) return refusal(c, 403, 'unknown host');
    if (!allowed(c.env.incoming)) return refusal(c, 403, 'this page may not: see --allow-origin');
    allowOrigin(c);
    if (c.req.method === 'OPTIONS') return c.body(null, 204);
    const { pathname } = new URL(c.req.url);
    const ordered = settings.ordered(c.req.method, pathname);
    return ordered ? sendOrdered(c, ordered) : next();
  });

  const rest = async (c: Ctx): Promise<Response> => {
    const { method, url } = c.req;
    const { headers } = c.env.incoming;
    const body = await readBody(c.env.incoming, maxBodyBytes);
    const reply = await chat.answer({ method, url: new URL(url), headers, body });
    if (reply !== 'lost') return send(c, reply);
    c.env.outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  };
  app.all('/:version{v0\\.\\d+}/*', rest);
  app.all('/v2/rtc/metrics', rest);

  async function jsonOf(c: Ctx): Promise<unknown> {
    const body = await readBody(c.env.incoming, maxSmallBodyBytes);
    if (body === undefined) throw new HTTPException(400, { res: refusal(c, 400, 'body too long') });
    try {
      return JSON.parse(body);
    } catch {
      throw new HTTPException(400, { res: refusal(c, 400, 'body must be JSON') });
    }
  }

  async function holderOf(token: string): Promise<Holder> {
    const checked = await tokens.check(token);
    if ('refused' in checked) return checked;
    const user = users.find(checked.user);
    return user ? { user } : { refused: 'invalid token' };
  }

  const bearer = (c: Ctx): Promise<Holder> =>
    holderOf(/^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '');

  app.post('/dev/token', async c => {
    const user = users.ensure(field(await jsonOf(c), 'user') ?? '');
    if (!user) return refusal(c, 400, 'user must be a name: letters, digits, dot, dash, underscore');
    return c.json({ token: await tokens.issue(user.name) });
  });

  app.post('/dev/mailbox', async c => {
    const holder = await bearer(c);
    if ('refused' in holder) return refusal(c, 401, holder.refused);
    const messages = messagesIn(await jsonOf(c));
    if (!messages) return refusal(c, 400, 'new and old must be counts');
    settings.mailbox(holder.user, messages);
    return success(c, messages);
  });

  app.post('/dev/chat/faults', async c => {
    const holder = await bearer(c);
    if ('refused' in holder) return refusal(c, 401, holder.refused);
    return send(c, chat.setFaults(holder.user.name, await jsonOf(c)));
  });

  app.post('/api/sdk/info', async c => {
    const holder = await holderOf(field(await jsonOf(c), 'token') ?? '');
    if ('refused' in holder) return refusal(c, 401, holder.refused);
    const host = hostOf(c.env.incoming);
    return success(c, credentialsOf(holder.user, realm, host?.name ?? '', host?.port ?? port));
  });

  app.get('/api/sdk/getHotline', async c => {
    const holder = await holderOf(c.req.query('token') ?? '');
    return 'refused' in holder ? refusal(c, 401, holder.refused) : success(c, hotlines);
  });

  if (sdk !== undefined) app.get('/sdk/*', ...staticFiles(sdk, '/sdk'));
  if (page !== undefined) app.get('*', ...staticFiles(page));
  app.on('GET', ['/', '/index.html'], c => c.html(unbuiltPage));
  app.get('*', c => c.text('not found\n', 404));
  app.notFound(c => refusal(c, 404, 'no such endpoint'));
  app.onError((error, c) => (error instanceof HTTPException ? error.getResponse() : refusal(c, 500, 'failed')));

  const listener = getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false });
  return {
    request: (request, response) => {
      void listener(request, response);
    },
    upgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      guarded('an upgrade', settings.log, () => {
        const pathname = pathOf(request);
        if (pathname === undefined) refuseUpgrade(socket, '400 Bad Request');
        else if (!hostOf(request) || !allowed(request)) refuseUpgrade(socket, '403 Forbidden');
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

function hostOf(request: { readonly headers: IncomingMessage['headers'] }): Host | undefined {
  const found = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec((request.headers.host ?? '').toLowerCase());
  const [, name = '', port] = found ?? [];
  if (!knownHosts.has(name)) return undefined;
  return port === undefined ? { name } : { name, port: Number(port) };
}

function pathOf({ url = '/' }: IncomingMessage): string | undefined {
  return url.startsWith('/') && URL.canParse(`http://localhost${url}`)
    ? new URL(`http://localhost${url}`).pathname
    : undefined;
}

/** CORS headers for an allowed page, with Chrome's private network access. */
function allowOrigin(c: Ctx): void {
  const origin = c.req.header('origin');
  if (origin === undefined) return;
  c.header('Access-Control-Allow-Origin', origin);
  c.header('Access-Control-Expose-Headers', 'Retry-After, Date');
  if (c.req.method !== 'OPTIONS') return;
  c.header('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  c.header('Access-Control-Allow-Headers', c.req.header('access-control-request-headers') ?? 'content-type');
  c.header('Access-Control-Allow-Private-Network', 'true');
  c.header('Access-Control-Max-Age', '600');
}

function sendOrdered(c: Ctx, { status, contentType, headers = {}, body = '' }: PathAnswer): Response {
  if (contentType !== undefined) c.header('Content-Type', contentType);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  return c.body(body, status as 200);
}

function send(c: Ctx, { status, body }: Reply): Response {
  return body ? c.json(body, status as 200) : c.body(null, status as 200);
}

function field(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null || !(name in body)) return undefined;
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}

function success(c: Ctx, data: object): Response {
  return c.json({ error: 0, message: 'success', data });
}

function refusal(c: Context, status: 400 | 401 | 403 | 404 | 500, message: string): Response {
  return c.json({ error: status, message, data: null }, status);
}
