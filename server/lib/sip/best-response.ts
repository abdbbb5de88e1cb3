import { headerLines, type SipResponse } from './message.js';
import { reasonOf } from './response.js';

/** A final response, and whether a local user agent gave it. */
export interface Final {
  readonly response: SipResponse;
  readonly own: boolean;
}

const challenges = ['WWW-Authenticate', 'Proxy-Authenticate'];

/**
 * The one response that stands for all branches, none of which was a 2xx: a 6xx, else every challenge in one, else the lowest class.
 * RFC 3261 §16.7 points 6 and 7.
 */
export function bestOf(finals: readonly Final[]): SipResponse | undefined {
  const global = finals.find(final => final.response.status >= 600);
  if (global) return global.response;
  const asking = finals.filter(({ response }) => response.status === 401 || response.status === 407);
  if (asking[0]) return merged(asking[0].response, asking.slice(1));
  const lowest = [...finals].sort((a, b) => classOf(a) - classOf(b))[0];
  return lowest && softened(lowest);
}

function classOf({ response }: Final): number {
  return Math.floor(response.status / 100);
}

function merged(first: SipResponse, others: readonly Final[]): SipResponse {
  const more = challenges.flatMap(name =>
    others.flatMap(({ response }) => headerLines(response, name).map(value => ({ name, value }))),
  );
  return { ...first, headers: [...first.headers, ...more] };
}

/** One overloaded phone is no reason to believe that the whole server is: 503 goes on as 500. RFC 3261 §16.7 point 6. */
function softened({ response, own }: Final): SipResponse {
  return response.status === 503 && !own ? { ...response, status: 500, reason: reasonOf(500) } : response;
}
