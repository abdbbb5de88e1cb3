/** The requests that live one hop only, inside the transaction of an INVITE. RFC 3261 §9.1, §17.1.1.3. */
import { cseq, header, headerLines, headerList, withHeader } from './message.js';
import type { Header, SipRequest, SipResponse } from './message.js';

/** The ACK to a final response that is not a 2xx. */
export function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  return within(invite, 'ACK', header(response, 'To') ?? '');
}

/** The CANCEL of an INVITE, with what its Reason headers say. RFC 3326. */
export function cancelOf(invite: SipRequest, reasons: readonly string[]): SipRequest {
  return withHeader(within(invite, 'CANCEL', header(invite, 'To') ?? ''), 'Reason', reasons);
}

/** Same Request-URI, topmost Via, Route, From, Call-ID and sequence number as the INVITE. */
function within(invite: SipRequest, method: string, to: string): SipRequest {
  const copied = (name: string, values = headerLines(invite, name)): readonly Header[] =>
    values.map(value => ({ name, value }));
  return {
    kind: 'request',
    method,
    uri: invite.uri,
    headers: [
      ...copied('Via', headerList(invite, 'Via').slice(0, 1)),
      ...copied('Route'),
      ...copied('From'),
      { name: 'To', value: to },
      ...copied('Call-ID'),
      { name: 'CSeq', value: `${cseq(invite)?.number ?? 1} ${method}` },
      { name: 'Max-Forwards', value: '70' },
    ],
    body: '',
  };
}
