import { readFileSync } from 'node:fs';
import { restoreUris } from '../../lib/sip/address.js';
import { ALLOW, gate } from '../../lib/sip/gate.js';
import { parse } from '../../lib/sip/parse.js';
import type { NameAddrHeader } from '../../lib/sip/sipjs.js';

describe('sip.js, as it is built in', () => {
  it.each(['REGISTER', 'SUBSCRIBE', 'PUBLISH'])('the gate refuses %s, whose agent is left out', method => {
    expect(ALLOW.split(', ')).not.toContain(method);
  });

  it('contains neither the grammar nor the digest', () => {
    const built = readFileSync('.reports/sipjs.cjs', 'utf8');
    expect(built).not.toMatch(/peg\$|md5|\.logger\.(?:debug|log|warn)\(`/i);
    expect(built).toContain('UserAgentCore = class');
  });
});

describe('a header parameter named __proto__', () => {
  const invite = (contact: string, from: string): string =>
    [
      'INVITE sip:alice@abc.invalid SIP/2.0',
      'Via: SIP/2.0/WSS a.org;branch=z9hG4bK1;__proto__',
      'Max-Forwards: 70',
      `From: <sip:bob@a.org>;tag=1${from}`,
      'To: <sip:alice@abc.invalid>',
      'Call-ID: x',
      'CSeq: 1 INVITE',
      `Contact: ${contact}`,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');

  it.each([
    ['of the header', '<sip:bob@a.org>;__proto__', '<sip:bob@a.org>'],
    ['of the header, with a value', '<sip:bob@a.org>;__proto__=x;expires=5', '<sip:bob@a.org>;expires=5'],
    ['of the URI', '<sip:bob@a.org;__proto__>', '<sip:bob@a.org;__proto__>'],
    ['of the URI, with a value', '<sip:bob@a.org;__proto__=x;lr>', '<sip:bob@a.org;__proto__=x;lr>'],
  ])('%s harms nothing', (_, contact, written) => {
    const gated = gate(invite(contact, ';__proto__'), { hasDialog: () => false });
    const message = gated._tag === 'pass' ? parse(gated.message) : undefined;
    const parsed = message?.parseHeader('contact') as NameAddrHeader | undefined;
    expect(restoreUris(`${String(parsed)}\r\n\r\n`).trim()).toBe(written);
    expect([message?.fromTag, message?.viaBranch]).toEqual(['1', 'z9hG4bK1']);
  });
});
