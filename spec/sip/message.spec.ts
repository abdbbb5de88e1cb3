import * as fc from 'fast-check';
import { fullName, headerValue, headerValues, parseMessage, splitOutside } from '../../lib/sip/message.js';
import { character } from '../support/characters.js';

const message = (...lines: readonly string[]): ReturnType<typeof parseMessage> =>
  parseMessage(['INVITE sip:a@b SIP/2.0', ...lines, '', 'the body'].join('\r\n'));

describe('parseMessage', () => {
  it('takes a message apart', () => {
    expect(parseMessage('BYE sip:a@b SIP/2.0\r\nv: SIP/2.0/WS a\r\nX-Y :  z \r\n\r\none\r\n\r\ntwo')).toEqual({
      startLine: 'BYE sip:a@b SIP/2.0',
      headers: [
        { name: 'via', value: 'SIP/2.0/WS a' },
        { name: 'x-y', value: 'z' },
      ],
      body: 'one\r\n\r\ntwo',
      complete: true,
    });
  });

  it.each([
    ['', { startLine: '', headers: [], body: '', complete: false }],
    ['\r\n\r\n', { startLine: '', headers: [], body: '', complete: true }],
    ['GET', { startLine: 'GET', headers: [], body: '', complete: false }],
    ['a\r\nno colon\r\n\r\n', { startLine: 'a', headers: [{ name: '', value: 'no colon' }], body: '', complete: true }],
    ['a\r\n:b\r\n', { startLine: 'a', headers: [{ name: '', value: 'b' }], body: '', complete: false }],
  ])('%j', (text, expected) => {
    expect(parseMessage(text)).toEqual(expected);
  });

  it('unfolds a value that goes on in the next line', () => {
    expect(headerValue(message('Subject: one\r\n two\r\n\t  three'), 'Subject')).toBe('one two three');
  });

  it('no text makes it throw, and none of it is lost', () => {
    const piece = fc.constantFrom('\r\n', ':', ' ', '\t', 'a', '"', '<', ',', 'via');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: character }),
          fc.array(piece).map(all => all.join('')),
        ),
        text => {
          const parsed = parseMessage(text);
          expect(text.endsWith(parsed.body)).toBe(true);
          expect(text.startsWith(parsed.startLine.split(' ')[0] ?? '')).toBe(true);
          expect(parsed.complete).toBe(text.includes('\r\n\r\n'));
        },
      ),
    );
  });
});

describe('headerValues', () => {
  it('gives all values in the order they came, under the long name or the compact one', () => {
    const two = message('Via: a, b', 'X: 1', 'v: c', 'VIA: d');
    expect(headerValues(two, 'Via')).toEqual(['a', 'b', 'c', 'd']);
    expect(headerValues(two, 'v')).toEqual(['a', 'b', 'c', 'd']);
    expect(headerValues(two, 'To')).toEqual([]);
  });

  it('leaves a comma alone where the header is no list', () => {
    expect(headerValues(message('Subject: one, two', 'Date: Sat, 13 Nov'), 'subject')).toEqual(['one, two']);
    expect(headerValues(message('Call-ID: a,b'), 'i')).toEqual(['a,b']);
  });

  it('is not fooled by names that every object has', () => {
    expect(headerValue(message('constructor: x', '__proto__: y'), 'constructor')).toBe('x');
    expect(headerValue(message('constructor: x'), '__proto__')).toBeUndefined();
    expect(fullName('toString')).toBe('tostring');
  });
});

describe('splitOutside', () => {
  it.each([
    ['a, b ,c', ['a', 'b', 'c']],
    ['"a, b" <sip:x>, y', ['"a, b" <sip:x>', 'y']],
    ['<sip:x;a,b>;q=1, y', ['<sip:x;a,b>;q=1', 'y']],
    ['"a\\", b", c', ['"a\\", b"', 'c']],
    ['"open, never closed', ['"open, never closed']],
    ['<open, never closed', ['<open, never closed']],
    ['<a"b>, c', ['<a"b>', 'c']],
    [',, a,', ['a']],
    ['', []],
  ])('%j', (value, parts) => {
    expect(splitOutside(value, ',')).toEqual(parts);
  });

  it('gives back the parts that were joined', () => {
    const part = fc.oneof(
      fc.constantFrom('a', '"x, y"', '<sip:a,b>', '"\\"" <sip:,>;tag=1', '"\\\\"'),
      fc.stringMatching(/^[a-z;=]{1,8}$/),
    );
    fc.assert(
      fc.property(fc.array(part), parts => {
        expect(splitOutside(parts.join(' , '), ',')).toEqual(parts);
      }),
    );
  });
});
