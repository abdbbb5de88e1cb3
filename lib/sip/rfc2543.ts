/** Compatibility with RFC 2543, which sip.js lacks: messages without tags, without Via branches, without a Contact. */
import { parseAddress } from './address.js';
import { headerValue, headerValues, type SipMessage } from './message.js';
import { md5Of } from './digest.js';
import { NameAddrHeader, type IncomingResponseMessage, type OutgoingRequestMessage } from './sipjs.js';

/**
 * Stands for the tag of a far side that gives none: a dialog with it has a tag "with a value of null". RFC 3261 §12.1.1,
 * §12.1.2.
 */
export const NULL_TAG = 'null.invalid';

const nullTag = /^((?:From|To): .*?);tag=null\.invalid(?=;|$)/gm;
const branch = /;branch=rfc2543\.[\da-z]+/g;

/** Removes the substituted tags and branches from a message before it is sent. RFC 3261 §12.2.1.1. */
export function asReceived(head: string): string {
  return (head.includes(NULL_TAG) ? head.replace(nullTag, '$1') : head).replace(branch, '');
}

/** Derives a branch for a request without one. The ACK to a 2xx is a transaction of its own. RFC 3261 §17.2.3. */
function branchOf(message: SipMessage, via: string, isAckTo2xx: boolean): string {
  const [number] = (headerValue(message, 'cseq') ?? '').split(/\s/);
  const known = [via, number, headerValue(message, 'from'), headerValue(message, 'call-id'), isAckTo2xx];
  return `rfc2543.${md5Of(known.join('\n'))}`;
}

function withBranch(message: SipMessage, isAckTo2xx: boolean): SipMessage {
  const [via] = headerValues(message, 'via');
  if (via === undefined || /;\s*branch\s*(?:=|;|$)/i.test(via)) return message;
  const first = message.headers.find(({ name }) => name === 'via');
  const named = `${via};branch=${branchOf(message, via, isAckTo2xx)}`;
  return {
    ...message,
    headers: message.headers.map(header =>
      header === first ? { ...header, value: header.value.replace(via, () => named) } : header,
    ),
  };
}

/** Adds the From URI as the Contact of a request that has neither a From tag nor a Contact. */
function withContact(message: SipMessage): SipMessage {
  const from = parseAddress(headerValue(message, 'from') ?? '');
  const isOld = from !== undefined && !/;\s*tag\s*=/i.test(from.parameters);
  if (!isOld || headerValue(message, 'contact') !== undefined) return message;
  return { ...message, headers: [...message.headers, { name: 'contact', value: `<${from.uri}>` }] };
}

/** A request as RFC 3261 would have it. `isAckTo2xx`: it acknowledges the 200 of a dialog. */
export function asRfc3261(message: SipMessage, isAckTo2xx: boolean): SipMessage {
  return withContact(withBranch(message, isAckTo2xx));
}

/**
 * Gives a response what sip.js drops it for the lack of: a To tag, which a far side of RFC 2543 leaves out, and the Contact
 * of an INVITE's response, in whose place the far side is reached where the request went. RFC 3261 §12.1.2.
 */
export function withRequiredHeaders(
  response: IncomingResponseMessage,
  { method, ruri, toTag }: OutgoingRequestMessage,
): void {
  if (response.statusCode === undefined || response.statusCode <= 100) return;
  if (!response.toTag) response.toTag = NULL_TAG;
  if (method === 'INVITE' && !toTag && !response.hasHeader('contact'))
    response.headers['Contact'] = [{ raw: `<${ruri.toRaw()}>`, parsed: new NameAddrHeader(ruri.clone(), '', {}) }];
}
