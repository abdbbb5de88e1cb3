import { isLeft, left, right, type Either } from '../core/either.js';
import { fault, type Fault } from '../core/fault.js';
import { defaults, type VBotAccount, type VBotOptions } from './options.js';

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;
function parse(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/**
 * Where a path of the service is. A token travels there, so it is `https:`, or `http:` on loopback.
 * `Left('unsupported')` for any other.
 */
export function serviceUrl(path: string, { baseUrl = defaults.baseUrl }: VBotOptions): Either<Fault, URL> {
  const url = parse(path, baseUrl);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  return url !== undefined && safe
    ? right(url)
    : left(fault('unsupported', { message: 'baseUrl is an https: URL, or an http: URL on loopback.' }));
}

/**
 * Where the account's SIP server listens: `wss://{domain}:{port}/ws`.
 *
 * The scheme follows `baseUrl`: `http:` gives `ws:`, for a domain on loopback only. `webSocketUrl` overrides all of it.
 * `Left('bad-answer')`: the account names no place.
 */
export function socketUrl({ domain, port }: VBotAccount, options: VBotOptions): Either<Fault, string> {
  const { socketPath = defaults.socketPath, webSocketUrl } = options;
  if (webSocketUrl !== undefined) return right(webSocketUrl);
  const service = serviceUrl('', options);
  if (isLeft(service)) return service;
  const scheme = service.right.protocol === 'http:' && loopback.test(domain) ? 'ws' : 'wss';
  const host = domain.includes(':') && !domain.startsWith('[') ? `[${domain}]` : domain;
  const url =
    /^[\w.[\]:-]+$/.test(host) && /^\d+$/.test(port) ? parse(`${scheme}://${host}:${port}${socketPath}`) : undefined;
  return url === undefined ? left(fault('bad-answer')) : right(url.href);
}
