/** What a dialog is made of, and the requests that are made from it. RFC 3261 §12. */
import type { Header, SipRequest } from '../message.js';

/** One dialog, from our side. */
export interface DialogParts {
  readonly callId: string;
  readonly ourTag: string;
  readonly theirTag: string;
  /** Our side as it stands in From, with its tag. */
  readonly local: string;
  /** The far side as it stands in To, with its tag. */
  readonly remote: string;
  /** The far side's Contact. */
  readonly target: string;
  /** What goes into Route, in that order. */
  readonly routes: readonly string[];
  /** Our Contact. */
  readonly contact: string;
  /** The highest sequence number of ours so far; 0 for none. */
  readonly sent: number;
  /** The highest of theirs. */
  readonly heard: number;
}

/** What is particular to one request. */
export interface Particulars {
  readonly method: string;
  readonly number: number;
  readonly headers: readonly Header[];
  readonly body: string;
}

/** A request in the dialog to the far side's present target; its Via is still to come. */
export function requestIn(
  { callId, local, remote, routes }: Pick<DialogParts, 'callId' | 'local' | 'remote' | 'routes'>,
  target: string,
  { method, number, headers, body }: Particulars,
): SipRequest {
  return {
    kind: 'request',
    method,
    uri: target,
    headers: [
      ...routes.map(value => ({ name: 'Route', value })),
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: local },
      { name: 'To', value: remote },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${number} ${method}` },
      ...headers,
    ],
    body,
  };
}
