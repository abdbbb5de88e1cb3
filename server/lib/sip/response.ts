/** Responses made from requests. RFC 3261 §8.2.6. */
import { randomBytes } from 'node:crypto';
import { parseAddress } from './address.js';
import { header, headerLines, type Header, type SipRequest, type SipResponse } from './message.js';

const reasons: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  410: 'Gone',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  422: 'Session Interval Too Small',
  423: 'Interval Too Brief',
  469: 'Bad Info Package',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  484: 'Address Incomplete',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  489: 'Bad Event',
  491: 'Request Pending',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  600: 'Busy Everywhere',
  603: 'Decline',
  604: 'Does Not Exist Anywhere',
  606: 'Not Acceptable',
};

const classReasons = ['Progress', 'OK', 'Redirection', 'Client Error', 'Server Error', 'Global Failure'];

/** The standard phrase of a status. RFC 3261 §21. */
export function reasonOf(status: number): string {
  return reasons[status] ?? classReasons[Math.floor(status / 100) - 1] ?? 'Response';
}

/** Optional parts of a response. */
export interface Extra {
  readonly reason?: string;
  readonly headers?: readonly Header[];
  readonly body?: string;
  /** The To-tag of the dialog; without it one is made up, except for 100. */
  readonly tag?: string;
}

/** A response to a request: same Via, From, To, Call-ID and CSeq. */
export function reply(request: SipRequest, status: number, extra: Extra = {}): SipResponse {
  const copied = ['Via', 'From'].flatMap(name => headerLines(request, name).map(value => ({ name, value })));
  const to = header(request, 'To') ?? '';
  const tagged = status === 100 || toTag(request) !== undefined ? to : `${to};tag=${extra.tag ?? token()}`;
  return {
    kind: 'response',
    status,
    reason: extra.reason ?? reasonOf(status),
    headers: [
      ...copied,
      { name: 'To', value: tagged },
      { name: 'Call-ID', value: header(request, 'Call-ID') ?? '' },
      { name: 'CSeq', value: header(request, 'CSeq') ?? '' },
      ...(extra.headers ?? []),
    ],
    body: extra.body ?? '',
  };
}

/** The To-tag of a request: there is one exactly when it belongs to a dialog. RFC 3261 §12.2. */
export function toTag(request: SipRequest): string | undefined {
  return parseAddress(header(request, 'To') ?? '')?.params.get('tag');
}

/** An unguessable token for tags, branches and ids. */
export function token(): string {
  return randomBytes(9).toString('base64url').replace(/[-_]/g, 'x');
}
