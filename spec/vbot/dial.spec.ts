import fc from 'fast-check';
import { fromHotline, vbotUri } from '../../lib/vbot/dial.js';
import type { VBotAccount } from '../../lib/vbot/options.js';

const account: VBotAccount = {
  username: 'alice',
  password: 'secret',
  realm: 'callstream.test',
  pid: '101',
  domain: '127.0.0.1',
  port: '8080',
};

const asked = (number: string, hotline?: string | null): string => vbotUri(account, {})(number, fromHotline(hotline));

describe('vbot dialled number', () => {
  it.each([
    ['102', undefined, 'sip:101*102@callstream.test'],
    ['102', null, 'sip:101*102@callstream.test'],
    ['102', '19001000', 'sip:19001000*101*102@callstream.test'],
    ['+84 (90) 123-4567', '1900 1000', 'sip:19001000*101*+84901234567@callstream.test'],
    ['*98#', undefined, 'sip:101**98%23@callstream.test'],
    ['*98#', '19001000', 'sip:19001000*101**98%23@callstream.test'],
    ['bob', '19001000', 'sip:19001000*101*bob@callstream.test'],
    ['tel:+84901234567', undefined, 'sip:101*+84901234567@callstream.test'],
    ['sip:bob@example.com', undefined, 'sip:bob@example.com'],
    ['bob@example.com', undefined, 'bob@example.com'],
  ])('%s from %s is asked for as %s', (number, hotline, expected) => {
    expect(asked(number, hotline)).toBe(expected);
  });

  it.each([
    ['', undefined],
    ['   ', '19001000'],
    ['102', ''],
    ['102', '  '],
    ['102\r\nX-Evil: 1', '19001000'],
    ['102', '1900\r\nX-Evil: 1'],
    ['<sip:102>', '19001000'],
    ['bob@example.com', '19001000'],
  ])('%j from %j is asked for as nothing', (number, hotline) => {
    expect(asked(number, hotline)).toBe('');
  });

  it('never gets out of its place in the URI', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (number, hotline) => {
        expect(asked(number, hotline)).toMatch(/^(?:sip:[^@:\s<>"]+@callstream\.test)?$/);
      }),
    );
  });

  it('can be asked for in other words', () => {
    const requestUri = vbotUri(account, {
      requestUri: (number, hotline = 'none', { pid }) => `sip:${number}-${hotline}-${pid}@sbc.example.com`,
    });
    expect(requestUri('102', fromHotline('19001000'))).toBe('sip:102-19001000-101@sbc.example.com');
    expect(requestUri('102', fromHotline(undefined))).toBe('sip:102-none-101@sbc.example.com');
  });
});
