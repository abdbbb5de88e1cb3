import { originalUri, parseAddress } from './address.js';
import { headerValues, type SipMessage } from './message.js';
import { asTarget } from './uri.js';

const preference = (parameters: string): number => {
  const [, q] = /;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?=;|$)/i.exec(parameters) ?? [];
  return q === undefined ? 1 : Number(q);
};

/** Where a 3xx sends us, best first, each once: only what can be called. RFC 3261 §8.1.3.4. */
export const targetsOf = (message: SipMessage, realm: string, allowed: readonly string[]): readonly string[] => {
  const found = headerValues(message, 'contact').flatMap(value => {
    const address = parseAddress(value);
    const target = asTarget(originalUri(address?.uri ?? ''), realm, allowed);
    return address === undefined || target === undefined ? [] : [{ target, q: preference(address.parameters) }];
  });
  return [...new Set([...found].sort((a, b) => b.q - a.q).map(({ target }) => target))];
};
