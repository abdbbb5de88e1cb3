import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from 'callstream-server';
import { WebSocket } from 'ws';
import { house } from './support/house.js';

const home = house();

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** The status with which a socket of that page is refused; none, if it opens. */
const refusalOfSocket = (url: string, origin: string): Promise<number | undefined> =>
  new Promise(resolve => {
    const socket = new WebSocket(url, 'sip', { headers: { origin } });
    socket.on('unexpected-response', (_, { statusCode }) => {
      resolve(statusCode);
    });
    socket.on('open', () => {
      socket.terminate();
      resolve(undefined);
    });
    socket.on('error', () => undefined);
  });

/** Without fetch, which would tidy up the path and refuse the header. */
const raw = (
  port: number,
  path: string,
  headers: Record<string, string> = {},
  host = '127.0.0.1',
): Promise<[number, string]> =>
  new Promise((resolve, reject) => {
    request({ host, port, path, headers }, response => {
      let text = '';
      response.on('data', chunk => (text += String(chunk)));
      response.on('end', () => {
        resolve([response.statusCode ?? 0, text]);
      });
    })
      .on('error', reject)
      .end();
  });

describe('server HTTP: tokens and credentials', () => {
  it('a token gives the credentials of its user, who comes into being with it', async () => {
    const { server } = home();
    const given = (await (await post(`${server.url}/dev/token`, { user: 'Dave' })).json()) as { token: string };
    const answer = await post(`${server.url}/api/sdk/info`, { token: given.token, source: 'Website-SDK' });
    const { username, password, pid } = server.user('dave');
    expect(await answer.json()).toEqual({
      error: 0,
      message: 'success',
      data: { username, password, realm: server.realm, pid, domain: '127.0.0.1', port: server.port },
    });
    expect([username, pid]).toEqual(['dave', '104']);
    await server.token('erin');
    expect([server.user('erin').pid, server.user('carol').pid]).toEqual(['105', '103']);
  });

  it('the answer names the host that was asked', async () => {
    const { server } = home();
    const answer = await post(`http://localhost:${server.port}/api/sdk/info`, { token: await server.token('alice') });
    expect(await answer.json()).toMatchObject({ data: { domain: 'localhost', port: server.port } });
  });

  it('the two hotlines are for holders of a token', async () => {
    const { server } = home();
    const token = await server.token('alice');
    const answer = await fetch(`${server.url}/api/sdk/getHotline?token=${token}`);
    expect(await answer.json()).toMatchObject({ error: 0, data: server.hotlines });
    const refused = await fetch(`${server.url}/api/sdk/getHotline?token=none`);
    expect([refused.status, await refused.json()]).toEqual([401, { error: 401, message: 'invalid token', data: null }]);
  });

  it('a token that has expired says so, a new one works', async () => {
    const { server } = home();
    const token = await server.token('alice');
    const other = await server.token('bob');
    server.expire('alice');
    const refused = await post(`${server.url}/api/sdk/info`, { token });
    expect([refused.status, await refused.json()]).toEqual([401, { error: 401, message: 'token expired', data: null }]);
    expect((await post(`${server.url}/api/sdk/info`, { token: other })).status).toBe(200);
    expect((await post(`${server.url}/api/sdk/info`, { token: await server.token('alice') })).status).toBe(200);
  });

  it.each([
    {},
    { user: '' },
    { user: '101' },
    { user: 'a b' },
    { user: 'echo' },
    { user: 'a\r\nb' },
    { user: 7 },
    null,
  ])('%j is nobody', async body => {
    expect((await post(`${home().server.url}/dev/token`, body)).status).toBe(400);
  });

  it('a body that is not JSON, or has no end, is refused', async () => {
    const { server } = home();
    expect((await fetch(`${server.url}/dev/token`, { method: 'POST', body: '{' })).status).toBe(400);
    expect((await fetch(`${server.url}/dev/token`, { method: 'POST', body: 'x'.repeat(20_000) })).status).toBe(400);
  });

  it('answers as a spec orders, so often', async () => {
    const { server } = home();
    const path = '/api/sdk/info';
    server.respondHttp(path, { status: 200, contentType: 'text/html', body: '<h1>proxy</h1>' });
    expect(await (await post(server.url + path, { token: await server.token('alice') })).text()).toBe('<h1>proxy</h1>');
    expect((await post(server.url + path, { token: await server.token('alice') })).status).toBe(200);
  });
});

describe('server HTTP: hosts and origins', () => {
  it.each([
    'http://localhost:3000',
    'https://app.localhost',
    'http://127.0.0.1',
    'http://127.9.9.9:1',
    'http://[::1]:80',
  ])('a page of this machine: %s, with a preflight', async origin => {
    const { server } = home();
    const preflight = await fetch(`${server.url}/api/sdk/info`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-headers': 'content-type,x-more' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('vary')).toBe('Origin');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type,x-more');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    expect((await post(`${server.url}/dev/token`, {})).headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    'https://a.example',
    'null',
    'http://localhost.a.example',
    'http://127.0.0.1.nip.io',
    'http://localhost@a.example',
    'file://',
    '',
  ])('no other page: %p', async origin => {
    const { server } = home();
    for (const method of ['POST', 'OPTIONS']) {
      const answer = await fetch(`${server.url}/dev/token`, {
        method,
        headers: { origin },
        ...(method === 'POST' ? { body: '{"user":"eve"}' } : {}),
      });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      expect(answer.headers.get('access-control-allow-private-network')).toBeNull();
      expect(await answer.text()).not.toContain('token"');
    }
    expect(await refusalOfSocket(server.wsUrl, origin)).toBe(403);
    expect(await refusalOfSocket(server.wsUrl.replace('/ws', '/v2/rtc/?EIO=4&transport=websocket'), origin)).toBe(403);
  });

  it('a page that was named', async () => {
    const server = await startServer({ port: 0, allowOrigins: ['https://app.example.com/'] });
    try {
      const answer = await fetch(`${server.url}/dev/token`, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example.com' },
      });
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    } finally {
      await server.close();
    }
    for (const wrong of ['*', 'app.example.com', 'https://app.example.com/path', 'data:x'])
      await expect(startServer({ port: 0, allowOrigins: [wrong] })).rejects.toThrow(TypeError);
  });

  it.each([
    ['localhost:1', 200],
    ['127.0.0.1', 200],
    ['[::1]:99', 200],
    ['evil.example', 403],
    ['localhost.evil.example:80', 403],
    ['127.0.0.1.nip.io', 403],
  ])('a request for host %s gets %i', async (host, status) => {
    expect((await raw(home().server.port, '/', { host }))[0]).toBe(status);
  });

  it('a socket for another host, path or subprotocol is refused', async () => {
    const { server } = home();
    const status = (path: string, protocol: string, host?: string): Promise<number> =>
      new Promise(resolve => {
        const socket = new WebSocket(
          `ws://127.0.0.1:${server.port}${path}`,
          protocol,
          host ? { headers: { host } } : {},
        );
        socket.on('unexpected-response', (_, response) => {
          resolve(response.statusCode ?? 0);
        });
        socket.on('open', () => {
          socket.terminate();
          resolve(101);
        });
        socket.on('error', () => undefined);
      });
    expect(await status('/ws', 'sip')).toBe(101);
    expect(await status('/ws', 'sip', 'evil.example')).toBe(403);
    expect(await status('/other', 'sip')).toBe(404);
    expect(await status('/ws', 'chat')).toBe(400);
  });

  it('listens on ::1 under the same number', async () => {
    const { server } = home();
    expect((await raw(server.port, '/', {}, '::1'))[0]).toBe(200);
  });

  it('says so when the port is taken', async () => {
    const { server } = home();
    await expect(startServer({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('server HTTP: static files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callstream-'));
    await mkdir(join(folder, 'page', 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await writeFile(join(folder, 'page', 'index.html'), '<p>phone</p>');
    await writeFile(join(folder, 'page', 'assets', 'app.js'), 'run()');
    await symlink(join(folder, 'secret.txt'), join(folder, 'page', 'link.txt'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is sent with its type, and nothing from outside its folder', async () => {
    const server = await startServer({ port: 0, page: join(folder, 'page') });
    const index = await fetch(server.url);
    expect([index.headers.get('content-type'), await index.text()]).toEqual([
      'text/html; charset=utf-8',
      '<p>phone</p>',
    ]);
    const script = await fetch(`${server.url}/assets/app.js`);
    expect([script.headers.get('content-type'), await script.text()]).toEqual([
      'text/javascript; charset=utf-8',
      'run()',
    ]);
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/../../secret.txt',
      '/link.txt',
      '/%00',
      '/%',
    ]) {
      expect([path, ...(await raw(server.port, path))]).toEqual([path, 404, 'not found\n']);
    }
    await server.close();
  });

  it('says how to build it while there is none', async () => {
    const answer = await fetch(home().server.url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('npm run page');
  });
});
