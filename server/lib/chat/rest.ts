/** The REST endpoints of the conversation service: authentication and dispatch. */
import type { IncomingMessage } from 'node:http';
import type { Tokens } from '../tokens.js';
import { isTooDeep } from './depth.js';
import {
  createConversation,
  deleteConversation,
  getConversation,
  getUser,
  listConversations,
  updateConversation,
} from './conversations.js';
import { deleteEvent, listEvents, postEvent } from './events.js';
import { addMember, getMember, listMembers, removeMember, updateMember } from './members.js';
import type { ChatPassing } from './traffic-item.js';
import { problem, type Reply } from './reply.js';
import { forbidden, type RestRequest, type ChatContext } from './conversation-context.js';
import { findRoute, routerOf, type Route } from './routes.js';

/** One request, its body read. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** `undefined`: it was too long. */
  readonly body: string | undefined;
}

/** Services of the endpoints besides the context. */
export interface RestSettings {
  readonly context: ChatContext;
  readonly tokens: Tokens;
  /** Routes with priority. */
  readonly before: () => readonly Route[];
  /** The session's client has a token that is good until then. */
  readonly renew: (session: string, until: number) => void;
  /** Resolves when the request may take effect. */
  readonly started: (passing: ChatPassing) => Promise<void>;
}

/** Body limit in bytes: the documented 2 MB of custom data, and its envelope. */
export const maxBodyBytes = 2 * 1024 * 1024 + 16_384;

/** A reply, and what it answers. */
export interface Answered {
  readonly passing: ChatPassing;
  readonly reply: Reply;
}

/** Answers requests to the REST endpoints. */
export function createRest(settings: RestSettings): (request: Request) => Promise<Answered> {
  const { context, tokens, before, renew, started } = settings;
  const routes = routerOf(() => [
    ...before(),
    ['GET', '/v0.3/users/:id', getUser],
    ['GET', '/v0.3/users/:id/conversations', listConversations],
    ['POST', '/v0.3/conversations', createConversation],
    ['GET', '/v0.3/conversations/:id', getConversation],
    ['PATCH', '/v0.3/conversations/:id', updateConversation],
    ['DELETE', '/v0.3/conversations/:id', deleteConversation],
    ['GET', '/v0.3/conversations/:id/events', listEvents],
    ['POST', '/v0.3/conversations/:id/events', postEvent],
    ['DELETE', '/v0.3/conversations/:id/events/:sub', deleteEvent],
    ['GET', '/v0.3/conversations/:id/members', listMembers],
    ['POST', '/v0.3/conversations/:id/members', addMember],
    ['GET', '/v0.3/conversations/:id/members/:sub', getMember],
    ['PUT', '/v0.3/conversations/:id/members/:sub', updateMember],
    ['DELETE', '/v0.2/conversations/:id/members/:sub', removeMember],
    ['PUT', '/v0.2/sessions/:id', refreshSession],
    ['POST', '/v2/rtc/metrics', () => Promise.resolve({ status: 204 })],
    // The existing client does not encode a slash in a conversation's name.
    ['GET', '/v0.3/conversations/:name{.+}', getConversation],
  ]);

  /** `PUT /v0.2/sessions/{id}`: the token that asks is the session's from now on. */
  async function refreshSession(
    { storage }: ChatContext,
    { user, until, params: [id = ''] }: RestRequest,
  ): Promise<Reply> {
    const session = await storage.session(id);
    if (!session || session.expires <= Date.now())
      return problem(404, 'session:error:not-found', 'There is no such session.');
    if (session.user !== user.id) return forbidden('This is not your session.');
    renew(id, until);
    return { status: 200, body: { session_id: id } };
  }

  async function answer({ method, url, headers, body }: Request, caller: Caller): Promise<Reply> {
    if ('refused' in caller) return caller.refused;
    if (body === undefined) return problem(413, 'http:error:payload-too-large', 'The body is too long.');
    const said = parsed(body);
    if (isTooDeep(said)) return problem(400, 'http:error:validation-fail', 'The body is nested too deeply.');
    const { pathname: path, searchParams: query } = url;
    const found = findRoute(routes(), method, path);
    if (!found) return problem(404, 'http:error:not-found', 'There is no such endpoint.');
    const key = headers['idempotency-key'];
    return found.endpoint(context, {
      ...caller,
      path,
      params: found.params,
      query,
      body: said,
      key: typeof key === 'string' ? key : undefined,
    });
  }

  async function callerOf({ headers }: Request): Promise<Caller> {
    const checked = await tokens.check(/^bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '');
    const user = 'user' in checked ? await context.users.find(checked.user) : undefined;
    if ('user' in checked && user) return { user, until: checked.until };
    return 'refused' in checked && checked.refused === 'token expired'
      ? { refused: problem(401, 'system:error:expired-token', 'The token has expired.') }
      : { refused: problem(401, 'system:error:invalid-token', 'The token is invalid.') };
  }

  return async request => {
    const { method, url, body } = request;
    const caller = await callerOf(request);
    const passing: ChatPassing = {
      at: Date.now(),
      user: 'user' in caller ? caller.user.name : undefined,
      method,
      path: url.pathname,
      query: url.search,
      body: parsed(body ?? ''),
    };
    await started(passing);
    const failed = problem(500, 'http:error:internal', 'The server has failed.');
    return { passing, reply: await answer(request, caller).catch(() => failed) };
  };
}

type Caller = Pick<RestRequest, 'user' | 'until'> | { readonly refused: Reply };

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
