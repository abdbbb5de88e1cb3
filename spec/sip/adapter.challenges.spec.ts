import { headerOf, liveClient, type Live } from '../support/fuzz.js';
import { browserOffer } from '../support/standin.js';
import { dial, outcome, response } from '../fuzz/talk.js';

/*
 * Several proxies and servers on the way of one request want credentials. RFC 3261 §22.
 */
const credentials = { username: 'bob', password: 'secret' };
const digest = (realm: string, more = ''): string => `Digest realm="${realm}", nonce="n-${realm}", qop="auth"${more}`;

const challenged = (asked: string, status: number, ...challenges: readonly string[]): string =>
  response(asked, `${status} Who`).replace('\r\n', `\r\n${challenges.map(line => `${line}\r\n`).join('')}`);
const proxy = (realm: string, more = ''): string => `Proxy-Authenticate: ${digest(realm, more)}`;
const server = (realm: string, more = ''): string => `WWW-Authenticate: ${digest(realm, more)}`;

/** The realms that a request brings credentials for: `edge` for a proxy, `@pbx` for a server. */
const realmsIn = (request: string): readonly string[] =>
  [...request.matchAll(/^(Proxy-)?Authorization: Digest .*realm="(\w+)"/gm)]
    .map(([, isProxy, realm]) => `${isProxy === undefined ? '@' : ''}${realm ?? ''}`)
    .sort();

describe('SIP adapter: credentials for several realms', () => {
  let live: Live;
  beforeEach(async () => {
    live = await liveClient({ credentials });
  });
  afterEach(() => live.close());

  const sent = (method: string): Promise<string> => live.sent.take(text => text.startsWith(`${method} `));
  const register = (ref: string): void => {
    live.perform({ _tag: 'register', ref, expires: 600 });
  };

  it('an INVITE that is challenged by a proxy, then by a server, brings both', async () => {
    const { call, invite } = await dial(live);
    live.send(challenged(invite, 407, proxy('edge')));
    const second = await sent('INVITE');
    expect(realmsIn(second)).toEqual(['edge']);
    live.send(challenged(second, 401, server('pbx')));
    const third = await sent('INVITE');
    expect(realmsIn(third)).toEqual(['@pbx', 'edge']);
    live.send(response(third, '200 OK', browserOffer()));
    await live.reported.take(({ _tag }) => _tag === 'accepted');
    // The ACK to a 2xx has what its INVITE had: RFC 3261 §13.2.2.4.
    const ack = await live.sent.take(text => text.startsWith('ACK ') && headerOf(text, 'CSeq') === '3 ACK');
    expect(realmsIn(ack)).toEqual(['@pbx', 'edge']);
    expect(headerOf(ack, 'Authorization')).toBe(headerOf(third, 'Authorization'));
    live.perform({ _tag: 'end', call });
  });

  it('a REGISTER the same, and one that takes its leave says both in advance', async () => {
    register('first');
    const first = await sent('REGISTER');
    live.send(challenged(first, 407, proxy('edge')));
    const second = await sent('REGISTER');
    live.send(challenged(second, 401, server('pbx')));
    const third = await sent('REGISTER');
    expect(realmsIn(third)).toEqual(['@pbx', 'edge']);
    live.send(response(third, '200 OK'));
    expect(await outcome(live, 'first')).toBe('Right');
    live.perform({ _tag: 'unregister', ref: 'last' });
    expect(realmsIn(await sent('REGISTER'))).toEqual(['@pbx', 'edge']);
  });

  it('all challenges of one response are answered, each realm by its best algorithm', async () => {
    const { invite } = await dial(live);
    live.send(
      challenged(
        invite,
        407,
        proxy('edge', ', algorithm=MD5'),
        proxy('edge', ', algorithm=SHA-256'),
        proxy('core'),
        server('pbx'),
      ),
    );
    const second = await sent('INVITE');
    expect(realmsIn(second)).toEqual(['@pbx', 'core', 'edge']);
    expect(second).toMatch(/realm="edge".*algorithm=SHA-256/);
  });

  it('a proxy and a server of one realm are two', async () => {
    register('one realm');
    live.send(challenged(await sent('REGISTER'), 407, proxy('pbx')));
    live.send(challenged(await sent('REGISTER'), 401, server('pbx')));
    expect(realmsIn(await sent('REGISTER'))).toEqual(['@pbx', 'pbx']);
  });

  it.each([
    ['MESSAGE', { _tag: 'send-text', target: '7', body: 'x', contentType: 'text/plain', headers: {} }],
    ['SUBSCRIBE', { _tag: 'watch', watch: 'w', package: 'dialog', uri: '7', expires: 600, anew: true }],
  ] as const)('a %s the same', async (method, order) => {
    live.perform({ ...order, ref: method });
    live.send(challenged(await sent(method), 407, proxy('edge')));
    live.send(challenged(await sent(method), 401, server('pbx')));
    const third = await sent(method);
    expect(realmsIn(third)).toEqual(['@pbx', 'edge']);
    live.send(response(third, '200 OK'));
    expect(await outcome(live, method)).toBe('Right');
  });

  it('the same realm asks again: the password is refused, and nobody is asked any more', async () => {
    const { call, invite } = await dial(live);
    live.send(challenged(invite, 407, proxy('edge')));
    live.send(challenged(await sent('INVITE'), 401, server('pbx')));
    live.send(challenged(await sent('INVITE'), 407, proxy('edge')));
    expect(await live.reported.take(({ _tag }) => _tag === 'ended')).toMatchObject({ call, cause: 'unauthorized' });
    expect((await live.react()).sent.filter(text => text.startsWith('INVITE '))).toEqual([]);
  });

  it('a nonce that is too old is replaced, once', async () => {
    register('stale');
    live.send(challenged(await sent('REGISTER'), 401, server('pbx')));
    live.send(challenged(await sent('REGISTER'), 401, server('pbx', ', stale=true').replace('n-pbx', 'n-2')));
    const third = await sent('REGISTER');
    expect(third).toContain('nonce="n-2"');
    live.send(challenged(third, 401, server('pbx', ', stale=true').replace('n-pbx', 'n-3')));
    expect(await outcome(live, 'stale')).toBe('Left');
  });

  it('a chain of ever new realms has an end', async () => {
    register('chain');
    let asked = 0;
    for (let next = await sent('REGISTER'); ; next = await sent('REGISTER')) {
      live.send(challenged(next, 407, proxy(`r${++asked}`)));
      const { sent: more, reported } = await live.react();
      if (reported.some(report => report._tag === 'done')) break;
      for (const text of more) live.sent.put(text);
    }
    expect(asked).toBeLessThan(12);
  });
});
