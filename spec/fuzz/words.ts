/** The words of SIP, as they should be and as they should not: what the messages of the fuzzing specs are made of. */
import * as fc from 'fast-check';
import { character } from '../support/characters.js';

/** Request-URIs and addresses, from the usual to the malicious. */
export const uris = [
  'sip:bob@example.org',
  'sips:bob@example.org:5061;transport=wss',
  'tel:+84-90(123).45',
  'tel:*21#;phone-context=example.org',
  'tel:',
  'sip:example.org',
  'sip:100%25@example.org',
  'sip:%ff@example.org',
  'sip:%zz@example.org',
  'sip:%0d%0a@example.org',
  'sip:a;b=c@example.org;lr=on;ttl=5;maddr=192.0.2.9',
  'sip:bob:secret@[2001:db8::1]:5060',
  'sip:bob@kamailio_1:5060;lr',
  'sip:bob@999.1.1.1',
  'sip:bob@-x-',
  'sip:bob@example.org.',
  'sip:bob@example.org;x=%zz;X=Y',
  'sip:bob@example.org;x="y"',
  'sip:bob@example.org;transport=udpx',
  'sip:bob@example.org;transport=tls-sctp;user=phonebook;lr=',
  'sip:bob@example.org;user=dialstring;transport=WS;ob;+sip.x=[;method=REGISTER',
  'sip:bob@example.org?Replaces=a%3Bto-tag%3Db&x=1',
  'sip:@',
  'sip:',
  'sip:626f62@uri.invalid',
  'sip:zz@uri.invalid',
  'sip:1@tel.invalid;user=phone',
  'mailto:bob@example.org',
  'urn:service:sos',
  'http://example.org/?a=b',
  'soap.beep://192.0.2.103:3002',
  'sip:Zoë@example.org',
  'sip:bob@exämple.org',
  'javascript:alert(1)',
];
const names = [
  '',
  'Bob ',
  '"Bob" ',
  'Zoë ',
  '"Zoë \\"x\\" \\\\" ',
  'Bob [Sales] ',
  '"open ',
  '"a\\" ',
  'B.O.B (x) ',
  '" " ',
];
const ends = [
  '',
  ';tag=t',
  ';tag',
  ';tag=',
  ';tag=a;tag=b',
  ' ; tag = t',
  ';tag="q"',
  ';x="a;tag=b";tag=t',
  ';tag=t;x',
  ';=',
  ';;',
  ';expires=x;q=7',
];

/** An address of From, To and the like. */
export const address = fc.oneof(
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...uris), fc.constantFrom(...ends))
    .map(([n, u, e]) => `${n}<${u}>${e}`),
  fc.tuple(fc.constantFrom(...uris), fc.constantFrom(...ends)).map(([u, e]) => u + e),
  fc.constantFrom('', '*', '<>', '<', ',', '<sip:a@b>, <sip:c@d>;tag=x', '"a, b" <sip:a@b.org>;tag=x, sip:c@d.org'),
  fc.string({ unit: character, maxLength: 40 }),
);
/** What may stand in place of any value. */
export const chunk = fc.oneof(
  fc.string({ unit: character }),
  fc.constantFrom('', ' ', '0', '-1', 'é', '"', '%zz', ','),
);

const insert = fc.oneof(
  fc.constantFrom(
    '<',
    '>',
    '</',
    '/>',
    '"',
    '&',
    '&#0;',
    '&#xd800;',
    '&lt;',
    '<!DOCTYPE x>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
  ),
  fc.constantFrom('<?', ' ', '=', '-1', '99999999999', '\0', '\r\n', '<dialog id="b">', '</dialog>', '<a>'.repeat(40)),
  fc.string({ unit: character, maxLength: 5 }),
);

/** A text taken apart at such places, with pieces lost, doubled and put in between. */
export const parts = (text: string, at: RegExp): fc.Arbitrary<string> => {
  const pieces = text.split(at);
  const edit = fc.record({ start: fc.nat({ max: pieces.length }), drop: fc.nat({ max: 2 }), insert });
  return fc
    .array(edit, { maxLength: 4 })
    .map(edits =>
      edits
        .reduce((all, one) => [...all.slice(0, one.start), one.insert, ...all.slice(one.start + one.drop)], pieces)
        .join(''),
    );
};
