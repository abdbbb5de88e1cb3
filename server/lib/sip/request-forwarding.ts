/** Changes to a forwarded request, besides its Via. RFC 3261 §16.4, §16.6. */
import { parseAddress, parseUri } from './address.js';
import { withoutAssertions } from './identity.js';
import { header, headerList, pushHeader, withHeader, type SipRequest } from './message.js';

/** This hop. */
export interface Relay {
  /** One hop fewer, without our own Route, and without the credentials that were for us. */
  readonly prepared: (request: SipRequest) => SipRequest;
  /** With us in the route of the dialog that it makes, if it makes one. */
  readonly recorded: (request: SipRequest) => SipRequest;
}

const dialogMakers = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);

/** The relay that answers to these host names on this port. */
export function createRelay(hosts: ReadonlySet<string>, port: number): Relay {
  function withoutOwnRoute(request: SipRequest): SipRequest {
    const routes = headerList(request, 'Route');
    const first = parseUri(parseAddress(routes[0] ?? '')?.uri ?? '');
    const own = first !== undefined && hosts.has(first.host) && (first.port ?? port) === port;
    return own ? withHeader(request, 'Route', routes.slice(1)) : request;
  }

  return {
    prepared: request => {
      const hop = withHeader(withoutOwnRoute(request), 'Max-Forwards', [String(hopsLeft(request) - 1)]);
      return withHeader(withoutAssertions(hop), 'Proxy-Authorization', []);
    },
    recorded: request =>
      dialogMakers.has(request.method)
        ? pushHeader(request, 'Record-Route', `<sip:127.0.0.1:${port};transport=ws;lr>`)
        : request,
  };
}

/** Where a request wants to go next: its first Route, else its Request-URI. */
export function nextHop(request: SipRequest): string {
  const route = headerList(request, 'Route')[0];
  return route === undefined ? request.uri : (parseAddress(route)?.uri ?? request.uri);
}

/** Max-Forwards as it came; 70 when there is none. RFC 3261 §16.6 point 3. */
export function hopsLeft(request: SipRequest): number {
  const hops = Number(header(request, 'Max-Forwards') ?? 70);
  return Number.isInteger(hops) ? hops : 70;
}
