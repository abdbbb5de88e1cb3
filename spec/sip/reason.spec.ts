import * as fc from 'fast-check';
import { parseMessage, reasons, retryAfter, wordsOf } from '../../lib/sip/message.js';
import { character } from '../support/characters.js';

const message = (...lines: readonly string[]): ReturnType<typeof parseMessage> =>
  parseMessage(['BYE sip:a@b SIP/2.0', ...lines, '', ''].join('\r\n'));

describe('Reason headers', () => {
  it.each([
    [
      'SIP;cause=200;text="Call completed elsewhere"',
      [{ protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' }],
    ],
    [
      'Q.850 ; cause = 16 ; text = "Normal \\"clearing\\""',
      [{ protocol: 'Q.850', cause: 16, text: 'Normal "clearing"' }],
    ],
    ['q.850;CAUSE=17', [{ protocol: 'Q.850', cause: 17 }]],
    ['sip;text=busy;cause=486', [{ protocol: 'SIP', cause: 486, text: 'busy' }]],
    [
      'SIP;cause=503, Q.850;cause=34;text="a, b; c", STIR;cause=436',
      [
        { protocol: 'SIP', cause: 503 },
        { protocol: 'Q.850', cause: 34, text: 'a, b; c' },
      ],
    ],
    ['SIP;cause=403;text="password=secret"', [{ protocol: 'SIP', cause: 403, text: 'password=[redacted]' }]],
    ['SIP;cause=408;text=""', [{ protocol: 'SIP', cause: 408, text: '' }]],
    ['SIP', []],
    ['SIP;cause=abc', []],
    ['SIP;cause=1000', []],
    ['SIP;cause=-1', []],
    ['preemption;cause=1', []],
    ['', []],
  ])('%s', (value, expected) => {
    expect(reasons(message(`Reason: ${value}`))).toEqual(expected);
  });

  it('reads several headers in order', () => {
    expect(reasons(message('Reason: Q.850;cause=16', 'reason: SIP;cause=200')).map(item => item.cause)).toEqual([
      16, 200,
    ]);
    expect(reasons(message())).toEqual([]);
  });
});

describe('wordsOf', () => {
  it.each([
    ['SIP;text="See you"', 'See you'],
    ['SIP;cause=200;text="Elsewhere"', 'Elsewhere'],
    ['Q.850;cause=16, SIP;text="Bye, all"', 'Bye, all'],
    ['SIP;cause=486', undefined],
    ['SIP;text=""', undefined],
    ['', undefined],
  ])('of %j are %j', (value, words) => {
    expect(wordsOf(message(`Reason: ${value}`))).toBe(words);
  });

  it.each([
    [['Warning: 301 isi.edu "Incompatible, network", 399 pbx "later"'], 'Incompatible, network'],
    [['Warning: nonsense', 'Warning: 399 pbx:5060 "say \\"no\\""'], 'say "no"'],
    [['Warning: 399 pbx "warned"', 'Reason: SIP;text="reasoned"'], 'reasoned'],
    [['Warning: 399 pbx "warned"', 'Reason: SIP;cause=480'], 'warned'],
    [['Warning: 399 pbx ""'], undefined],
  ])('of %j are %j', (lines, words) => {
    expect(wordsOf(message(...lines))).toBe(words);
  });
});

describe('retryAfter', () => {
  it.each([
    ['5', 5],
    ['120 (I am in a meeting)', 120],
    ['18000;duration=3600', 18000],
    ['0', 0],
    ['-5', undefined],
    ['soon', undefined],
    ['5 minutes', undefined],
    ['99999999999', undefined],
    ['', undefined],
  ])('%j is %s', (value, seconds) => {
    expect(retryAfter(message(`Retry-After: ${value}`))).toBe(seconds);
  });

  it('is undefined where the header is missing', () => {
    expect(retryAfter(message())).toBeUndefined();
  });
});

it('no value makes any of them throw, and no text holds a control character', () => {
  const value = fc.oneof(
    fc.string({ unit: character }),
    fc
      .array(fc.constantFrom('SIP', 'Q.850', ';', 'cause=', '1', 'text=', '"', '\\', ',', ' ', '399 a ', '\u0007'))
      .map(all => all.join('')),
  );
  fc.assert(
    fc.property(value, text => {
      const parsed = message(`Reason: ${text}`, `Warning: ${text}`, `Retry-After: ${text}`);
      const texts = reasons(parsed).map(item => item.text ?? '');
      const said = [...texts, wordsOf(parsed) ?? ''].join('');
      expect(said).not.toMatch(/\p{Cc}/u);
      expect(retryAfter(parsed) ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});
