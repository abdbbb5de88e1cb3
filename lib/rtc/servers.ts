/** The URLs of the servers that candidates are asked from. */
export const serverUrls = ({ iceServers = [] }: RTCConfiguration): readonly string[] =>
  iceServers.flatMap(({ urls }) => urls);

/** The best kind of candidate that these servers can give. */
export const serversOf = (configuration: RTCConfiguration): 'none' | 'stun' | 'turn' => {
  const schemes = serverUrls(configuration).map(url => url.toLowerCase());
  if (schemes.some(url => url.startsWith('turn:') || url.startsWith('turns:'))) return 'turn';
  return schemes.length > 0 ? 'stun' : 'none';
};

/** The same server written in one way: an error names it with the default port and transport filled in or left out. */
export const sameServer = (url: string): string =>
  url
    .toLowerCase()
    .replace(/\?transport=udp$/, '')
    .replace(/^((?:stun|turn):(?:\[[^\]]*\]|[^:?]*))(?=\?|$)/, '$1:3478')
    .replace(/^((?:stuns|turns):(?:\[[^\]]*\]|[^:?]*))(?=\?|$)/, '$1:5349');

/**
 * Whether every server has failed on every interface. An error speaks for one server on one interface only: a server
 * of the other address family fails there at once while the right interface is still waiting for its answer.
 */
export const allUnreachable = (
  urls: readonly string[],
  interfaces: number,
  errors: readonly { readonly url: string; readonly text: string }[],
): boolean =>
  urls.length > 0 &&
  urls.map(sameServer).every(url => {
    const own = errors.filter(error => sameServer(error.url) === url);
    return own.length >= interfaces && own.some(({ text }) => !/incompatible/i.test(text));
  });
