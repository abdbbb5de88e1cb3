import fc from 'fast-check';
import {
  type IncomingRequestMessage,
  type IncomingResponseMessage,
  LoggerFactory,
  Parser,
  type IncomingMessage,
  type NameAddrHeader,
} from 'sip.js/lib/core/index.js';
import { gate } from '../../lib/sip/gate.js';
import { parseMessage, serialize, type SipMessage } from '../../lib/sip/message.js';
import { parse } from '../../lib/sip/parse.js';
import { runs } from '../support/runs.js';

const silent = new LoggerFactory();
silent.builtinEnabled = false;
const logger = silent.getLogger('parser');

/** A message as the gate hands it on; `undefined` where it does not. */
const gated = (frame: string): SipMessage | undefined => {
  const passed = gate(frame, { hasDialog: () => true });
  return passed._tag === 'pass' ? passed.message : undefined;
};

const ofAddress = (address: NameAddrHeader | undefined) =>
  address && { name: address.displayName || undefined, uri: address.uri.toRaw(), parameters: address.parameters };

/** All that sip.js and we read in a message. */
const summary = (message: IncomingMessage | undefined) =>
  message && {
    kind: message.constructor.name,
    method: message.method,
    uri: 'ruri' in message ? (message as IncomingRequestMessage).ruri?.toRaw() : undefined,
    status:
      'statusCode' in message
        ? [(message as IncomingResponseMessage).statusCode, (message as IncomingResponseMessage).reasonPhrase]
        : undefined,
    branch: message.viaBranch,
    from: [ofAddress(message.from), message.fromTag],
    to: [ofAddress(message.to), message.toTag],
    toAgain: ofAddress(message.parseHeader('to') as NameAddrHeader),
    callId: message.callId,
    cseq: message.cseq,
    contacts: message
      .getHeaders('contact')
      .map((_, at) => ofAddress(message.parseHeader('contact', at) as NameAddrHeader)),
    routes: message
      .getHeaders('record-route')
      .map((_, at) => ofAddress(message.parseHeader('record-route', at) as NameAddrHeader)),
    type: message.parseHeader('content-type') as unknown,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, all]) => [name, all.map(({ raw }) => raw)]),
    ),
    body: message.body,
  };

const name$ = fc.constantFrom('', 'Alice ', '"Alice" ', '"Ä, \\"<b>\\" 日本" ', '"" ', '"a;b=c" ');
const user$ = fc.constantFrom('', 'alice@', '+49-30@', '%23901@', "a.b!c~d*e'(f)@", 'm%C3%BCller@', 'x;y=1@', 'a&b=c@');
const host$ = fc.constantFrom('example.com', 'EXAMPLE.com', '127.0.0.1', '[::1]', 'a-b.invalid', 'under_score.test');
const port$ = fc.constantFrom('', ':5060', ':1');
const inUri$ = fc.array(
  fc.constantFrom(
    ';transport=WS',
    ';lr',
    ';user=Phone',
    ';ob',
    ';x-Y=z',
    ';maddr=1.2.3.4',
    ';lrx',
    ';a=%41',
    ';gr=[1]',
  ),
  { maxLength: 3 },
);
const outside$ = fc.array(fc.constantFrom(';Q=0.5', ';x', ';y="a;b"', ';+sip.instance="<urn:uuid:1>"', ';Z=a%b'), {
  maxLength: 2,
});
const address$ = fc
  .tuple(name$, user$, host$, port$, inUri$, outside$)
  .map(([name, user, host, port, inside, outside]) => ({
    address: `${name}<sip:${user}${host}${port}${inside.join('')}>`,
    outside: outside.join(''),
  }));
const tag$ = fc.constantFrom('', ';tag=1', ';TAG=a.b-c');
const via$ = fc
  .tuple(host$, port$, fc.constantFrom('', ';rport', ';received=1.2.3.4', ';x="y"'))
  .map(([host, port, more]) => `SIP/2.0/WS ${host}${port};branch=z9hG4bKa.b${more}`);
const start$ = fc.oneof(
  fc
    .tuple(fc.constantFrom('INVITE', 'BYE', 'ACK', 'INFO'), user$, host$, port$)
    .map(([method, user, host, port]) => ({ method, line: `${method} sip:${user}${host}${port};lr SIP/2.0` })),
  fc
    .constantFrom('100 Trying', '200 OK', '486', '480 Temporarily "un" <available>', '603 Ä')
    .map(text => ({ method: 'INVITE', line: `SIP/2.0 ${text}` })),
);
const frame$ = fc
  .record({
    start: start$,
    vias: fc.array(via$, { minLength: 1, maxLength: 2 }),
    from: address$,
    to: address$,
    tag: tag$,
    contact: address$,
    routes: fc.array(address$, { maxLength: 2 }),
    cseq: fc.constantFrom('1', '0004711'),
    body: fc.constantFrom('', 'v=0\r\n', 'ä\r\n\r\nb'),
    extra: fc.constantFrom('X-Odd_name: 1', 'Subject: a, b', 'Refer-To: <sip:a@b.c>', 'supported: timer'),
  })
  .map(({ start, vias, from, to, tag, contact, routes, cseq, body, extra }) =>
    [
      start.line,
      ...vias.map(via => `v: ${via}`),
      `From: ${from.address};tag=f${from.outside}`,
      `t: ${to.address}${to.outside}${tag}`,
      `Contact: ${contact.address}${contact.outside}`,
      ...routes.map(route => `Record-Route: ${route.address}`),
      'Call-ID: a@b',
      `CSeq: ${cseq} ${start.method}`,
      ...(body === '' ? [] : ['Content-Type: application/SDP;charset=x']),
      extra,
      '',
      body,
    ].join('\r\n'),
  );

describe('parse: a message for sip.js', () => {
  it('says what its own parser would say', () => {
    const amount = runs(0.25);
    let read = 0;
    fc.assert(
      fc.property(frame$, frame => {
        const text = gated(frame);
        if (text === undefined) return;
        const message = parse(text);
        if (message !== undefined) read += 1;
        expect(summary(message)).toEqual(summary(Parser.parseMessage(serialize(text), logger)));
      }),
      amount,
    );
    expect(read).toBeGreaterThan(amount.numRuns / 4);
  });

  it.each([
    ['nothing', ''],
    ['no start line', '\r\nVia: SIP/2.0/WS a;branch=z9hG4bK1\r\n\r\n'],
    ['a start line that is none', 'INVITE sip:bob@b.c\r\n\r\n'],
    ['a URI that is none', 'INVITE sip:b:o:b@@c SIP/2.0\r\n\r\n'],
    ['an address that is none', 'SIP/2.0 200 OK\r\nFrom: <sip:>\r\n\r\n'],
    ['a number that is none', 'SIP/2.0 200 OK\r\nCSeq: one INVITE\r\n\r\n'],
    ['a Via that is none', 'SIP/2.0 200 OK\r\nVia: SIP/2.0/WS\r\n\r\n'],
  ])('is none where there is %s', (_, text) => {
    expect(parse(parseMessage(text))).toBeUndefined();
  });
});
