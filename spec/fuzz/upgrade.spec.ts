import { connect } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { startServer, type DevServer } from 'callstream-server';
import { WebSocket } from 'ws';
import { runs } from '../support/runs.js';

let server: DevServer;
const failures: unknown[] = [];
const note = (error: unknown): void => {
  failures.push(error);
};

beforeAll(async () => {
  process.on('uncaughtException', note).on('unhandledRejection', note);
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  process.off('uncaughtException', note).off('unhandledRejection', note);
  await server.close();
});

/** Says something, and waits until the server has answered and hung up, or has been silent and is hung up on. */
const talk = async (text: string): Promise<string> => {
  const socket = connect(server.port, '127.0.0.1');
  let heard = '';
  socket.on('data', data => (heard += data.toString('latin1')));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.end(text, 'latin1');
  await once(socket, 'close');
  return heard;
};

const expectAlive = async (): Promise<void> => {
  expect(failures).toEqual([]);
  const answer = await fetch(`${server.url}/dev/token`, { method: 'POST', body: '{"user":"alice"}' });
  expect(answer.status).toBe(200);
};

const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const upgrading = (target: string, ...more: readonly string[]): string =>
  [
    `GET ${target} HTTP/1.1`,
    `Host: 127.0.0.1:${String(server.port)}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    ...more,
    '',
    '',
  ].join('\r\n');

const target = fc.oneof(
  fc.constantFrom(
    '//',
    '///',
    '/ws//',
    '//ws',
    '*',
    '',
    '/%',
    '/%zz',
    'http://',
    'http://[',
    '/\\',
    '//[',
    '/ws?#',
    '/v2/rtc/',
    '/v2/rtc/?EIO=9',
  ),
  fc.string({ unit: 'grapheme-ascii' }).map(text => `/${text.replace(/\s/g, '')}`),
  fc
    .array(fc.constantFrom('/', '\\', '[', ']', '%', '@', ':', '?', '#', 'ws', 'v2', '..', '\u0080'))
    .map(parts => parts.join('')),
);
const header = fc.oneof(
  fc.constantFrom(
    key,
    'Sec-WebSocket-Protocol: sip',
    'Sec-WebSocket-Protocol: ,',
    'Origin: http://[',
    'Host: [',
    'Sec-WebSocket-Key: x',
    'Sec-WebSocket-Extensions: permessage-deflate; x="',
    'Transfer-Encoding: chunked',
    'Content-Length: 5',
    'Expect: 100-continue',
  ),
  fc.string({ unit: 'grapheme-ascii' }).map(text => `X-A: ${text.replace(/[\r\n]/g, '')}`),
);
const method = fc.constantFrom('GET', 'POST', 'OPTIONS', 'CONNECT', 'TRACE', 'PRI', 'get', 'X');

it.each(['//', '///', '//[', '/ws//', '*', 'http://[', '/\\\\'])('an upgrade to %s is refused', async path => {
  expect(await talk(upgrading(path, key, 'Sec-WebSocket-Protocol: sip'))).toMatch(/^HTTP\/1\.1 40[04] /);
  await expectAlive();
});

it('a page that opens a socket with no path gets none', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${String(server.port)}//`);
  await once(socket, 'error');
  await expectAlive();
});

it('no request line and no upgrade ends the server', async () => {
  await fc.assert(
    fc.asyncProperty(
      method,
      target,
      fc.array(header, { maxLength: 4 }),
      fc.boolean(),
      async (verb, path, headers, isUpgrade) => {
        const text = isUpgrade
          ? upgrading(path, ...headers)
          : [`${verb} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n');
        await talk(text);
        expect(failures).toEqual([]);
      },
    ),
    runs(0.3),
  );
  await expectAlive();
});

it('no frame ends the server', async () => {
  const token = await server.token('alice');
  const frames = fc.oneof(
    fc.string({ unit: 'grapheme-ascii' }),
    fc.constantFrom(
      '4',
      '40',
      '40/',
      '42',
      '42[',
      '42["session:logout"]',
      '42["session:logout",{"tid":[]}]',
      '451-["x",{"_placeholder":true,"num":0}]',
      '3',
      '2probe',
      '5',
      '6',
      '0{',
      '43',
      '44{}',
    ),
    fc.nat({ max: 9000 }).map(depth => `42["session:logout",{"tid":${'['.repeat(depth)}${']'.repeat(depth)}}]`),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frames, { maxLength: 8 }), async said => {
      const socket = new WebSocket(
        `ws://127.0.0.1:${String(server.port)}/v2/rtc/?EIO=4&transport=websocket&token=${token}`,
      );
      socket.on('error', () => undefined);
      await once(socket, 'open');
      const closed = once(socket, 'close');
      said.forEach(frame => {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      });
      socket.close();
      await closed;
      expect(failures).toEqual([]);
    }),
    runs(0.15),
  );
  await expectAlive();
});
