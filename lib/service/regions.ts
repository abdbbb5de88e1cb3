/** Where the hosted service has its servers. */
export type Region = 'US' | 'EU' | 'AP';

const regions: readonly Region[] = ['US', 'EU', 'AP'];

type Where = {
  readonly region?: Region;
  readonly apiUrl?: string;
  readonly websocketUrl?: string;
  readonly websocketPath?: string;
};

/** Both without a slash at the end. */
export type Endpoints = { readonly api: string; readonly socket: string };

/** Addresses of the service. Throws a `TypeError` on an invalid address, or one that would send tokens unencrypted. */
export function endpointsOf({ region = 'US', apiUrl, websocketUrl, websocketPath = '/v2/rtc' }: Where): Endpoints {
  if (!regions.includes(region)) throw new TypeError('`region` is US, EU or AP.');
  if (!/^\/[^?#\s]*$/.test(websocketPath)) throw new TypeError('`websocketPath` begins with a slash.');
  const hosted = (name: string): string => `https://${name}-${region.toLowerCase()}.vonage.com`;
  const socket = websocketUrl ?? apiUrl ?? hosted('ws');
  return {
    api: address('apiUrl', apiUrl ?? hosted('api'), /^https?:$/),
    socket: (address('websocketUrl', socket, /^(?:https?|wss?):$/) + websocketPath)
      .replace(/^http/, 'ws')
      .replace(/\/+$/, ''),
  };
}

function address(name: string, url: string, protocols: RegExp): string {
  const { protocol, hostname, username, password, search, hash, href } = parsed(name, url);
  const isSecure = protocol === 'https:' || protocol === 'wss:';
  if (!protocols.test(protocol) || username + password + search + hash !== '')
    throw new TypeError(`\`${name}\` is the URL of a server, and nothing more.`);
  if (!isSecure && !isHere(hostname)) throw new TypeError(`\`${name}\` is encrypted, but on this machine.`);
  return href.replace(/\/+$/, '');
}

function parsed(name: string, url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new TypeError(`\`${name}\` is a URL.`);
  }
}

function isHere(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}
