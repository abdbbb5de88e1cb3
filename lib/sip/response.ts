import { NameAddrHeader, type IncomingResponseMessage, type OutgoingRequestMessage } from 'sip.js/lib/core/index.js';
import { NULL_TAG } from './rfc2543.js';

/**
 * Gives a response what sip.js drops it for the lack of: a To tag, which a far side of RFC 2543 leaves out, and the Contact
 * of an INVITE's response, in whose place the far side is reached where the request went. RFC 3261 §12.1.2.
 */
export const completed = (response: IncomingResponseMessage, { method, ruri, toTag }: OutgoingRequestMessage): void => {
  if (response.statusCode === undefined || response.statusCode <= 100) return;
  if (!response.toTag) response.toTag = NULL_TAG;
  if (method === 'INVITE' && !toTag && !response.hasHeader('contact'))
    response.headers['Contact'] = [{ raw: `<${ruri.toRaw()}>`, parsed: new NameAddrHeader(ruri.clone(), '', {}) }];
};
