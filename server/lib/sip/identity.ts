/** Asserted identities. RFC 3325. */
import { parseAddress, parseUri, quote } from './address.js';
import type { Hotline } from './dial-plan.js';
import { cseq, header, headerList, withHeader } from './message.js';
import type { SipMessage, SipRequest, SipResponse } from './message.js';
import { isTestNumber } from '../test-numbers/test-numbers.js';
import type { User, Users } from '../users.js';

/** The user whom an address claims to be, by name or extension, if it is one of ours. */
export function claimed(request: SipRequest, name: 'From' | 'To', users: Users): User | undefined {
  const uri = parseUri(parseAddress(header(request, name) ?? '')?.uri ?? '');
  return uri?.user === undefined ? undefined : users.find(uri.user);
}

/** The test number that calls. */
export function testNumberIn(request: SipRequest): Hotline | undefined {
  const { user } = parseUri(parseAddress(header(request, 'From') ?? '')?.uri ?? '') ?? {};
  return user !== undefined && isTestNumber(user) ? { name: user, phoneNumber: user } : undefined;
}

/** True when From is the authenticated user, or anonymous. RFC 3323 §4.1.1.3. */
export function mayCallAs(request: SipRequest, user: User, users: Users): boolean {
  const from = parseUri(parseAddress(header(request, 'From') ?? '')?.uri ?? '');
  if (from?.host === 'anonymous.invalid') return wantsPrivacy(request);
  return claimed(request, 'From', users) === user;
}

/** Removes the assertions of a client: only the server asserts. */
export function withoutAssertions<M extends SipMessage>(message: M): M {
  return withHeader(withHeader(message, 'P-Asserted-Identity', []), 'P-Preferred-Identity', []);
}

/** Adds the server's assertion of the sender, unless the sender asks for privacy. */
export function asserting<M extends SipMessage>(message: M, who: User | Hotline, realm: string): M {
  if (wantsPrivacy(message)) return message;
  const [display, number] = 'extension' in who ? [who.display, who.extension] : [who.name, who.phoneNumber];
  return withHeader(message, 'P-Asserted-Identity', [`${quote(display)} <sip:${number}@${realm}>`]);
}

/** Adds the identity of the ringing or answering user to a 18x or 2xx. RFC 3325 §9.1. */
export function naming(response: SipResponse, user: User | undefined, realm: string): SipResponse {
  const says = cseq(response)?.method === 'INVITE' && response.status > 100 && response.status < 300;
  return user && says ? asserting(response, user, realm) : response;
}

function wantsPrivacy(message: SipMessage): boolean {
  return headerList(message, 'Privacy').some(value => value.split(';').some(word => word.trim() === 'id'));
}
