/** Bodies of notifications, from the usual to the malicious. RFC 3420, RFC 3842, RFC 4235. */
import * as fc from 'fast-check';
import { parts } from './words.js';
import { character } from '../support/characters.js';

const dialogInfo = [
  '<?xml version="1.0"?>',
  '<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:alice@example.com">',
  '<dialog id="a" call-id="c" direction="recipient">',
  '<state>early</state>',
  '<remote><identity display="Eve &amp; Co">sip:eve@example.org</identity><target uri="sip:e@x"/></remote>',
  '</dialog>',
  '</dialog-info>',
].join('\r\n');
const summary = 'Messages-Waiting: yes\r\nMessage-Account: sip:a@b\r\nVoice-Message: 2/8 (0/2)\r\n';
const fragment = 'SIP/2.0 486 Busy Here\r\nContact: <sip:a@b>\r\n';

/** Any of them with pieces lost, and others in their place. */
export const notices: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: parts(dialogInfo, /(?=[<>"=&;])/) },
  { weight: 2, arbitrary: parts(summary, /(?=[:/()\r\s])/) },
  { weight: 2, arbitrary: parts(fragment, /(?=[ \r])/) },
  fc.string({ unit: character }),
);

/** The types that such bodies have, and others. */
export const types: fc.Arbitrary<string> = fc.constantFrom(
  'application/dialog-info+xml',
  'application/simple-message-summary',
  'message/sipfrag',
  'message/sipfrag;version=2.0',
  'text/plain',
  'application/sdp',
  '',
);
