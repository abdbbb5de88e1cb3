/** An item that a test can match: a request, a response, or an event to one socket. */

/** One thing that passes. */
export interface ChatPassing {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** User name of the request or socket. */
  readonly user: string | undefined;
  /** Of a request and its answer. */
  readonly method?: string;
  /** The path without its query. */
  readonly path?: string;
  /** The query, as it was sent. */
  readonly query?: string;
  /** Only answers have one: their effect has taken place. */
  readonly status?: number;
  /** Only events have one: their type. */
  readonly event?: string;
  /** The body of a request or an answer, the payload of an event. For assertions, not for logs. */
  readonly body?: unknown;
}

/** Everything that is given must agree. With `event` events match, with `status` answers, with neither requests. */
export interface ChatMatch {
  readonly method?: string;
  /** How the path begins, or what it fits. */
  readonly path?: string | RegExp;
  readonly status?: number;
  readonly event?: string;
  readonly user?: string;
}

/** True when an item matches. */
export function fits(match: ChatMatch, passing: ChatPassing): boolean {
  return (
    match.event === passing.event &&
    match.status === passing.status &&
    (match.method === undefined || match.method === passing.method) &&
    (match.path === undefined || pathFits(match.path, passing.path ?? '')) &&
    (match.user === undefined || match.user.toLowerCase() === passing.user)
  );
}

/** A text is how the path begins. */
export function pathFits(wanted: string | RegExp, path: string): boolean {
  return typeof wanted === 'string' ? path.startsWith(wanted) : wanted.test(path);
}
