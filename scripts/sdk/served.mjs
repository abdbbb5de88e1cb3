/**
 * The origin of a local server that a bundle was loaded from, which is its default address then; else nothing.
 *
 *     <script src="http://localhost:8080/sdk/vonageClientSDK.min.js">   http://localhost:8080
 */
export const servedFrom = address => {
  const { hostname, pathname, origin } = new URL(address ?? 'about:blank');
  const isHere = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return isHere && pathname.startsWith('/sdk/') ? origin : undefined;
};
