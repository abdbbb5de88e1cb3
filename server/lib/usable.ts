import { parseAddress, parseVia } from './address.js';
import { cseq, header, headerList, type SipRequest } from './message.js';

/** What every request must have before anything can be answered or forwarded. RFC 3261 §8.1.1. */
export function isUsable(request: SipRequest): boolean {
  return (
    parseVia(headerList(request, 'Via')[0] ?? '') !== undefined &&
    parseAddress(header(request, 'From') ?? '')?.params.has('tag') === true &&
    parseAddress(header(request, 'To') ?? '') !== undefined &&
    (header(request, 'Call-ID') ?? '') !== '' &&
    cseq(request)?.method === request.method
  );
}
