import * as fc from 'fast-check';
import { isRight, left, right } from '../../lib/core/either.js';
import { asTarget, safeHeaderValue, toRequestUri } from '../../lib/sip/uri.js';
import { runs } from '../support/runs.js';
import { character } from '../support/characters.js';

const realm = 'pbx.example.com';

describe('toRequestUri', () => {
  it.each([
    ['101', 'sip:101@pbx.example.com'],
    ['  101 ', 'sip:101@pbx.example.com'],
    ['+84 (90) 123-45.67', 'sip:+84901234567@pbx.example.com'],
    ['*72', 'sip:*72@pbx.example.com'],
    ['#21#', 'sip:%2321%23@pbx.example.com'],
    ['alice', 'sip:alice@pbx.example.com'],
    ['alice.b-c_d', 'sip:alice.b-c_d@pbx.example.com'],
    ['a*b*c', 'sip:a*b*c@pbx.example.com'],
    ['Zoë', 'sip:Zo%C3%AB@pbx.example.com'],
    ['alice smith', 'sip:alice%20smith@pbx.example.com'],
    ['1-800-FLOWERS', 'sip:1-800-FLOWERS@pbx.example.com'],
    ['bob@other.example.org', 'sip:bob@other.example.org'],
    ['sip:bob@other.example.org', 'sip:bob@other.example.org'],
    ['SIP:bob@other.example.org:5070;transport=ws', 'sip:bob@other.example.org:5070;transport=ws'],
    ['sips:bob@other.example.org', 'sips:bob@other.example.org'],
    ['sip:conference.example.org', 'sip:conference.example.org'],
    ['sip:bob@[2001:db8::1]:5060', 'sip:bob@[2001:db8::1]:5060'],
    ['sip:b%6Fb@192.0.2.4', 'sip:bob@192.0.2.4'],
    ['sip:*72#@192.0.2.4', 'sip:*72%23@192.0.2.4'],
    ['sip:+8490;ext=7@example.org;user=phone', 'sip:+8490;ext=7@example.org;user=phone'],
    ['tel:+84-90-123', 'sip:+8490123@pbx.example.com'],
    ['tel:7042;phone-context=example.com', 'sip:7042@pbx.example.com'],
  ])('%j is %s', (target, uri) => {
    expect(toRequestUri(target, realm)).toEqual(right(uri));
  });

  it.each([
    '',
    '   ',
    '\t',
    '+',
    '()',
    '...',
    '101\r\n',
    'alice\r\nVia: x',
    'alice\u0000',
    'ali\u007fce',
    'a"b',
    '<sip:bob@example.org>',
    '100%',
    'a%20b',
    '\ud800',
    'x'.repeat(1025),
    'ж'.repeat(300),
    'http://example.org',
    'javascript:alert(1)',
    'mailto:bob@example.org',
    'alice:secret@example.org',
    'sip:',
    'sip:@example.org',
    'sip:bob@',
    'sip:bob@exa mple.org',
    'sip:bob smith@example.org',
    'sip:bob@example..org',
    'sip:bob@-example.org',
    'sip:bob@example.org:0',
    'sip:bob@example.org:65536',
    'sip:bob@example.org:port',
    'sip:bob:secret@example.org',
    'sip:bob@example.org;method=REGISTER',
    'sip:bob@example.org;x=%0d%0a',
    'sip:bob@example.org;',
    'sip:a@b@example.org',
    'sip:b%ffb@example.org',
    'sip:b%0d%0ab@example.org',
    'sip:b%2525@example.org',
    'sip:b%zz@example.org',
    'tel:',
    'tel:alice',
    'tel:%',
  ])('refuses %j', target => {
    expect(toRequestUri(target, realm)).toEqual(left('invalid-target'));
  });

  it.each([undefined, null, 7, {}, Symbol('x')])(
    'refuses %p, which an application may have made of a number',
    target => {
      expect(toRequestUri(target, realm)).toEqual(left('invalid-target'));
    },
  );

  it('refuses a realm that is no host', () => {
    expect(toRequestUri('101', 'pbx example')).toEqual(left('invalid-target'));
    expect(toRequestUri('101', '')).toEqual(left('invalid-target'));
  });

  it('is one word of printable ASCII without quotes and brackets, whatever was asked for', () => {
    const target = fc.oneof(
      fc.string({ unit: character }),
      fc.string({ unit: fc.constantFrom(...'sip:tel+@%;?=#*.-<>" \r\nalice1234[]'.split('')) }),
      fc.string().map(rest => `sip:${rest}`),
      fc.string().map(rest => `sips:${rest}@example.org`),
    );
    fc.assert(
      fc.property(target, text => {
        const uri = toRequestUri(text, realm);
        expect(uri).toEqual(
          isRight(uri) ? right(expect.stringMatching(/^sips?:[\x21\x23-\x3b\x3d\x3f-\x7e]+$/)) : left('invalid-target'),
        );
      }),
      runs(1),
    );
  });

  it('reads its own result as itself', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const once = toRequestUri(text, realm);
        if (isRight(once)) expect(toRequestUri(once.right, realm)).toEqual(once);
      }),
      runs(0.5),
    );
  });
});

describe('safeHeaderValue', () => {
  it.each([
    ['X-Campaign', ' spring ', 'spring'],
    ['Subject', 'Café, "quoted"', 'Café, "quoted"'],
    ['P-Asserted-Identity', '<sip:101@example.org>', '<sip:101@example.org>'],
    ['X-Empty', '', ''],
  ])('takes %s', (name, value, expected) => {
    expect(safeHeaderValue(name, value)).toEqual(right(expected));
  });

  it.each([
    ['X-A', 'one\r\nVia: two'],
    ['X-A', 'one\ntwo'],
    ['X-A', 'one\rtwo'],
    ['X-A', 'one\ttwo'],
    ['X-A', 'one\u0000'],
    ['X-A', 'one\u0085two'],
    ['X A', 'one'],
    ['X-A:', 'one'],
    ['X-A\r\nVia', 'one'],
    ['', 'one'],
    ['Via', 'SIP/2.0/WSS x'],
    ['v', 'SIP/2.0/WSS x'],
    ['FROM', '<sip:a@b>'],
    ['f', '<sip:a@b>'],
    ['To', '<sip:a@b>'],
    ['Call-ID', 'x'],
    ['i', 'x'],
    ['CSeq', '1 INVITE'],
    ['Contact', '*'],
    ['Route', '<sip:a>'],
    ['Record-Route', '<sip:a>'],
    ['Max-Forwards', '70'],
    ['Content-Type', 'text/plain'],
    ['Content-Anything', 'x'],
    ['c', 'text/plain'],
    ['l', '0'],
    ['Authorization', 'Digest'],
    ['Proxy-Authorization', 'Digest'],
    ['Require', '100rel'],
    ['k', '100rel'],
    ['Session-Expires', '90'],
    ['X-A', undefined],
    ['X-A', 7],
  ])('refuses %j: %j', (name, value) => {
    expect(safeHeaderValue(name, value)).toEqual(left('invalid-header'));
  });
});

describe('URIs from a Refer-To or Contact', () => {
  it.each([
    ['sip:carol@pbx.example.org?Subject=hi&Replaces=x', [], 'sip:carol@pbx.example.org'],
    ['sip:carol@pbx.example.org?Subject=hi&Replaces=x', ['Subject'], 'sip:carol@pbx.example.org?Subject=hi'],
    ['sip:carol@pbx.example.org?Subject=hi', ['s'], 'sip:carol@pbx.example.org?s=hi'],
    ['tel:+15550100', [], 'sip:+15550100@example.com'],
    ['tel:+1-555-0100;phone-context=x', [], 'sip:+15550100@example.com'],
    ['https://example.org', [], undefined],
  ])('%s, where %j may be sent', (uri, allowed, target) => {
    expect(asTarget(uri, 'example.com', allowed)).toBe(target);
  });
});
