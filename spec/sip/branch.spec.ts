import { withTag, withoutTag } from '../../lib/sip/sipjs-internals.js';

const request = (method: string, digits: string, tag = 'mine'): string =>
  [
    `${method} sip:bob@far.invalid SIP/2.0`,
    `Via: SIP/2.0/WS abc.invalid;branch=z9hG4bK${digits}`,
    'To: <sip:bob@far.invalid>;tag=theirs',
    `From: "a;tag=no" <sip:alice@callstream.test>;tag=${tag}`,
  ].join('\r\n');

const branchIn = (head: string): string => /;branch=(\S+)/.exec(head)?.[1] ?? '';

describe('Via branch', () => {
  it('is its own, also where sip.js draws the same digits for another call', () => {
    const [first, second] = [withTag(request('BYE', '7', 'one')), withTag(request('BYE', '7', 'two'))];
    expect(branchIn(first)).not.toBe(branchIn(second));
  });

  it('is that of the INVITE in its CANCEL and its ACK', () => {
    const [invite, ...others] = ['INVITE', 'CANCEL', 'ACK'].map(method => branchIn(withTag(request(method, '12'))));
    expect(invite).toBe('z9hG4bK12.mine');
    expect(others).toEqual([invite, invite]);
  });

  it('comes back as it was drawn', () => {
    expect(withoutTag(branchIn(withTag(request('INVITE', '1234567'))))).toBe('z9hG4bK1234567');
    expect(withoutTag('z9hG4bKanother.server')).toBe('z9hG4bKanother.server');
  });

  it('is left alone in a response: there it is that of the far side', () => {
    const response = request('BYE', '7').replace(/^BYE .*/, 'SIP/2.0 200 OK');
    expect(withTag(response)).toBe(response);
  });
});
