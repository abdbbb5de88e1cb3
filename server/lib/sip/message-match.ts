/** A SIP message that a test can match on its way through the server. */

/** One message that passes. */
export interface Passing {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `client`: it came in; `server`: it is about to go out. */
  readonly from: 'client' | 'server';
  /** Whose socket it uses, by name. */
  readonly user: string | undefined;
  /** Of a response: the method that it answers. */
  readonly method: string;
  /** Only responses have one. */
  readonly status?: number;
  /** True for a request with credentials. */
  readonly authorized: boolean;
  /** The whole message. It may hold secrets: for assertions, not for logs. */
  readonly raw: string;
}

/** Everything that is given must agree. Without `status` requests match, with it responses to that method. */
export interface Match {
  readonly method?: string;
  readonly status?: number;
  readonly from?: 'client' | 'server';
  readonly user?: string;
  /** `true`: only requests with credentials, so that the attempt before the challenge is let through. */
  readonly authorized?: boolean;
}

/** True when a message matches. */
export function matches(match: Match, passing: Passing): boolean {
  return (
    match.status === passing.status &&
    (match.method === undefined || match.method === passing.method) &&
    (match.from === undefined || match.from === passing.from) &&
    (match.user === undefined || match.user.toLowerCase() === passing.user) &&
    (match.authorized === undefined || match.authorized === passing.authorized)
  );
}
