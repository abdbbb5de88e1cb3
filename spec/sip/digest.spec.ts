import * as fc from 'fast-check';
import { answer, choose, parseChallenges, type Challenge } from '../../lib/sip/digest.js';

const rejected = (...lines: readonly string[]): string => ['SIP/2.0 401 Unauthorized', ...lines, '', ''].join('\r\n');
const plain: Challenge = { kind: 'www', realm: 'r', nonce: 'n', algorithm: 'MD5', qop: ['auth'], stale: false };

describe('parseChallenges', () => {
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

describe('choose', () => {
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

describe('answer', () => {
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
});
