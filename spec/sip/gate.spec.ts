import * as fc from 'fast-check';
import { ACCEPT, ALLOW, gate, type Gated, type GateOptions } from '../../lib/sip/gate.js';
import { headerValue, headerValues, parseMessage, serialize } from '../../lib/sip/message.js';
import { character } from '../support/characters.js';
import { cpu } from '../support/cpu.js';

const options: GateOptions = {
  hasDialog: (callId, localTag, remoteTag) => [callId, localTag, remoteTag].join() === 'call@x.org,near,far',
  viaHost: 'abc.invalid',
};

type Lines = Readonly<Record<string, string | readonly string[] | undefined>>;
const compose = (startLine: string, headers: Lines, body: string): string =>
  [
    startLine,
    ...Object.entries(headers).flatMap(([name, value = []]) =>
      (typeof value === 'string' ? [value] : value).map(item => `${name}: ${item}`),
    ),
    '',
    body,
  ].join('\r\n');

const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n';
const base = (method: string): Lines => ({
  Via: 'SIP/2.0/WSS proxy.example.org;branch=z9hG4bK1',
  From: '"Bob" <sip:bob@example.org>;tag=far',
  To: '<sip:alice@example.org>',
  'Call-ID': 'call@x.org',
  CSeq: `7 ${method}`,
  Contact: '<sip:bob@192.0.2.4>',
  'Max-Forwards': '70',
});
const request = (method: string, headers: Lines = {}, body = ''): string =>
  compose(`${method} sip:alice@abc.invalid SIP/2.0`, { ...base(method), ...headers }, body);
const response = (headers: Lines = {}, status = 'SIP/2.0 200 OK', body = ''): string =>
  compose(status, { ...base('INVITE'), Via: 'SIP/2.0/WSS abc.invalid;branch=z9hG4bK1', ...headers }, body);
const described = { 'Content-Type': 'application/sdp' };
const inside = { To: '<sip:alice@example.org>;tag=near' };

/** What came of it in a word: `pass`, the status of the reply, or the reason of the drop. */
const verdict = (gated: Gated): string =>
  gated._tag === 'drop' ? gated.reason : gated._tag === 'reply' ? (gated.text.split(' ')[1] ?? 'crlf') : gated._tag;
const passed = (text: string): ReturnType<typeof parseMessage> => {
  const gated = gate(text, options);
  if (gated._tag !== 'pass') throw new Error(verdict(gated));
  return gated.message;
};
const replied = (text: string): ReturnType<typeof parseMessage> => {
  const gated = gate(text, options);
  if (gated._tag !== 'reply') throw new Error(verdict(gated));
  return parseMessage(gated.text);
};

describe('gate: a request', () => {
  it.each([
    ['an INVITE', request('INVITE', described, sdp), 'pass'],
    ['an INVITE without an offer', request('INVITE'), 'pass'],
    ['an ACK', request('ACK', inside), 'pass'],
    ['a CANCEL', request('CANCEL'), 'pass'],
    ['a BYE', request('BYE', inside), 'pass'],
    ['an INFO in a dialog', request('INFO', inside), 'pass'],
    ['an UPDATE in a dialog', request('UPDATE', inside), 'pass'],
    ['an OPTIONS', request('OPTIONS'), '200'],
    ['an OPTIONS in a dialog', request('OPTIONS', inside), '200'],
    ['an OPTIONS in a dialog that is gone', request('OPTIONS', { To: '<sip:a@b>;tag=gone' }), '481'],
    ['a PRACK outside of a dialog', request('PRACK'), '481'],
    ['a PRACK in a dialog', request('PRACK', inside), '405'],
    ['an UPDATE outside of a dialog', request('UPDATE'), '481'],
    ['an UPDATE in a dialog of somebody else', request('UPDATE', { ...inside, From: '<sip:b@c>;tag=else' }), '481'],
    ['an INFO outside of a dialog', request('INFO'), '481'],
    ['a NOTIFY in a dialog that sip.js does not know', request('NOTIFY', { To: '<sip:a@b>;tag=gone' }), 'pass'],
    ['a MESSAGE outside of a dialog', request('MESSAGE', { 'Content-Type': 'text/plain' }, 'hello'), 'pass'],
    ['a MESSAGE in a dialog', request('MESSAGE', { ...inside, 'Content-Type': 'text/plain' }, 'hello'), 'pass'],
    ['a REGISTER', request('REGISTER'), '405'],
    ['a PUBLISH', request('PUBLISH'), '405'],
    ['a method in small letters', request('invite'), '405'],
    ['an unknown method', request('NEWMETHOD'), '405'],
    ['another version', compose('INVITE sip:a@b SIP/7.0', base('INVITE'), ''), '505'],
    ['small letters in the version', compose('INVITE sip:a@b sip/2.0', base('INVITE'), ''), 'pass'],
    ['a tel Request-URI', compose('INVITE tel:101 SIP/2.0', base('INVITE'), ''), '416'],
    ['a soap.beep Request-URI', compose('OPTIONS soap.beep://192.0.2.3 SIP/2.0', base('OPTIONS'), ''), '416'],
    ['a sips Request-URI', compose('INVITE sips:alice@abc.invalid SIP/2.0', base('INVITE'), ''), 'pass'],
    ['a Request-URI in brackets', compose('INVITE <sip:a@b> SIP/2.0', base('INVITE'), ''), '400'],
    ['a Request-URI with a blank', compose('INVITE sip:a@b; lr SIP/2.0', base('INVITE'), ''), '400'],
    ['no scheme at all', compose('INVITE alice SIP/2.0', base('INVITE'), ''), '400'],
    ['no Via', request('INVITE', { Via: [] }), '400'],
    ['a Via without a branch, of RFC 2543', request('INVITE', { Via: 'SIP/2.0/WSS a.org' }), 'pass'],
    ['a Via with nothing behind the cookie', request('INVITE', { Via: 'SIP/2.0/WSS a.org;branch=z9hG4bK' }), '400'],
    ['a Via of nonsense', request('INVITE', { Via: 'SIP/2.0/WSS' }), '400'],
    ['a Via of another version', request('INVITE', { Via: 'SIP/7.0/WSS a;branch=z9hG4bK1' }), '400'],
    ['a Via with blanks', request('INVITE', { Via: 'SIP / 2.0 / UDP a.org : 5060 ;branch=z9hG4bK1; rport' }), 'pass'],
    ['a bad CSeq', request('INVITE', { CSeq: 'x INVITE' }), '400'],
    ['no CSeq', request('INVITE', { CSeq: [] }), '400'],
    ['two CSeqs', request('INVITE', { CSeq: ['1 INVITE', '2 INVITE'] }), '400'],
    ['a CSeq of another method', request('INVITE', { CSeq: '1 BYE' }), '400'],
    ['a CSeq out of range', request('INVITE', { CSeq: '2147483648 INVITE' }), '400'],
    ['the last CSeq in range', request('INVITE', { CSeq: '2147483647 INVITE' }), 'pass'],
    ['no From', request('INVITE', { From: [] }), '400'],
    ['a From without a tag, of RFC 2543', request('INVITE', { From: '<sip:a@b>' }), 'pass'],
    ['a From with two tags', request('INVITE', { From: '<sip:a@b>;tag=1;tag=2' }), '400'],
    ['two Froms', request('INVITE', { From: ['<sip:a@b>;tag=1', '<sip:a@b>;tag=1'] }), '400'],
    ['an unclosed From', request('INVITE', { From: '"Bob <sip:a@b>;tag=1' }), '400'],
    ['a tel From', request('INVITE', { From: '<tel:+8490>;tag=1' }), 'pass'],
    ['a From of another scheme', request('INVITE', { From: '<mailto:a@b>;tag=1' }), 'pass'],
    ['a tel To', request('INVITE', { To: 'tel:101' }), 'pass'],
    ['a To of nonsense', request('INVITE', { To: '<>' }), '400'],
    ['no Call-ID', request('INVITE', { 'Call-ID': [] }), '400'],
    ['a Call-ID with a blank', request('INVITE', { 'Call-ID': 'a b' }), '400'],
    ['no Max-Forwards', request('INVITE', { 'Max-Forwards': [] }), 'pass'],
    ['Max-Forwards with zeros in front', request('INVITE', { 'Max-Forwards': '0068' }), 'pass'],
    ['Max-Forwards of nonsense', request('INVITE', { 'Max-Forwards': 'many' }), '400'],
    ['Max-Forwards above a byte', request('INVITE', { 'Max-Forwards': '256' }), '400'],
    ['a tel Contact', request('INVITE', { Contact: '<tel:+8490>' }), 'pass'],
    ['a Contact of everything', request('INVITE', { Contact: '*' }), '400'],
    ['no Contact', request('INVITE', { Contact: [] }), '400'],
    ['no Contact in a BYE', request('BYE', { Contact: '*' }), 'pass'],
    ['a REFER', request('REFER', { 'Refer-To': '<sip:a@b?Replaces=x%3Bto-tag%3Dy>' }), 'pass'],
    ['a REFER with a line break in it', request('REFER', { 'Refer-To': '<sip:a@b?Replaces=x%0d%0aX: y>' }), '400'],
    ['a REFER with a control character in it', request('REFER', { r: '<sip:a@b?Replaces=x%C2%85>' }), '400'],
    ['an odd Record-Route', request('INVITE', { 'Record-Route': 'nowhere' }), '400'],
    ['an odd Record-Route that nobody needs', request('BYE', { 'Record-Route': 'nowhere' }), 'pass'],
    ['an unknown extension', request('INVITE', { Require: 'nothingSupportsThis' }), '420'],
    ['100rel', request('INVITE', { Require: '100rel' }), '420'],
    ['an unknown extension in a CANCEL', request('CANCEL', { Require: 'nothingSupportsThis' }), 'pass'],
    ['an unknown extension for proxies', request('INVITE', { 'Proxy-Require': 'foo' }), 'pass'],
    ['a body of another type', request('INVITE', { 'Content-Type': 'multipart/mixed;boundary=b' }, '--b'), '415'],
    ['a packed body', request('INVITE', { ...described, 'Content-Encoding': 'gzip' }, 'x'), '415'],
    ['a body without a type', request('INVITE', {}, sdp), '400'],
    ['a BYE with words', request('BYE', { 'Content-Type': 'text/plain' }, 'so long'), 'pass'],
    ['a body longer than the frame', request('INVITE', { ...described, 'Content-Length': '99999' }, sdp), '400'],
    ['a Content-Length of nonsense', request('INVITE', { 'Content-Length': '-1' }), '400'],
    ['two Content-Lengths', request('INVITE', { 'Content-Length': ['0', '0'] }), '400'],
    ['a line that is no header', request('INVITE').replace('\r\nFrom', '\r\nno header\r\nFrom'), 'pass'],
    ['a bare line feed in From', request('INVITE', { From: '<sip:a@b>;tag=1\nVia: x' }), '400'],
  ])('%s', (_name, text, expected) => {
    expect(verdict(gate(text, options))).toBe(expected);
  });

  it('may require what is supported', () => {
    const text = request('INVITE', { Require: 'timer, Replaces' });
    expect(verdict(gate(text, { ...options, supported: ['timer', 'replaces'] }))).toBe('pass');
    expect(verdict(gate(text, { ...options, supported: ['timer'] }))).toBe('420');
  });

  it('is never answered if it is an ACK', () => {
    for (const broken of [{ Via: 'x' }, { From: 'x' }, { CSeq: 'x' }, { 'Content-Length': '99' }])
      expect(gate(request('ACK', broken), options)).toEqual({ _tag: 'drop', reason: 'malformed-ack' });
    expect(verdict(gate(compose('ACK tel:1 SIP/2.0', base('ACK'), ''), options))).toBe('malformed-ack');
    expect(verdict(gate(compose('ACK sip:a SIP/3.0', base('ACK'), ''), options))).toBe('malformed-ack');
  });
});

describe('gate: a replied request', () => {
  it('is complete: what it copies is as it came', () => {
    const vias = ['SIP/2.0/WSS a;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2', 'SIP/2.0/UDP c;branch=z9hG4bK3'];
    const gated = gate(request('INVITE', { Via: vias, From: 'Bob<tel:1>;tag=far', Require: 'a, b' }), options);
    expect(
      gated._tag === 'reply' ? gated.text.replace(/near=?\w*|(?<=<sip:alice@example.org>;tag=)\w+/, 'TAG') : '',
    ).toBe(
      [
        'SIP/2.0 420 Bad Extension',
        `Via: ${vias[0] ?? ''}`,
        `Via: ${vias[1] ?? ''}`,
        'From: Bob<tel:1>;tag=far',
        'To: <sip:alice@example.org>;tag=TAG',
        'Call-ID: call@x.org',
        'CSeq: 7 INVITE',
        'Unsupported: a, b',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('keeps the tag of To, and makes the same one for the same request', () => {
    expect(headerValue(replied(request('FOO', inside)), 'to')).toBe('<sip:alice@example.org>;tag=near');
    const tag = headerValue(replied(request('FOO')), 'to');
    expect(tag).toMatch(/^<sip:alice@example\.org>;tag=\w+$/);
    expect(headerValue(replied(request('FOO')), 'to')).toBe(tag);
    expect(headerValue(replied(request('FOO', { 'Call-ID': 'other' })), 'to')).not.toBe(tag);
  });

  it('says what would work', () => {
    expect(headerValue(replied(request('REGISTER')), 'allow')).toBe('INVITE');
    expect(headerValues(replied(request('REGISTER')), 'allow').join(', ')).toBe(ALLOW);
    expect(headerValues(replied(request('OPTIONS')), 'allow').join(', ')).toBe(ALLOW);
    expect(headerValues(replied(request('OPTIONS')), 'accept').join(', ')).toBe(ACCEPT);
    expect(headerValues(replied(request('INVITE', { 'Content-Type': 'a/b' }, 'x')), 'accept')).toEqual([
      'application/sdp',
      'multipart/mixed',
    ]);
    expect(ALLOW).toBe('INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE');
  });

  it('leaves out what the request lacks', () => {
    const reply = replied('INVITE sip:a@b SIP/2.0\r\nVia: x\r\n\r\n');
    expect(reply).toEqual({
      startLine: 'SIP/2.0 400 Bad Request',
      headers: [
        { name: 'via', value: 'x' },
        { name: 'content-length', value: '0' },
      ],
      body: '',
      complete: true,
    });
  });

  it('never carries a line break over from the request', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: character }),
        fc.constantFrom('Via', 'From', 'To', 'Call-ID', 'CSeq', 'Require'),
        (value, name) => {
          const gated = gate(request('INVITE', { [name]: value, Contact: '*' }), options);
          expect(gated._tag === 'reply' ? gated.text.replaceAll('\r\n', '') : '').not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });
});

describe('gate: a response', () => {
  it.each([
    ['a 200', response(), 'pass'],
    ['a 100 without a To tag', response({}, 'SIP/2.0 100 Trying'), 'pass'],
    ['no reason phrase', response({}, 'SIP/2.0 486'), 'pass'],
    ['a status below 100', response({}, 'SIP/2.0 099 No'), 'malformed-response'],
    ['a status above 699', response({}, 'SIP/2.0 700 No'), 'malformed-response'],
    ['another version', response({}, 'SIP/3.0 200 OK'), 'unsupported-version'],
    ['a bad CSeq', response({ CSeq: 'x' }), 'malformed-response'],
    ['no CSeq', response({ CSeq: [] }), 'malformed-response'],
    ['a From of nonsense', response({ From: '<>' }), 'pass'],
    ['a longer body announced', response({ 'Content-Length': '5' }), 'pass'],
    [
      'two Vias',
      response({ Via: 'SIP/2.0/WSS abc.invalid;branch=z9hG4bK1, SIP/2.0/WSS b;branch=z9hG4bK1' }),
      'malformed-response',
    ],
    ['the Via of another', response({ Via: 'SIP/2.0/WSS xyz.invalid;branch=z9hG4bK1' }), 'via-not-ours'],
    ['our Via in capitals', response({ Via: 'SIP/2.0/WSS ABC.invalid;branch=z9hG4bK1' }), 'pass'],
    ['an odd Record-Route', response({ 'Record-Route': 'x' }), 'pass'],
    ['an odd Contact', response({ Contact: '*' }), 'pass'],
  ])('%s', (_name, text, expected) => {
    expect(verdict(gate(text, options))).toBe(expected);
  });

  it('of any host passes when ours is not told', () => {
    expect(verdict(gate(response({ Via: 'SIP/2.0/WSS x;branch=z9hG4bK1' }), { hasDialog: () => false }))).toBe('pass');
  });

  it('keeps the Contacts that can be called', () => {
    const contacts = headerValues(
      passed(response({ Contact: ['<mailto:x>;q=9, sip:a@b.org;expires=60', '*'] })),
      'contact',
    );
    expect(contacts).toEqual(['<sip:6d61696c746f3a78@uri.invalid>', '<sip:a@b.org>;expires=60']);
  });

  it('has its challenges one a line, the one to answer last', () => {
    const text = response(
      {
        'WWW-Authenticate': [
          'Digest realm="r", nonce="1", algorithm=SHA-256, qop="auth, auth-int", stale=true, Basic realm="x"',
          'Digest realm="r", nonce="2", algorithm=SHA-512-256',
          'Digest realm="r", nonce="3",opaque="o"',
        ],
      },
      'SIP/2.0 401 Unauthorized',
    );
    expect(headerValues(passed(text), 'www-authenticate')).toEqual([
      'Digest realm="r", nonce="3", algorithm=MD5, opaque="o"',
      'Digest realm="r", nonce="1", algorithm=SHA-256, qop="auth,auth-int", stale=true',
    ]);
  });

  it('has a reason phrase that sip.js can read', () => {
    expect(passed(response({}, 'SIP/2.0 486 "Busy" <50%> (Zoë)')).startLine).toBe('SIP/2.0 486 Busy   50   (Zoë)');
    expect(passed(response({}, 'SIP/2.0 486')).startLine).toBe('SIP/2.0 486 ');
  });

  it('has a reason phrase in which nothing is quoted that nobody may read', () => {
    expect(passed(response({}, 'SIP/2.0 403 Digest response="6629fae4", password=secret')).startLine).toBe(
      'SIP/2.0 403 Digest response= redacted , password= redacted',
    );
  });
});

describe('gate: passed messages', () => {
  it('asks for a user at a host, and for nothing besides', () => {
    const asking = (uri: string): string => passed(compose(`INVITE ${uri} SIP/2.0`, base('INVITE'), '')).startLine;
    for (const uri of ['sip:alice@abc.invalid;lr=on;maddr=192.0.2.1', 'sips:alice@abc.invalid?Route=%3Csip:b@c%3E'])
      expect(asking(uri)).toBe('INVITE sip:alice@abc.invalid SIP/2.0');
    expect(asking('sip:a?b@abc.invalid;lr=on')).toBe('INVITE sip:a?b@abc.invalid SIP/2.0');
  });

  it('has full names, one header a line, and addresses in one form', () => {
    const text = [
      'INVITE sips:alice@abc.invalid SIP/2.0',
      'v: SIP/2.0/WSS a.org;branch=z9hG4bK1, SIP/2.0/UDP b.org;branch=z9hG4bK2',
      'f: Bob [Sales]',
      ' <tel:+84-90>;tag=far',
      't: sip:alice@example.org',
      'i: call@x.org',
      'CSeq:   7   INVITE',
      'm: <sip:bob@phone_1:5060;ob>',
      'X-Campaign: spring',
      'Content_Length: 9',
      'c: APPLICATION/SDP;charset=utf-8',
      'l: 3',
      '',
      'v=0 and more',
    ].join('\r\n');
    const gated = gate(text, options);
    expect(gated._tag === 'pass' ? serialize(gated.message).split('\r\n') : gated).toEqual([
      'INVITE sip:alice@abc.invalid SIP/2.0',
      'via: SIP/2.0/WSS a.org;branch=z9hG4bK1',
      'via: SIP/2.0/UDP b.org;branch=z9hG4bK2',
      'from: "Bob [Sales]" <sip:+84-90@tel.invalid;user=phone>;tag=far',
      'to: <sip:alice@example.org>',
      'contact: <sip:7369703a626f624070686f6e655f313a35303630@uri.invalid;ob>',
      'call-id: call@x.org',
      'cseq: 7   INVITE',
      'content-type: application/sdp',
      'content-length: 3',
      'x-campaign: spring',
      '',
      'v=0',
    ]);
  });

  it('counts a body in octets', () => {
    const cut = passed(request('INVITE', { ...described, 'Content-Length': '4' }, 'aéb and more'));
    expect([cut.body, headerValue(cut, 'content-length')]).toEqual(['aéb', '4']);
    expect(verdict(gate(request('INVITE', { ...described, 'Content-Length': '4' }, 'aé'), options))).toBe('400');
  });

  it('has no body that nobody says the type of', () => {
    expect(passed(request('ACK', inside, 'odd')).body).toBe('');
    expect(passed(response({ 'Content-Type': '?' }, 'SIP/2.0 486 Busy', 'odd')).body).toBe('');
  });

  it('has no Refer-To that sip.js cannot parse', () => {
    expect(headerValues(passed(request('INVITE', { r: 'nonsense' })), 'refer-to')).toEqual([]);
  });

  it('passes again, unchanged but for the stand-ins', () => {
    const gated = gate(request('INVITE', { ...described, From: 'Bob <sip:b@c.org>;tag=1' }, sdp), options);
    expect(gated._tag === 'pass' && gate(serialize(gated.message), options)).toEqual(gated);
  });
});

describe('gate: a frame', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it.each([
    ['a ping', '\r\n\r\n', { _tag: 'reply', text: '\r\n' }],
    ['a binary ping', bytes('\r\n\r\n'), { _tag: 'reply', text: '\r\n' }],
    ['a pong', '\r\n', { _tag: 'keep-alive' }],
    ['nothing', '', { _tag: 'keep-alive' }],
    ['HTTP', 'GET / HTTP/1.1\r\n\r\n', { _tag: 'drop', reason: 'not-sip' }],
    ['words', 'hello', { _tag: 'drop', reason: 'not-sip' }],
    ['a message without its end', 'BYE sip:a@b SIP/2.0\r\nVia: x\r\n', { _tag: 'drop', reason: 'no-end-of-headers' }],
    ['bytes that are no text', new Uint8Array([0x42, 0xff, 0xfe]), { _tag: 'drop', reason: 'not-utf8' }],
    ['too many characters', 'x'.repeat(65537), { _tag: 'drop', reason: 'too-large' }],
    ['too many octets in fewer characters', 'é'.repeat(32769), { _tag: 'drop', reason: 'too-large' }],
    ['too many bytes', new Uint8Array(65537), { _tag: 'drop', reason: 'too-large' }],
  ] satisfies readonly (readonly [string, string | Uint8Array, Gated])[])('%s', (_name, frame, expected) => {
    expect(gate(frame, options)).toEqual(expected);
  });

  it('is read alike as text, as bytes and as a buffer, and after line breaks', () => {
    const text = request('INVITE', { ...described, From: '"Zoë" <sip:z@b.org>;tag=1' }, sdp);
    const view = bytes(text);
    const buffer = new ArrayBuffer(view.byteLength);
    new Uint8Array(buffer).set(view);
    const gated = gate(text, options);
    expect(gated._tag).toBe('pass');
    expect(gate(view, options)).toEqual(gated);
    expect(gate(buffer, options)).toEqual(gated);
    expect(gate(`\r\n\r\n${text}`, options)).toEqual(gated);
  });

  it('may have a body that is no UTF-8, of which each byte counts, but no such header', () => {
    const latin = 'v=0\r\ns=Zo\xeb\r\n';
    const length = String(latin.length);
    const frame = (headers: Lines): Uint8Array =>
      Buffer.from(request('INVITE', { ...described, 'Content-Length': length, ...headers }, latin), 'latin1');
    const gated = gate(frame({}), options);
    expect(gated._tag === 'pass' && serialize(gated.message)).toMatch(/\r\n\r\nv=0\r\ns=Zo\?\r\n$/);
    expect(verdict(gate(frame({ 'Content-Length': String(latin.length + 1) }), options))).toBe('400');
    expect(verdict(gate(frame({ Subject: 'Zo\xeb' }), options))).toBe('not-utf8');
  });

  it('may be bounded more tightly', () => {
    expect(verdict(gate(request('BYE', inside), { ...options, maxSize: 100 }))).toBe('too-large');
  });

  it('is told apart in no time, however it is made', () => {
    const pieces = ['"', '<', ' ', ';', ',', '\\', 'a-', 'a.', 'a;', '%', '\r\n ', ':', '1:', '0.', '<sip:a>,'];
    const long = (piece: string): string => piece.repeat(60000 / piece.length);
    const frames = pieces.flatMap(piece => [
      `INVITE ${long(piece)}\r\n\r\n`,
      `SIP/2.0 200 ${long(piece)}\r\n\r\n`,
      ...['Via', 'From', 'Contact', 'Record-Route', 'Call-ID', 'Require', 'WWW-Authenticate', 'Content-Type'].map(
        name => request('INVITE', { [name]: `SIP/2.0/WSS a;${long(piece)}` }),
      ),
      request('INVITE', { Contact: `<sip:a@b>, <sip:a@b;${long(piece)}` }),
    ]);
    // Each takes milliseconds; one quadratic expression would take minutes.
    const started = cpu();
    for (const frame of frames) expect(['pass', 'drop', 'reply']).toContain(gate(frame, options)._tag);
    expect(cpu() - started).toBeLessThan(15_000);
  });
});
