import fc from 'fast-check';
import { formatReplaces, parseReplaces } from '../../lib/sip/replaces.js';
import { formatSipfrag, parseSipfrag } from '../../lib/sip/refer.js';

describe('parseSipfrag', () => {
  it.each([
    ['SIP/2.0 100 Trying', { statusCode: 100, reasonPhrase: 'Trying' }],
    ['SIP/2.0 200 OK\r\nTo: <sip:a@b>\r\n', { statusCode: 200, reasonPhrase: 'OK' }],
    ['sip/2.0 486 Busy Here\n', { statusCode: 486, reasonPhrase: 'Busy Here' }],
    ['SIP/2.0 603', { statusCode: 603, reasonPhrase: '' }],
  ])('%j has a status line', (body, told) => {
    expect(parseSipfrag(body)).toEqual(told);
  });

  it.each(['', 'INVITE sip:a@b SIP/2.0', 'SIP/3.0 200 OK', 'SIP/2.0 99 Odd', 'SIP/2.0 7000 Odd', '\r\nSIP/2.0 200 OK'])(
    '%j has none',
    body => {
      expect(parseSipfrag(body)).toBeUndefined();
    },
  );

  it('is read as it was written, whatever the words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 699 }), fc.string(), (statusCode, reasonPhrase) => {
        expect(parseSipfrag(formatSipfrag({ statusCode, reasonPhrase }))?.statusCode).toBe(statusCode);
        expect(formatSipfrag({ statusCode, reasonPhrase }).split('\r\n')).toHaveLength(2);
      }),
    );
  });
});

describe('Replaces header', () => {
  it.each([
    ['a@b;to-tag=1;from-tag=2', { callId: 'a@b', toTag: '1', fromTag: '2', earlyOnly: false }],
    ['x ; From-Tag = 2; to-tag=1 ;early-only;other=3', { callId: 'x', toTag: '1', fromTag: '2', earlyOnly: true }],
  ])('%j is one', (value, replaces) => {
    expect(parseReplaces(value)).toEqual(replaces);
  });

  it.each(['', 'a', 'a;to-tag=1', 'a;to-tag=1;from-tag=', 'a;to-tag=1;to-tag=2;from-tag=3', 'a b;to-tag=1;from-tag=2'])(
    '%j is none',
    value => {
      expect(parseReplaces(value)).toBeUndefined();
    },
  );

  it('never throws, and is read as it was written', () => {
    const token = fc.stringMatching(/^[\w\-.!%*+`'~]+$/);
    fc.assert(fc.property(fc.string(), value => parseReplaces(value) === undefined || value !== ''));
    fc.assert(
      fc.property(token, token, token, (callId, toTag, fromTag) => {
        const replaces = { callId, toTag, fromTag };
        expect(parseReplaces(formatReplaces(replaces))).toEqual({ ...replaces, earlyOnly: false });
      }),
    );
  });
});
