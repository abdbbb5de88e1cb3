import { isLeft } from '../../lib/core/either.js';
import { serviceUrl, socketUrl } from '../../lib/vbot/address.js';
import type { VBotAccount } from '../../lib/vbot/options.js';

const account = (domain: string, port = '7443'): VBotAccount => ({
  username: 'alice',
  password: 'secret',
  realm: 'callstream.test',
  pid: '101',
  domain,
  port,
});

const socket = (...given: Parameters<typeof socketUrl>): string => {
  const url = socketUrl(...given);
  return isLeft(url) ? url.left.code : url.right;
};
const service = (...given: Parameters<typeof serviceUrl>): string => {
  const url = serviceUrl(...given);
  return isLeft(url) ? url.left.code : url.right.href;
};

describe('vbot serviceUrl', () => {
  it.each([
    [undefined, 'https://open-api.vbot.vn/api/sdk/info'],
    ['https://api.example.com', 'https://api.example.com/api/sdk/info'],
    ['http://localhost:8080', 'http://localhost:8080/api/sdk/info'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/api/sdk/info'],
    ['http://127.1.2.3', 'http://127.1.2.3/api/sdk/info'],
    ['http://[::1]:8080', 'http://[::1]:8080/api/sdk/info'],
    ['http://api.example.com', 'unsupported'],
    ['http://127.0.0.1.example.com', 'unsupported'],
    ['http://localhost.example.com', 'unsupported'],
    ['http://localhost@example.com', 'unsupported'],
    ['ftp://localhost', 'unsupported'],
    ['nonsense', 'unsupported'],
  ])('%s', (baseUrl, expected) => {
    expect(service('/api/sdk/info', baseUrl === undefined ? {} : { baseUrl })).toBe(expected);
  });

  it('takes no other origin by way of a path', () => {
    expect(service('http://example.com/api', {})).toBe('unsupported');
  });
});

describe('vbot socketUrl', () => {
  it.each([
    ['https: gives wss:', account('pbx.example.com'), {}, 'wss://pbx.example.com:7443/ws'],
    ['http: on loopback gives ws:', account('127.0.0.1'), { baseUrl: 'http://localhost' }, 'ws://127.0.0.1:7443/ws'],
    ['an IPv6 domain', account('::1'), { baseUrl: 'http://[::1]:80' }, 'ws://[::1]:7443/ws'],
    [
      'no ws: to far away',
      account('pbx.example.com'),
      { baseUrl: 'http://localhost' },
      'wss://pbx.example.com:7443/ws',
    ],
    ['no ws: for https:', account('localhost'), {}, 'wss://localhost:7443/ws'],
    [
      'webSocketUrl wins',
      account('a b'),
      { webSocketUrl: 'wss://other.example.com/sip' },
      'wss://other.example.com/sip',
    ],
    ['another path', account('pbx.example.com'), { socketPath: '/sip' }, 'wss://pbx.example.com:7443/sip'],
    ['http: from far away', account('127.0.0.1'), { baseUrl: 'http://api.example.com' }, 'unsupported'],
    ['no domain', account(''), {}, 'bad-answer'],
    ['a path in the domain', account('pbx.example.com/x?'), {}, 'bad-answer'],
    ['a user in the domain', account('a@b'), {}, 'bad-answer'],
    ['a port that is none', account('pbx.example.com', '70000'), {}, 'bad-answer'],
    ['a path in the port', account('pbx.example.com', '1/x'), {}, 'bad-answer'],
  ])('%s', (_, who, options, expected) => {
    expect(socket(who, options)).toBe(expected);
  });
});
