import * as fc from 'fast-check';
import type { Identity } from '../../lib/call/model.js';
import { assertedIdentity, identityOf } from '../../lib/sip/identity.js';
import { parseMessage } from '../../lib/sip/message.js';
import { runs } from '../support/runs.js';
import { character } from '../support/characters.js';

const message = (...lines: readonly string[]): ReturnType<typeof parseMessage> =>
  parseMessage(['INVITE sip:a@b SIP/2.0', ...lines, '', ''].join('\r\n'));
const from = '"Bob" <sip:bob@example.org>;tag=1';

describe('identityOf', () => {
  it.each([
    [
      'Remote-Party-ID, below nothing else',
      ['From: <sip:pbx@x.org>;tag=1', 'Remote-Party-ID: "Carol" <sip:103@pbx.org>;party=calling;privacy=off'],
      { phoneNumber: '103', displayName: 'Carol', anonymous: false },
    ],
    [
      'Remote-Party-ID, with its privacy',
      ['From: <sip:pbx@x.org>;tag=1', 'Remote-Party-ID: <sip:103@pbx.org>;party=calling;privacy="full"'],
      { phoneNumber: '103', anonymous: true },
    ],
    [
      'P-Asserted-Identity before Remote-Party-ID',
      ['From: <sip:pbx@x.org>;tag=1', 'Remote-Party-ID: <sip:103@x.org>', 'P-Asserted-Identity: "Dan" <sip:104@x.org>'],
      { phoneNumber: '104', displayName: 'Dan', anonymous: false },
    ],
    ['an anonymous user', ['From: <sip:anonymous@pbx.org>;tag=1'], { phoneNumber: 'anonymous', anonymous: true }],
    [
      'an anonymous name',
      ['From: "Anonymous" <sip:0000@pbx.org>;tag=1'],
      { phoneNumber: '0000', displayName: 'Anonymous', anonymous: true },
    ],
    ['From alone', [`From: ${from}`], { phoneNumber: 'bob', displayName: 'Bob', anonymous: false }],
    ['a bare From', ['f: sip:101@example.org;tag=1'], { phoneNumber: '101', anonymous: false }],
    [
      'a name without quotes',
      ['From: Bob Smith <sip:101@x.org>;tag=1'],
      { phoneNumber: '101', displayName: 'Bob Smith', anonymous: false },
    ],
    [
      'quotes and commas in a name',
      ['From: "Smith, \\"Bob\\" \\\\" <sip:101@x.org>;tag=1'],
      { phoneNumber: '101', displayName: 'Smith, "Bob" \\', anonymous: false },
    ],
    [
      'a tel From',
      ['From: <tel:+84-90(123).45;phone-context=x>;tag=1'],
      { phoneNumber: '+849012345', anonymous: false },
    ],
    ['an escaped user', ['From: <sip:%2321%23;x=y@example.org>;tag=1'], { phoneNumber: '#21#', anonymous: false }],
    ['a password', ['From: <sip:bob:secret@example.org>;tag=1'], { phoneNumber: 'bob', anonymous: false }],
    [
      'a phone number as a SIP URI',
      ['From: <sip:+1-201-555-0123;ext=5@gw.example.org;user=phone>'],
      { phoneNumber: '+12015550123', anonymous: false },
    ],
    ['a hyphen in a name', ['From: <sip:1-2@gw.example.org>'], { phoneNumber: '1-2', anonymous: false }],
    ['no user', ['From: <sip:gw.example.org:5060;lr>;tag=1'], { phoneNumber: 'gw.example.org', anonymous: false }],
    [
      'an IPv6 host and no user',
      ['From: <sip:[2001:db8::1]:5060>'],
      { phoneNumber: '[2001:db8::1]', anonymous: false },
    ],
    ['an escape that is no UTF-8', ['From: <sip:b%ffb@example.org>'], { phoneNumber: 'b%ffb', anonymous: false }],
    ['escaped control characters', ['From: <sip:b%0d%0ab@example.org>'], { phoneNumber: 'bb', anonymous: false }],
    [
      'what the gate has made of tel',
      ['From: <sip:+84-90@tel.invalid;user=phone>;tag=1'],
      { phoneNumber: '+8490', anonymous: false },
    ],
    [
      'what the gate has made of an odd host',
      ['From: <sip:7369703a626f6240615f62@uri.invalid>;tag=1'],
      { phoneNumber: 'bob', anonymous: false },
    ],
    [
      'an asserted SIP identity',
      [`From: ${from}`, 'P-Asserted-Identity: "Alice" <sip:101@x.org>'],
      { phoneNumber: '101', displayName: 'Alice', anonymous: false },
    ],
    [
      'two in one line: the number of tel, the name of the other',
      [`From: ${from}`, 'P-Asserted-Identity: "Alice" <sip:alice@x.org>, <tel:+8490>'],
      { phoneNumber: '+8490', displayName: 'Alice', anonymous: false },
    ],
    [
      'two in two lines',
      ['P-Asserted-Identity: <tel:+8490>', 'P-Asserted-Identity: "Alice" <sips:alice@x.org>'],
      { phoneNumber: '+8490', displayName: 'Alice', anonymous: false },
    ],
    [
      'a name in From that nobody asserted',
      [`From: "The Bank" <sip:1@x.org>`, 'P-Asserted-Identity: <sip:101@x.org>'],
      { phoneNumber: '101', anonymous: false },
    ],
    [
      'a name in From of the same number',
      [`From: "Alice" <sip:101@other.org>`, 'P-Asserted-Identity: <sip:101@x.org>'],
      { phoneNumber: '101', displayName: 'Alice', anonymous: false },
    ],
    [
      'an assertion of another scheme',
      [`From: ${from}`, 'P-Asserted-Identity: <mailto:x@y>'],
      { phoneNumber: 'bob', displayName: 'Bob', anonymous: false },
    ],
    [
      'an anonymous From',
      ['From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'],
      { phoneNumber: 'anonymous', displayName: 'Anonymous', anonymous: true },
    ],
    [
      'an anonymous From with an assertion',
      ['From: <sip:anonymous@anonymous.invalid>', 'P-Asserted-Identity: <tel:101>'],
      { phoneNumber: '101', anonymous: true },
    ],
    [
      'privacy',
      [`From: ${from}`, 'Privacy: critical; ID'],
      { phoneNumber: 'bob', displayName: 'Bob', anonymous: true },
    ],
    ['no privacy', [`From: ${from}`, 'Privacy: none'], { phoneNumber: 'bob', displayName: 'Bob', anonymous: false }],
    [
      'privacy of the session alone',
      [`From: ${from}`, 'Privacy: session'],
      { phoneNumber: 'bob', displayName: 'Bob', anonymous: false },
    ],
    ['nothing', [], { phoneNumber: '', anonymous: false }],
    ['nonsense', ['From: <>', 'P-Asserted-Identity: ,"'], { phoneNumber: '', anonymous: false }],
  ] satisfies readonly (readonly [string, readonly string[], Identity])[])('%s', (_name, lines, expected) => {
    expect(identityOf(message(...lines))).toEqual(expected);
  });

  it('no header makes it throw, and nothing it says holds a control character', () => {
    const value = fc.oneof(
      fc.string({ unit: character }),
      fc
        .array(
          fc.constantFrom(
            '<',
            '>',
            '"',
            'sip:',
            'tel:',
            '@',
            ';',
            '%',
            '%0a',
            'a',
            '\\',
            ',',
            'tel.invalid',
            'uri.invalid',
            '61',
            '[',
            ']',
          ),
        )
        .map(all => all.join('')),
    );
    fc.assert(
      fc.property(value, value, value, (one, two, three) => {
        const identity = identityOf(message(`From: ${one}`, `P-Asserted-Identity: ${two}`, `Privacy: ${three}`));
        expect(`${identity.phoneNumber}${identity.displayName ?? ''}`).not.toMatch(/\p{Cc}/u);
      }),
      runs(0.5),
    );
  });
});

describe('assertedIdentity', () => {
  it('does not speak of From', () => {
    expect(assertedIdentity(message(`From: ${from}`), 'called')).toBeUndefined();
    expect(assertedIdentity(message(`From: ${from}`, 'P-Asserted-Identity: <sip:7@x.org>'), 'called')).toEqual({
      phoneNumber: '7',
      anonymous: false,
    });
  });
});
