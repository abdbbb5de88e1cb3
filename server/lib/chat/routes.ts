/** Routes of the REST endpoints. */
import { TrieRouter } from 'hono/router/trie-router';
import type { RestRequest, ChatContext } from './conversation-context.js';
import type { Reply } from './reply.js';

/** Handler of one endpoint. */
export type Endpoint = (context: ChatContext, ask: RestRequest) => Promise<Reply>;

/** Method, path with `:name` parameters, handler. The first route that matches is used. */
export type Route = readonly [method: string, path: string, endpoint: Endpoint];

/** Builds a router at its first use. */
export function routerOf(routes: () => readonly Route[]): () => TrieRouter<Endpoint> {
  let router: TrieRouter<Endpoint> | undefined;
  return () => {
    if (!router) {
      router = new TrieRouter<Endpoint>();
      for (const [method, path, endpoint] of routes()) router.add(method, path, endpoint);
    }
    return router;
  };
}

/** The endpoint of a request and its path parameters, decoded. */
export function findRoute(
  router: TrieRouter<Endpoint>,
  method: string,
  path: string,
): { readonly endpoint: Endpoint; readonly params: readonly string[] } | undefined {
  const [[found] = []] = router.match(method, path);
  if (!found) return undefined;
  const [endpoint, params] = found;
  return { endpoint, params: Object.values(params).map(value => decoded(String(value))) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
