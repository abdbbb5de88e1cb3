import * as fc from 'fast-check';
import { formatDtmfRelay, parseDtmf, type Tone } from '../../lib/sip/dtmf.js';

describe('parseDtmf', () => {
  it.each([
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160', { tone: '5', duration: 160 }],
    ['application/dtmf-relay', 'Signal= 5\nDuration= 160\n', { tone: '5', duration: 160 }],
    ['application/dtmf-relay', 'duration=70\r\nSIGNAL = * \r\n', { tone: '*', duration: 70 }],
    ['Application/DTMF-Relay; charset=utf-8', 'Signal=d', { tone: 'D' }],
    ['application/dtmf-relay', 'Signal=11', { tone: '#' }],
    ['application/dtmf-relay', 'Signal=10\r\nDuration=soon', { tone: '*' }],
    ['application/dtmf', '7', { tone: '7' }],
    ['application/dtmf', ' # \r\n', { tone: '#' }],
    ['application/dtmf', 'Signal=3\r\nDuration=100', { tone: '3', duration: 100 }],
    ['application/dtmf-relay', 'Signal=\r\nDuration=160', undefined],
    ['application/dtmf-relay', 'Signal=16', undefined],
    ['application/dtmf-relay', 'Signal=E', undefined],
    ['application/dtmf-relay', 'Signal=55', undefined],
    ['application/dtmf-relay', '5', undefined],
    ['application/dtmf', '123', undefined],
    ['application/dtmf', '', undefined],
    ['text/plain', 'Signal=5', undefined],
    ['', '5', undefined],
  ] satisfies readonly (readonly [string, string, Tone | undefined])[])('%s %j', (type, body, tone) => {
    expect(parseDtmf(type, body)).toEqual(tone);
  });

  it('no body makes it throw, and a tone is always one character', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('application/dtmf', 'application/dtmf-relay'),
        fc.oneof(
          fc.string(),
          fc.string().map(text => `Signal=${text}`),
        ),
        (type, body) => {
          expect(parseDtmf(type, body)?.tone ?? '0').toMatch(/^[0-9A-D*#]$/);
        },
      ),
    );
  });
});

describe('formatDtmfRelay', () => {
  it('is two lines', () => {
    expect(formatDtmfRelay('5', 100)).toBe('Signal=5\r\nDuration=100');
  });

  it('is read back', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-D*#]$/), fc.integer({ min: 40, max: 6000 }), (tone, duration) => {
        expect(parseDtmf('application/dtmf-relay', formatDtmfRelay(tone, duration))).toEqual({ tone, duration });
      }),
    );
  });
});
