import * as fc from 'fast-check';
import { parseAddress, parseUri, parseVia } from '../lib/sip/address.js';
import { headerList, parseMessage, pushHeader, serialize, splitList, withHeader } from '../lib/sip/message.js';

const sample = [
  'INVITE sip:bob@callstream.test SIP/2.0',
  'v: SIP/2.0/WS a.invalid;branch=z9hG4bK1, SIP/2.0/WS b.invalid;branch=z9hG4bK2',
  'f: "Al, ice" <sip:alice@callstream.test;x=y>;tag=1',
  'Subject: a',
  '  folded line',
  'l: 3',
  '',
  'abcdef',
].join('\r\n');

describe('server SIP message', () => {
  it('is read with compact names, lists and folded lines, and cut at its Content-Length', () => {
    const message = parseMessage(sample)!;
    expect(message).toMatchObject({ kind: 'request', method: 'INVITE', uri: 'sip:bob@callstream.test', body: 'abc' });
    expect(headerList(message, 'via')).toEqual([
      'SIP/2.0/WS a.invalid;branch=z9hG4bK1',
      'SIP/2.0/WS b.invalid;branch=z9hG4bK2',
    ]);
    expect(headerList(message, 'From')).toEqual(['"Al, ice" <sip:alice@callstream.test;x=y>;tag=1']);
    expect(headerList(message, 'Subject')).toEqual(['a folded line']);
  });

  it.each([
    '',
    'INVITE sip:x',
    'SIP/2.0 700 No',
    'INVITE sip:a@b SIP/3.0\r\nVia: x',
    'MESSAGE sip:a@b SIP/2.0\r\nno colon',
  ])('%j is none', text => {
    expect(parseMessage(text)).toBeUndefined();
  });

  it('reads no text wrongly: anything is a message or nothing, and a message survives a round trip', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map(junk => sample.replace('bob', junk)),
        ),
        text => {
          const once = parseMessage(text);
          if (once)
            expect(parseMessage(serialize(once))).toMatchObject({ ...once, headers: expect.anything() as unknown });
        },
      ),
    );
  });

  it('counts bytes, not characters', () => {
    const message = { ...parseMessage(sample)!, body: 'grüße' };
    expect(serialize(message)).toContain('Content-Length: 7\r\n');
  });

  it('keeps a replaced header where it stood, and pushes in front', () => {
    const message = parseMessage('OPTIONS sip:x SIP/2.0\r\nVia: 1\r\nAb: 2\r\nVia: 3\r\nBc: 4\r\n\r\n')!;
    const names = (m: typeof message): string => m.headers.map(({ name, value }) => name + value).join(' ');
    expect(names(withHeader(message, 'Ab', ['x', 'y']))).toBe('Via1 Abx Aby Via3 Bc4');
    expect(names(withHeader(message, 'Via', []))).toBe('Ab2 Bc4');
    expect(names(withHeader(message, 'Cd', ['5']))).toBe('Via1 Ab2 Via3 Bc4 Cd5');
    expect(names(pushHeader(message, 'Via', '0'))).toBe('Via0 Via1 Ab2 Via3 Bc4');
  });

  it('a list splits only outside quotes and brackets', () => {
    expect(splitList('"a,b" <sip:x,y@z>, <sip:c>;p="q,r", d')).toEqual(['"a,b" <sip:x,y@z>', '<sip:c>;p="q,r"', 'd']);
  });
});

describe('server SIP address', () => {
  it.each([
    ['sip:alice@x.test', { scheme: 'sip', user: 'alice', host: 'x.test' }],
    ['sips:a%2Ab:pw@[::1]:5061;transport=ws?h=1', { scheme: 'sips', user: 'a*b', host: '[::1]', port: 5061 }],
    ['SIP:X.TEST', { scheme: 'sip', host: 'x.test' }],
    ['tel:101', undefined],
    ['sip:', undefined],
    ['sip:a@b@c', undefined],
  ])('%s', (text, expected) => {
    expect(parseUri(text)).toEqual(expected);
  });

  it('has its parameters outside the brackets, quoted or not', () => {
    const { display, uri, params } = parseAddress('"A \\"B\\"" <sip:a@b;lr>;tag=1;+sip.instance="<urn:1;2>";flag')!;
    expect([display, uri, Object.fromEntries(params)]).toEqual([
      'A "B"',
      'sip:a@b;lr',
      { tag: '1', '+sip.instance': '<urn:1;2>', flag: '' },
    ]);
    expect(parseAddress('sip:a@b;tag=2')?.params.get('tag')).toBe('2');
    expect(parseAddress('<>')).toBeUndefined();
  });

  it('a Via needs a branch', () => {
    expect(parseVia('SIP/2.0/WSS H.invalid:5060;rport;branch=z9hG4bKx')).toEqual({
      sentBy: 'h.invalid:5060',
      host: 'h.invalid',
      branch: 'z9hG4bKx',
    });
    expect(parseVia('SIP/2.0/WS h.invalid')).toBeUndefined();
  });
});
