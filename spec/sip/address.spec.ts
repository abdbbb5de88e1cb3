import * as fc from 'fast-check';
import { Grammar } from 'sip.js/lib/grammar/index.js';
import { isHost, originalUri, parsableUri, parseAddress, restoreUris } from '../../lib/sip/address.js';
import { runs } from '../support/runs.js';

describe('parseAddress', () => {
  it.each([
    ['<sip:a@b>', { uri: 'sip:a@b', parameters: '' }],
    ['"A \\"B\\"" <sip:a@b;c=d>;tag=e', { displayName: 'A "B"', uri: 'sip:a@b;c=d', parameters: ';tag=e' }],
    ['A B <tel:1> ;tag=e', { displayName: 'A B', uri: 'tel:1', parameters: ';tag=e' }],
    ['sip:a@b;tag=e', { uri: 'sip:a@b', parameters: ';tag=e' }],
    ['"<sip:x@y>" <sip:a@b>', { displayName: '<sip:x@y>', uri: 'sip:a@b', parameters: '' }],
    ['"A\u0007" <sip:a@b>', { displayName: 'A', uri: 'sip:a@b', parameters: '' }],
    ['<sip:a@b> trailing', undefined],
    ['<sip:a b@c>', undefined],
    ['<no scheme>', undefined],
    ['sip:a@b?x=y', undefined],
    ['*', undefined],
    ['', undefined],
  ])('%j', (value, expected) => {
    expect(parseAddress(value)).toEqual(expected);
  });
});

describe('isHost', () => {
  it.each([
    'a',
    'a-b.example',
    '1a.b',
    '192.0.2.1',
    '0.0.0.0',
    '[::1]',
    '[1:2:3:4:5:6:7:8]',
    '[::ffff:192.0.2.1]',
    '[1::]',
  ])('%s', host => {
    expect(isHost(host)).toBe(true);
  });
  it.each([
    '',
    'a_b',
    'a.',
    '.a',
    '-a',
    'a-',
    'a..b',
    '1.2.3',
    '256.1.1.1',
    '01.1.1.1',
    '[::]',
    '[1:2]',
    '[1:2:3:4:5:6:7:8:9]',
    '[1::2::3]',
    '[:1::]',
    '[::12345]',
    '[',
    '[::1',
    'a'.repeat(256),
  ])('not %s', host => {
    expect(isHost(host)).toBe(false);
  });
});

describe('parsableUri', () => {
  it.each([
    ['sip:bob@example.org', 'sip:bob@example.org'],
    ['sips:bob@example.org:5061;transport=ws;ob', 'sips:bob@example.org:5061;transport=ws;ob'],
    ['sip:example.org', 'sip:example.org'],
    ['sip:%2321@example.org', 'sip:%2321@example.org'],
    ['tel:+84-90', 'sip:+84-90@tel.invalid;user=phone'],
    ['TEL:101', 'sip:101@tel.invalid;user=phone'],
    ['tel:*21#', 'sip:*21%23@tel.invalid;user=phone'],
    ['tel:7042;phone-context=example.org', 'sip:7042@tel.invalid;user=phone;phone-context=example.org'],
    ['sip:b@a_b;lr', 'sip:7369703a6240615f62@uri.invalid;lr'],
    ['sip:b@a;maddr=192.0.2.1', 'sip:7369703a6240613b6d616464723d3139322e302e322e31@uri.invalid'],
    ['urn:x', 'sip:75726e3a78@uri.invalid'],
  ])('%s is %s', (uri, expected) => {
    expect(parsableUri(uri)).toBe(expected);
  });

  it.each(['', 'bob', 'sip:', 'sip:a b@c', 'sip:<a>@c', 'sip:a"@c', 'sip:a\r\n@c', ':x'])('%j is none', uri => {
    expect(parsableUri(uri)).toBeUndefined();
  });

  const piece = fc.constantFrom(
    'sip:',
    'sips:',
    'tel:',
    'a',
    'B',
    '1',
    '+',
    '-',
    '.',
    '_',
    '@',
    ':',
    ';',
    '=',
    '?',
    '&',
    '%',
    '%23',
    '%41',
    '%25',
    '%ff',
    '#',
    '*',
    'é',
    '[',
    ']',
    '::1',
    'transport=',
    'udp',
    'user=phone',
    'lr',
    'example.org',
    'tel.invalid',
    'uri.invalid',
    '6161',
  );
  const uri = fc.oneof(
    fc.array(piece).map(all => all.join('')),
    fc.array(piece).map(all => `sip:${all.join('')}`),
    fc
      .tuple(fc.array(piece, { maxLength: 3 }), fc.array(piece, { maxLength: 3 }))
      .map(([user, rest]) => `sip:${user.join('')}@example.org${rest.join('')}`),
  );

  it('is taken by sip.js, which writes it back so that the far side gets its own', () => {
    fc.assert(
      fc.property(uri, text => {
        const parsable = parsableUri(text);
        if (parsable === undefined) return;
        const written = String(Grammar.URIParse(parsable));
        // A bare # is legal nowhere and may come back escaped; parameters have no order, hosts and names no case.
        const same = (given: string): string =>
          given.toLowerCase().replaceAll('#', '%23').split(/(?=;)/).sort().join('');
        expect(same(originalUri(written))).toBe(same(text));
      }),
      runs(1.5),
    );
  });
});

describe('restoreUris', () => {
  it('writes start line and headers as the far side knows them, and leaves the body', () => {
    const made = [
      'BYE sip:+8490@tel.invalid;user=phone SIP/2.0',
      'To: <sip:+8490@tel.invalid;user=phone>;tag=1',
      'Route: <sip:7369703a6b5f31@uri.invalid;lr>',
      '',
      'sip:+8490@tel.invalid;user=phone',
    ];
    expect(restoreUris(made.join('\r\n'))).toBe(
      ['BYE tel:+8490 SIP/2.0', 'To: <tel:+8490>;tag=1', 'Route: <sip:k_1;lr>', '', made.at(-1)].join('\r\n'),
    );
  });

  it.each([
    ['a user that is not hexadecimal', 'sip:zz@uri.invalid'],
    ['half a byte', 'sip:616@uri.invalid'],
    ['something that is no URI', 'sip:6161@uri.invalid'],
    ['a line break', 'sip:7369703a610d0a563a20@uri.invalid'],
    ['a closing bracket', 'sip:7369703a613e@uri.invalid'],
  ])('does not write out %s', (_name, text) => {
    expect(restoreUris(`BYE ${text} SIP/2.0`)).toBe(`BYE ${text} SIP/2.0`);
  });
});
