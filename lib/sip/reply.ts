import { parseAddress } from './address.js';
import { headerValue, splitOutside, type SipMessage } from './message.js';
import { md5Of } from './digest.js';

/** A response that needs no transaction: its code and the headers that explain it, one complete line each. */
export type Refusal = { readonly statusCode: number; readonly headers?: readonly string[] };

const phrases: Readonly<Partial<Record<number, string>>> = {
  200: 'OK',
  400: 'Bad Request',
  405: 'Method Not Allowed',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  481: 'Call/Transaction Does Not Exist',
  505: 'Version Not Supported',
};

function tagged(to: string): boolean {
  return splitOutside(parseAddress(to)?.parameters ?? to, ';').some(part => /^tag\s*=/i.test(part));
}

/** A copied value may hold a bare CR or LF, by which a lenient reader would see another header. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/**
 * A complete response to a request, whatever state that is in: Via, From, To, Call-ID and CSeq as they came, a tag
 * added to To where it has none, no body. What the request lacks is left out. RFC 3261 §8.2.6.2.
 */
export function reply(request: SipMessage, { statusCode, headers = [] }: Refusal): string {
  const vias = request.headers.filter(item => item.name === 'via').map(item => item.value);
  const [from, to, callId, cseq] = ['from', 'to', 'call-id', 'cseq'].map(name => headerValue(request, name));
  // The same tag for the same request, as a stateless element has to: RFC 3261 §8.2.7.
  const tag = md5Of([vias[0], callId, cseq, from].join('\n'));
  const copied: readonly (readonly [string, string | undefined])[] = [
    ...vias.map(via => ['Via', via] as const),
    ['From', from],
    ['To', to === undefined || tagged(to) ? to : `${to};tag=${tag}`],
    ['Call-ID', callId],
    ['CSeq', cseq],
  ];
  return [
    `SIP/2.0 ${statusCode} ${phrases[statusCode] ?? ''}`,
    ...copied.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${printable(value)}`])),
    ...headers,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}
