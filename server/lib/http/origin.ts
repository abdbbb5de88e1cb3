/** Which pages may speak to this server: those of this machine, and those that were named. */
import type { IncomingMessage } from 'node:http';

/** Whether a request comes from no page at all, or from one that is allowed. */
export type Allowed = (request: IncomingMessage) => boolean;

/** @param named - origins besides those of loopback, such as `https://app.example.com` */
export function createAllowed(named: readonly string[]): Allowed {
  const others = new Set(named.map(originOf));
  return ({ headers: { origin } }) => origin === undefined || others.has(origin) || isLoopback(origin);
}

/** Throws a `TypeError` on what is no origin. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.origin === 'null' || url.pathname + url.search + url.hash !== '/')
    throw new TypeError('an origin has a scheme, a host and maybe a port: https://app.example.com');
  return url.origin;
}

function isLoopback(origin: string): boolean {
  const host = URL.canParse(origin) ? new URL(origin).hostname : '';
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}
