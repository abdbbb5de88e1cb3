import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { answer, challengesOf, choose, type Challenge } from '../../lib/sip/digest.js';
import { parseMessage } from '../../lib/sip/message.js';

const parseChallenges = (text: string): readonly Challenge[] => challengesOf(parseMessage(text));
import { character } from '../support/characters.js';

const rejected = (...lines: readonly string[]): string => ['SIP/2.0 401 Unauthorized', ...lines, '', ''].join('\r\n');
const plain: Challenge = { kind: 'www', realm: 'r', nonce: 'n', algorithm: 'MD5', qop: ['auth'], stale: false };

describe('challengesOf', () => {
  it('reads every parameter', () => {
    expect(
      parseChallenges(
        rejected(
          'WWW-Authenticate: Digest realm="pbx.example.com", nonce="abc,=", algorithm=SHA-256, qop="auth,auth-int", opaque="5c", stale=TRUE, domain="sip:x", charset=UTF-8',
        ),
      ),
    ).toEqual([
      {
        kind: 'www',
        realm: 'pbx.example.com',
        nonce: 'abc,=',
        algorithm: 'SHA-256',
        qop: ['auth', 'auth-int'],
        opaque: '5c',
        stale: true,
      },
    ]);
  });

  it('reads every header and each of several challenges in one line', () => {
    const found = parseChallenges(
      rejected(
        'WWW-Authenticate: Digest realm="a", nonce="1", algorithm=MD5, Digest realm="b", nonce="2", algorithm=SHA-256',
        'Proxy-Authenticate: DIGEST Realm="c" , nonce = "3"',
        'www-authenticate: Basic realm="d"',
      ),
    );
    expect(found.map(({ kind, realm, nonce, algorithm }) => [kind, realm, nonce, algorithm])).toEqual([
      ['www', 'a', '1', 'MD5'],
      ['www', 'b', '2', 'SHA-256'],
      ['proxy', 'c', '3', 'MD5'],
    ]);
  });

  it.each([
    ['another scheme', 'Basic realm="r", nonce="n"'],
    ['an unknown algorithm', 'Digest realm="r", nonce="n", algorithm=SHA-512-256'],
    ['no realm', 'Digest nonce="n"'],
    ['no nonce', 'Digest realm="r"'],
    ['only qops that nobody knows', 'Digest realm="r", nonce="n", qop="auth-conf"'],
    ['an unclosed quote', 'Digest nonce="n", realm="r'],
    ['nothing', ''],
  ])('leaves out %s', (_name, value) => {
    expect(parseChallenges(rejected(`WWW-Authenticate: ${value}`))).toEqual([]);
  });

  it('a scheme without parameters does not lend its place to the next', () => {
    expect(parseChallenges(rejected('WWW-Authenticate: Negotiate, Digest realm="r", nonce="n"'))).toHaveLength(1);
    expect(parseChallenges(rejected('WWW-Authenticate: Digest realm="r", Negotiate, nonce="n"'))).toEqual([]);
  });

  it('no text makes it throw', () => {
    const piece = fc.constantFrom(
      'Digest ',
      'Basic ',
      'realm=',
      '"r"',
      'nonce=',
      '"',
      '\\',
      ',',
      ' ',
      'qop=auth',
      'algorithm=',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map(all => all.join('')),
        ),
        value => {
          const found = choose(parseChallenges(rejected(`WWW-Authenticate: ${value}`)));
          expect(found.filter(item => item.kind !== 'www')).toEqual([]);
        },
      ),
    );
  });
});

describe('digest choose', () => {
  const offered = (realm: string, algorithm: Challenge['algorithm'], kind: Challenge['kind'] = 'www'): Challenge => ({
    ...plain,
    kind,
    realm,
    algorithm,
  });

  it('takes the best for each realm, wherever it stands', () => {
    const all = [
      offered('a', 'MD5'),
      offered('b', 'MD5-sess'),
      offered('a', 'SHA-256'),
      offered('a', 'SHA-256-sess'),
      offered('b', 'MD5'),
      offered('a', 'MD5', 'proxy'),
    ];
    expect(choose(all)).toEqual([offered('a', 'SHA-256'), offered('b', 'MD5'), offered('a', 'MD5', 'proxy')]);
    expect(choose([])).toEqual([]);
  });
});

describe('digest answer', () => {
  // RFC 7616 §3.9.1: Mufasa asks for /dir/index.html.
  const vector = {
    username: 'Mufasa',
    password: 'Circle of Life',
    method: 'GET',
    uri: '/dir/index.html',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    nc: 1,
  };
  const asked: Challenge = {
    kind: 'www',
    realm: 'http-auth@example.org',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    algorithm: 'MD5',
    qop: ['auth', 'auth-int'],
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    stale: false,
  };

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('is the %s vector of RFC 7616', (algorithm, response) => {
    expect(answer({ ...vector, challenge: { ...asked, algorithm } })).toBe(
      'Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
        `uri="/dir/index.html", response="${response}", algorithm=${algorithm}, ` +
        'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, nc=00000001, ' +
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    );
  });

  it('is the vector of RFC 2617, and that of RFC 2069 without a qop', () => {
    const old: Challenge = { ...asked, realm: 'testrealm@host.com', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' };
    const answered = answer({
      ...vector,
      challenge: { ...old, qop: ['auth'] },
      password: 'Circle Of Life',
      cnonce: '0a4f113b',
    });
    expect(answered).toContain(' response="6629fae49393a05397450978507c4ef1"');
    const bare: Challenge = { ...plain, realm: old.realm, nonce: old.nonce, qop: [] };
    expect(answer({ ...vector, challenge: bare, password: 'CircleOfLife' })).toBe(
      'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
        'uri="/dir/index.html", response="1949323746fe6a43ef61f9606e7febea", algorithm=MD5',
    );
  });

  it('agrees with another implementation of the hashes, for every algorithm and qop', () => {
    const hashes = { 'SHA-256': 'sha256', 'SHA-256-sess': 'sha256', MD5: 'md5', 'MD5-sess': 'md5' } as const;
    const question = fc.record({
      algorithm: fc.constantFrom('SHA-256' as const, 'SHA-256-sess' as const, 'MD5' as const, 'MD5-sess' as const),
      qop: fc.constantFrom<Challenge['qop']>([], ['auth'], ['auth-int'], ['auth-int', 'auth']),
      username: fc.stringMatching(/^[a-zé]{1,9}$/),
      password: fc.string(),
      body: fc.string(),
      nc: fc.integer({ min: 1, max: 0xffffffff }),
    });
    fc.assert(
      fc.property(question, ({ algorithm, qop, username, password, body, nc }) => {
        const hash = (text: string): string => createHash(hashes[algorithm]).update(text).digest('hex');
        const used = qop.includes('auth') ? 'auth' : qop[0];
        const count = nc.toString(16).padStart(8, '0');
        const first = hash(`${username}:r:${password}`);
        const ha1 = algorithm.endsWith('-sess') ? hash(`${first}:n:c`) : first;
        const ha2 = hash(`INVITE:sip:x${used === 'auth-int' ? `:${hash(body)}` : ''}`);
        const response = hash(used === undefined ? `${ha1}:n:${ha2}` : `${ha1}:n:${count}:c:${used}:${ha2}`);
        const header = answer({
          challenge: { ...plain, algorithm, qop },
          ...{ username, password, body, nc, method: 'INVITE', uri: 'sip:x', cnonce: 'c' },
        });
        expect(header).toContain(`response="${response}", algorithm=${algorithm}`);
        expect(header.includes('cnonce="c"')).toBe(used !== undefined || algorithm.endsWith('-sess'));
        expect(header.endsWith(used === undefined ? '' : `, qop=${used}, nc=${count}`)).toBe(true);
      }),
    );
  });

  it('quotes what needs it, and never ends its header', () => {
    const header = answer({ ...vector, challenge: plain, username: 'a"b\\c\r\nVia: x' });
    expect(header).toContain('username="a\\"b\\\\cVia: x"');
    fc.assert(
      fc.property(fc.string({ unit: character }), fc.string({ unit: character }), (username, cnonce) => {
        expect(answer({ ...vector, challenge: plain, username, uri: username, cnonce })).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('answers a challenge that was read, without a secret in it', () => {
    const [challenge] = parseChallenges(
      rejected('WWW-Authenticate: Digest realm="a\\"b", nonce="n", algorithm=sha-256, qop=auth'),
    );
    const header = answer({ ...vector, challenge: challenge ?? plain });
    expect(header).toContain('realm="a\\"b", nonce="n"');
    expect(header).not.toContain(vector.password);
  });
});
