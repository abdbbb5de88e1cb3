import type { URI } from './sipjs.js';
import { parseSipUri } from './sip-uri.js';
import { originalUri, parsableUri, parseAddress } from './address.js';

/** Where a request goes, and by which way. */
type Way = { readonly uri: URI; readonly routeSet: readonly string[] };

function isLoose(uri: string): boolean {
  return /;lr(?:=[^;?]*)?(?=[;?]|$)/i.test(uri);
}

/**
 * A request to this target by this route set. A first route without `lr` is a strict router, which wants the Request-URI
 * for itself and the target as the last route. RFC 3261 §12.2.1.1, §16.12.
 */
export function routed(target: URI, routeSet: readonly string[]): Way {
  const [first = '', ...rest] = routeSet;
  const text = originalUri(parseAddress(first)?.uri ?? '');
  // Header fields and `method` are not allowed in a Request-URI. RFC 3261 §19.1.1.
  const plain = text.replace(/\?.*$/s, '').replace(/;method=[^;]*/gi, '');
  const router = isLoose(text) ? undefined : parseSipUri(parsableUri(plain) ?? '');
  if (router === undefined) return { uri: target, routeSet };
  return { uri: router, routeSet: [...rest, `<${target.toRaw()}>`] };
}
