import * as fc from 'fast-check';
import {
  LoggerFactory,
  Parser,
  UserAgentCore,
  type IncomingInviteRequest,
  type UserAgentCoreDelegate,
} from 'sip.js/lib/core/index.js';
import { IncomingRequestMessage } from 'sip.js/lib/core/messages/incoming-request-message.js';
import { Grammar } from 'sip.js/lib/grammar/index.js';
import { restoreUris } from '../../lib/sip/address.js';
import { gate, type Gated } from '../../lib/sip/gate.js';

/**
 * The real sip.js behind the gate: whatever passes it has to be parsed, and received without an exception, by a user
 * agent that accepts every call, so that the dialogs and the route sets are built too.
 */

const loggerFactory = new LoggerFactory();
loggerFactory.builtinEnabled = false;
const logger = loggerFactory.getLogger('spec');

const uri = (text: string): NonNullable<ReturnType<typeof Grammar.URIParse>> => Grammar.URIParse(text)!;
const contact = uri('sip:alice@abc.invalid;transport=ws');
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const body = { contentDisposition: 'session', contentType: 'application/sdp', content: sdp };

const userAgent = (delegate: UserAgentCoreDelegate = {}): { core: UserAgentCore; sent: string[] } => {
  const sent: string[] = [];
  const transport = {
    protocol: 'WSS',
    send: (text: string): Promise<void> => {
      sent.push(restoreUris(text));
      return Promise.resolve();
    },
  };
  const core = new UserAgentCore(
    {
      aor: uri('sip:alice@example.com'),
      contact: { uri: contact, pubGruu: undefined, tempGruu: undefined, toString: () => `<${contact.toString()}>` },
      displayName: 'Alice',
      loggerFactory,
      hackViaTcp: false,
      routeSet: [],
      sipjsId: 'abcde',
      supportedOptionTags: [],
      supportedOptionTagsResponse: [],
      userAgentHeaderFieldValue: 'spec',
      viaForceRport: false,
      viaHost: 'abc.invalid',
      authenticationFactory: () => undefined,
      transportAccessor: () => transport,
    },
    delegate,
  );
  return { core, sent };
};

const answerAll = (request: IncomingInviteRequest): void => {
  request.trying();
  request.progress();
  const { session } = request.accept({ statusCode: 200, body });
  session.delegate = {
    onInvite: again => void again.accept({ statusCode: 200, body }),
    onInfo: info => void info.accept(),
  };
};

// Transactions live for 64 T1 and more; what they do then is to be seen here and not after the last input.
beforeAll(() => jest.useFakeTimers());
afterAll(() => jest.useRealTimers());
const close = (core: UserAgentCore): void => {
  try {
    jest.advanceTimersByTime(70_000);
  } finally {
    core.dispose();
    jest.clearAllTimers();
  }
};

/** Hands what passed to sip.js and says what became of it. */
const receive = (core: UserAgentCore, text: string): 'request' | 'response' => {
  const message = Parser.parseMessage(text, logger);
  if (message === undefined) throw new Error(`sip.js drops ${JSON.stringify(text)}`);
  if (message instanceof IncomingRequestMessage) {
    core.receiveIncomingRequestFromTransport(message);
    return 'request';
  }
  core.receiveIncomingResponseFromTransport(message);
  return 'response';
};

const gated = (core: UserAgentCore, text: string): Gated =>
  gate(text, {
    hasDialog: (callId, local, remote) => core.dialogs.has(callId + local + remote),
    viaHost: 'abc.invalid',
  });

type Headers = Readonly<Record<string, string>>;
const compose = (startLine: string, headers: Headers, content: string): string =>
  [
    startLine,
    ...Object.entries(headers).flatMap(([name, value]) => value.split('\n').map(item => `${name}: ${item}`)),
    '',
    content,
  ].join('\r\n');

const uris = [
  'sip:bob@example.org',
  'sips:bob@example.org:5061;transport=wss',
  'tel:+84-90(123).45',
  'tel:*21#;phone-context=example.org',
  'tel:',
  'sip:example.org',
  'sip:100%25@example.org',
  'sip:%ff@example.org',
  'sip:%zz@example.org',
  'sip:%0d%0a@example.org',
  'sip:a;b=c@example.org;lr=on;ttl=5;maddr=192.0.2.9',
  'sip:bob:secret@[2001:db8::1]:5060',
  'sip:bob@kamailio_1:5060;lr',
  'sip:bob@999.1.1.1',
  'sip:bob@-x-',
  'sip:bob@example.org.',
  'sip:bob@example.org;x=%zz;X=Y',
  'sip:bob@example.org;x="y"',
  'sip:bob@example.org;transport=udpx',
  'sip:bob@example.org;transport=tls-sctp;user=phonebook;lr=',
  'sip:bob@example.org;user=dialstring;transport=WS;ob;+sip.x=[;method=REGISTER',
  'sip:bob@example.org?Replaces=a%3Bto-tag%3Db&x=1',
  'sip:@',
  'sip:',
  'sip:626f62@uri.invalid',
  'sip:zz@uri.invalid',
  'sip:1@tel.invalid;user=phone',
  'mailto:bob@example.org',
  'urn:service:sos',
  'http://example.org/?a=b',
  'soap.beep://192.0.2.103:3002',
  'sip:Zoë@example.org',
  'sip:bob@exämple.org',
  'javascript:alert(1)',
];
const names = [
  '',
  'Bob ',
  '"Bob" ',
  'Zoë ',
  '"Zoë \\"x\\" \\\\" ',
  'Bob [Sales] ',
  '"open ',
  '"a\\" ',
  'B.O.B (x) ',
  '" " ',
];
const ends = [
  '',
  ';tag=t',
  ';tag',
  ';tag=',
  ';tag=a;tag=b',
  ' ; tag = t',
  ';tag="q"',
  ';x="a;tag=b";tag=t',
  ';tag=t;x',
  ';=',
  ';;',
  ';expires=x;q=7',
];

const address = fc.oneof(
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...uris), fc.constantFrom(...ends))
    .map(([n, u, e]) => `${n}<${u}>${e}`),
  fc.tuple(fc.constantFrom(...uris), fc.constantFrom(...ends)).map(([u, e]) => u + e),
  fc.constantFrom('', '*', '<>', '<', ',', '<sip:a@b>, <sip:c@d>;tag=x', '"a, b" <sip:a@b.org>;tag=x, sip:c@d.org'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const chunk = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', ' ', '0', '-1', 'é', '"', '%zz', ','));
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  Via: fc.oneof(
    fc.constantFrom(
      'SIP/2.0/WSS a.example.org',
      'SIP/2.0/WSS a.example.org;branch=z9hG4bKx, SIP/2.0/UDP b;branch=z9hG4bKy',
      'SIP / 2.0 / UDP [2001:db8::9]:5060 ;branch=z9hG4bKx;rport;received=::1',
      'SIP/2.0/TLS-SCTP a;branch=z9hG4bKx',
      'SIP/2.0/UDP a_b;branch=z9hG4bKx',
      'SIP/2.0/UDP a;branch="z9hG4bKx"',
      'SIP/2.0/UDP a;branch=z9hG4bKx;ttl=999;maddr=',
      'SIP/2.0/UDP a;maddr=[;branch=z9hG4bKx;x="',
      'SIP/2.0/UDP a;branch=z9hG4bKx;ttl=9999',
      'SIP/2.0/UDP a;branch=z9hG4bKx;ttl=300',
      'SIP/2.0/UDP a;branch=z9hG4bKx;maddr=a_b',
      'SIP/2.0/UDP a;branch=z9hG4bKx;maddr=1.2.3.4;received=1.2.3.4x',
      'SIP/2.0/UDP a;branch=z9hG4bKx;received=1:2;rport=',
      'SIP/2.0/UDP a;branch=z9hG4bKx;received=999.1.1.1;rport=x',
      'SIP/2.0/UDP a;branch=z9hG4bKx;branch=z9hG4bKy',
      'SIP/2.0/TCPX 1.2.3.4:99999;branch=z9hG4bKx;i=1;x=[::1]',
      'SIP/2.0/UDP 999.1.1.1;branch=z9hG4bKx',
      'SIP/2.0/UDP [1:2];branch=z9hG4bKx',
      'SIP/2.0/UDP a-;branch=z9hG4bKx',
      'SIP/3.0/UDP a;branch=z9hG4bKx',
      'FOO',
      '',
    ),
    fc.ipV6().map(host => `SIP/2.0/UDP [${host}];branch=z9hG4bKx`),
    chunk,
  ),
  From: address,
  To: address,
  Contact: address,
  'Record-Route': address,
  'Refer-To': address,
  'Call-ID': fc.oneof(fc.constantFrom('a@b', 'a@b@c', 'a b', '<x>"y"', '@'), chunk),
  CSeq: fc.oneof(
    fc.constantFrom(
      '1',
      '1 ',
      'INVITE',
      '-1 INVITE',
      '4294967296 INVITE',
      '1 invite',
      '1 BYE',
      '01 INVITE',
      '1\tINVITE',
    ),
    chunk,
  ),
  'Max-Forwards': fc.oneof(fc.constantFrom('0', '255', '256', '-1', '1e3', '70 '), chunk),
  'Content-Length': fc.oneof(fc.constantFrom('0', '1', '30', '99999', '-1', '0x10', '1, 1', '00000000000'), chunk),
  'Content-Type': fc.oneof(
    fc.constantFrom(
      'application/sdp;charset=utf-8',
      'APPLICATION/SDP',
      'text/plain',
      'a',
      '/',
      'a/b;c',
      'multipart/mixed;boundary=x',
    ),
    chunk,
  ),
  'Content-Disposition': fc.oneof(fc.constantFrom('session', 'render;handling=optional', ';'), chunk),
  'Content-Encoding': fc.oneof(fc.constantFrom('gzip', 'identity'), chunk),
  Require: fc.oneof(fc.constantFrom('100rel', 'timer, replaces', ''), chunk),
  'WWW-Authenticate': fc.oneof(
    fc.constantFrom(
      'Digest realm="a", nonce="b", Digest realm="c", nonce="d"',
      'Basic realm="x"',
      'Negotiate',
      'Digest',
      'Digest realm="a\\"b", nonce=c, qop="auth, auth-int, x", algorithm=SHA-512',
      'Digest realm="é", nonce="n", opaque="", stale=TRUE, domain=""',
    ),
    chunk,
  ),
  'Proxy-Authenticate': fc.oneof(fc.constantFrom('Digest realm="a", nonce="b"', '='), chunk),
  CSeq_: chunk,
  Content_Length: fc.constantFrom('3', 'x'),
  Call_ID: chunk,
  v: fc.constantFrom('SIP/2.0/UDP other;branch=z9hG4bKo'),
  f: address,
  m: address,
  r: address,
  l: fc.constantFrom('1', '99999'),
  Event: chunk,
  'Subscription-State': chunk,
  __proto__x: chunk,
  constructor: chunk,
  'X-Text': fc.oneof(chunk, fc.constantFrom('a\r\n b', 'a\r\n\tb', 'a\r\n\u00a0b', 'a\rb', 'a\u0000')),
};
const change = fc
  .constantFrom(...Object.keys(values))
  .chain(name => fc.option(values[name]!, { freq: 8, nil: undefined }).map(value => [name, value] as const));
const invite = fc.constant('INVITE sip:alice@abc.invalid SIP/2.0');
const startLines = fc.oneof(
  { weight: 8, arbitrary: invite },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(
        ...[
          'INVITE',
          'ACK',
          'CANCEL',
          'BYE',
          'OPTIONS',
          'INFO',
          'UPDATE',
          'PRACK',
          'REFER',
          'NOTIFY',
          'MESSAGE',
          'SUBSCRIBE',
          'REGISTER',
          'PUBLISH',
          'invite',
          'FOO',
        ],
      )
      .map(method => `${method} sip:alice@abc.invalid SIP/2.0`),
  },
  { weight: 2, arbitrary: fc.constantFrom(...uris).map(target => `INVITE ${target} SIP/2.0`) },
  fc.constantFrom(
    'INVITE sip:alice@abc.invalid SIP/3.0',
    'INVITE sip:alice@abc.invalid sip/2.0',
    'INVITE  sip:alice@abc.invalid  SIP/2.0',
    'INVITE <sip:alice@abc.invalid> SIP/2.0',
    'GET / HTTP/1.1',
    'INVITE * SIP/2.0',
    'INVITE',
    '',
  ),
  fc.string(),
);
const statusLines = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(100, 180, 183, 200, 202, 302, 401, 407, 422, 481, 486, 491, 503, 603, 699)
      .map(code => `SIP/2.0 ${code} Words`),
  },
  fc.constantFrom(
    'SIP/2.0 200',
    'SIP/2.0 200 ',
    'SIP/2.0 486 "Busy" <50%>{}|^`',
    'SIP/2.0 099 x',
    'SIP/2.0 700 x',
    'SIP/2.0 2000 x',
    'SIP/3.0 200 OK',
    'sip/2.0 200 Ünï',
    'SIP/2.0 200 a\tb',
  ),
);
const noise = fc.option(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 3 }),
    text: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('\r\n', '\r', '\n', '"', '<', '>', ';', ',', ':', '%', '\r\n\r\n'),
    ),
  }),
  { freq: 1, nil: undefined },
);
type Noise = { readonly at: number; readonly cut: number; readonly text: string } | undefined;
const disturbed = (text: string, by: Noise): string => {
  if (by === undefined) return text;
  const at = Math.floor(by.at * text.length);
  return text.slice(0, at) + by.text + text.slice(at + by.cut);
};
const changed = (headers: Headers, changes: readonly (readonly [string, string | undefined])[]): Headers =>
  changes.reduce<Headers>((all, [name, value]) => {
    const others = Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
    return value === undefined ? others : { ...others, [name]: value };
  }, headers);
const bodies = fc.oneof(fc.constantFrom('', sdp, 'Signal=5\r\nDuration=100', 'é'), fc.string({ unit: 'binary' }));
const shape = { changes: fc.array(change, { maxLength: 2 }), content: bodies, by: noise };
const runs = { numRuns: 1000 };
jest.setTimeout(120_000);

describe('what passes the gate', () => {
  it('is parsed and received by sip.js: requests, answered and in a dialog', () => {
    const seen: Partial<Record<Gated['_tag'], number>> = {};
    let dialogs = 0;
    fc.assert(
      fc.property(
        fc.record({ startLine: startLines, second: startLines, ...shape }),
        ({ startLine, second, changes, content, by }) => {
          const { core, sent } = userAgent({ onInvite: answerAll });
          const request = (line: string, to: string): string =>
            compose(
              line,
              changed(
                {
                  Via: `SIP/2.0/WSS proxy.example.org;branch=z9hG4bK${line.length}${to.length}`,
                  From: '"Bob" <sip:bob@example.org>;tag=far',
                  To: `<sip:alice@example.com>${to}`,
                  'Call-ID': 'call@example.org',
                  CSeq: `${to.length + 1} ${line.split(' ')[0] ?? ''}`,
                  Contact: '<sip:bob@192.0.2.4:5060>',
                  'Content-Type': 'application/sdp',
                },
                changes,
              ),
              content,
            );
          const first = disturbed(request(startLine, ''), by);
          try {
            const outcome = gated(core, first);
            seen[outcome._tag] = (seen[outcome._tag] ?? 0) + 1;
            if (outcome._tag === 'pass') receive(core, outcome.text);
            if (outcome._tag === 'reply' && outcome.text !== '\r\n')
              expect(outcome.text).toMatch(
                /^SIP\/2\.0 \d{3} [\w /]+\r\n(?:[\w-]+: [^\r\n]*\r\n)*Content-Length: 0\r\n\r\n$/,
              );
            const [dialog] = core.dialogs.values();
            if (dialog === undefined) return;
            dialogs++;
            const bye = dialog.createOutgoingRequestMessage('BYE').toString();
            expect(restoreUris(bye)).toMatch(/^BYE \S+ SIP\/2\.0\r\n/);
            for (const line of ['ACK sip:alice@abc.invalid SIP/2.0', second, 'BYE sip:alice@abc.invalid SIP/2.0']) {
              const inside = gated(core, request(line, `;tag=${dialog.localTag}`));
              if (inside._tag === 'pass') receive(core, inside.text);
            }
            expect(sent.filter(text => !text.startsWith('SIP/2.0 '))).toEqual([]);
          } finally {
            close(core);
          }
        },
      ),
      runs,
    );
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['pass', 'reply', 'drop']));
    expect(dialogs).toBeGreaterThan(200);
  });

  it('is parsed and received by sip.js: responses to INVITE and REGISTER', () => {
    const seen: Partial<Record<Gated['_tag'], number>> = {};
    const methods = fc.constantFrom('INVITE' as const, 'REGISTER' as const);
    fc.assert(
      fc.property(
        fc.record({ method: methods, lines: fc.array(statusLines, { minLength: 1, maxLength: 3 }), ...shape }),
        ({ method, lines, changes, content, by }) => {
          const { core } = userAgent();
          const message = core.makeOutgoingRequestMessage(
            method,
            uri('sip:bob@example.org'),
            uri('sip:alice@example.com'),
            uri('sip:bob@example.org'),
            {},
            [`Contact: <${contact.toString()}>`],
            method === 'INVITE' ? body : undefined,
          );
          try {
            if (method === 'INVITE') core.invite(message, { onAccept: response => void response.ack() });
            else core.register(message);
            for (const line of lines) {
              const text = compose(
                line,
                changed(
                  {
                    Via: message.getHeader('Via') ?? '',
                    From: message.getHeader('From') ?? '',
                    To: `${message.getHeader('To') ?? ''};tag=far`,
                    'Call-ID': message.callId,
                    CSeq: `${message.cseq} ${method}`,
                    Contact: '<sip:bob@192.0.2.4:5060>',
                    'Record-Route': '<sip:proxy.example.org;lr>',
                    'Content-Type': 'application/sdp',
                  },
                  changes,
                ),
                content,
              );
              const outcome = gated(core, disturbed(text, by));
              seen[outcome._tag] = (seen[outcome._tag] ?? 0) + 1;
              if (outcome._tag === 'pass') receive(core, outcome.text);
            }
          } finally {
            close(core);
          }
        },
      ),
      runs,
    );
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['pass', 'drop']));
    expect(seen.pass).toBeGreaterThan(200);
  });
});
