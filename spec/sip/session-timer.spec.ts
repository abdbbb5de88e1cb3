import fc from 'fast-check';
import { parseMessage } from '../../lib/sip/message.js';
import { agreeing, askingFor, leastOf, settledBy, tooBrief } from '../../lib/sip/session-timer.js';
import { targetsOf } from '../../lib/sip/outgoing.js';

const message = (...headers: readonly string[]) => parseMessage(['SIP/2.0 200 OK', ...headers, '', ''].join('\r\n'));

describe('session timer headers', () => {
  it.each([
    ['120', { interval: 120, refresher: 'local' }],
    ['120;refresher=uac', { interval: 120, refresher: 'local' }],
    ['120 ; x=1 ; Refresher=UAS', { interval: 120, refresher: 'remote' }],
    ['soon', undefined],
    ['', undefined],
  ])('is settled by %j in a 2xx', (value, settled) => {
    expect(settledBy(message(`Session-Expires: ${value}`))).toEqual(settled);
  });

  it.each([
    [undefined, undefined, 0, []],
    [undefined, 60, 0, ['Session-Expires: 90']],
    [undefined, undefined, 300, ['Session-Expires: 300', 'Min-SE: 300']],
    [undefined, 600, 300, ['Session-Expires: 600', 'Min-SE: 300']],
    [{ interval: 120, refresher: 'remote' }, 600, 0, ['Session-Expires: 120;refresher=uas']],
  ] as const)('in force %j, asked for %j, at least %j: %j', (timer, asked, least, headers) => {
    expect(askingFor(timer, asked, least)).toEqual(headers);
  });

  it('is read from whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.nat(), { nil: undefined }), (value, asked) => {
        const read = message(`Session-Expires: ${value}`, `Min-SE: ${value}`, 'Supported: timer');
        const { headers, timer } = agreeing(read, asked);
        expect(headers.length > 0).toBe(timer !== undefined);
        expect([settledBy(read), leastOf(read), tooBrief(read)]).toHaveLength(3);
      }),
    );
  });
});

describe('Contacts of a redirection', () => {
  it('is nothing that cannot be called, whatever stands there', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), contacts => {
        const found = targetsOf(message(...contacts.map(one => `Contact: ${one}`)), 'a.test', ['Subject']);
        expect(found.every(target => /^sips?:/.test(target))).toBe(true);
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});
