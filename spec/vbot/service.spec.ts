import { VBotError } from '../../lib/vbot/error.js';
import type { VBotOptions } from '../../lib/vbot/options.js';
import { fetchAccount, fetchHotlines } from '../../lib/vbot/service.js';

const data = {
  username: 'alice',
  password: 'secret',
  realm: 'callstream.test',
  pid: '101',
  domain: '127.0.0.1',
  port: '8080',
};

type Request = { readonly url: string; readonly init: RequestInit };

/** A service that gives one answer and remembers what it was asked. */
const answering = (answer: () => Response | Promise<Response>): { asked: Request[]; options: VBotOptions } => {
  const asked: Request[] = [];
  return {
    asked,
    options: {
      fetch: (url, init = {}) => {
        asked.push({ url: new Request(url).url, init });
        return Promise.resolve().then(answer);
      },
    },
  };
};

const json =
  (body: unknown, status = 200) =>
  (): Response =>
    new Response(JSON.stringify(body), { status });
const ok = (of: unknown): (() => Response) => json({ error: 0, message: 'success', data: of });

const failure = async (promise: Promise<unknown>): Promise<VBotError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof VBotError)) throw new Error('no VBotError');
  return error;
};

describe('/api/sdk/info', () => {
  it('is asked with the token and the source', async () => {
    const { asked, options } = answering(ok(data));
    await expect(fetchAccount('T0KEN', options)).resolves.toEqual(data);
    expect(asked.map(({ url }) => url)).toEqual(['https://open-api.vbot.vn/api/sdk/info']);
    const { method, headers, body } = asked[0]!.init;
    expect(method).toBe('POST');
    expect(headers).toEqual({ 'Content-Type': 'application/json; charset=UTF-8' });
    expect(JSON.parse(body as string)).toEqual({ token: 'T0KEN', source: 'Website-SDK' });
  });

  it('takes every value as an option', async () => {
    const { asked, options } = answering(ok(data));
    await fetchAccount('T0KEN', { ...options, baseUrl: 'https://a.example', infoPath: '/me', source: 'Kiosk' });
    expect(asked[0]!.url).toBe('https://a.example/me');
    expect(JSON.parse(asked[0]!.init.body as string)).toEqual({ token: 'T0KEN', source: 'Kiosk' });
  });

  it('is not asked where the account comes from elsewhere', async () => {
    const { asked, options } = answering(ok(data));
    const account = (token: string) => Promise.resolve({ ...data, username: token });
    await expect(fetchAccount('bob', { ...options, account })).resolves.toMatchObject({ username: 'bob' });
    expect(asked).toEqual([]);
  });

  it('may write numbers as numbers', async () => {
    const { options } = answering(ok({ ...data, pid: 101, port: 8080 }));
    await expect(fetchAccount('T0KEN', options)).resolves.toEqual(data);
  });

  const html = (status: number) => (): Response =>
    new Response('<html>T0KEN</html>', { status, statusText: 'Internal Server Error' });

  it.each([
    ['an error in the envelope', json({ error: 401, message: 'token expired' }), 'unauthorized', 401, 'token expired'],
    ['an error as text', json({ error: '403', message: 'no' }), 'forbidden', 403, 'no'],
    ['an error of its own', json({ error: 7, message: 'no such member' }), 'refused', 200, 'no such member'],
    ['HTTP 401 with words', json({ error: 401, message: 'expired' }, 401), 'unauthorized', 401, 'expired'],
    ['HTTP 503 with words', json({ error: 1, message: 'later' }, 503), 'server-error', 503, 'later'],
    ['HTTP 404 with HTML', html(404), 'not-found', 404, '404 Internal Server Error'],
    ['HTTP 500 with HTML', html(500), 'server-error', 500, '500 Internal Server Error'],
    ['HTML', html(200), 'bad-answer', 200, /cannot be understood/],
    ['nothing', () => new Response(''), 'bad-answer', 200, /cannot be understood/],
    ['no envelope', json([data]), 'bad-answer', 200, /cannot be understood/],
    ['no data', json({ error: 0 }), 'bad-answer', undefined, /cannot be understood/],
    ['half an account', ok({ ...data, realm: null }), 'bad-answer', undefined, /cannot be understood/],
  ])('%s rejects', async (_, answer, code, statusCode, message) => {
    const error = await failure(fetchAccount('T0KEN', answering(answer).options));
    expect(error).toMatchObject({ name: 'VBotError', code, fault: { code } });
    expect(error.fault.statusCode).toBe(statusCode);
    expect(error.message).toMatch(message);
  });

  it.each([
    ['that is sent back', 'The token T0KEN is unknown'],
    ['in a field', '{"token":"other"}'],
    ['that is another', 'got eyJhbGciOi.J9.x'],
  ])('passes on no token %s', async (_, message) => {
    const error = await failure(fetchAccount('T0KEN', answering(json({ error: 1, message })).options));
    expect(error.message).toContain('[redacted]');
    expect(JSON.stringify(error.fault)).not.toMatch(/T0KEN|other|eyJ/);
  });

  it('passes on words of bounded length on one line', async () => {
    const message = `bad\r\nthing ${'x'.repeat(5000)}`;
    const error = await failure(fetchAccount('T0KEN', answering(json({ error: 1, message })).options));
    expect(error.message).toMatch(/^bad thing x+$/);
    expect(error.message).toHaveLength(200);
  });

  it('repeats nothing of an answer that it cannot read', async () => {
    const error = await failure(fetchAccount('T0KEN', answering(ok({ ...data, port: null })).options));
    expect(JSON.stringify([error.message, error.fault])).not.toMatch(/secret|alice/);
  });

  it('rejects where nobody answers', async () => {
    const { options } = answering(() => Promise.reject(new TypeError('fetch failed: ?token=T0KEN')));
    const error = await failure(fetchAccount('T0KEN', options));
    expect(error.fault).toMatchObject({ code: 'no-line', retryable: true, cause: { name: 'TypeError' } });
    expect(JSON.stringify(error.fault)).not.toContain('T0KEN');
  });

  it('sends no token over http: to far away', async () => {
    const { asked, options } = answering(ok(data));
    const error = await failure(fetchAccount('T0KEN', { ...options, baseUrl: 'http://api.example.com' }));
    expect(error.code).toBe('unsupported');
    expect(asked).toEqual([]);
  });
});

describe('/api/sdk/getHotline', () => {
  it('gives names and numbers, and nothing else', async () => {
    const { asked, options } = answering(
      ok([
        { name: 'Sales', phoneNumber: '19001000', id: 1 },
        { name: 'Support', phoneNumber: 19002000 },
      ]),
    );
    await expect(fetchHotlines('T0KEN', options)).resolves.toEqual([
      { name: 'Sales', phoneNumber: '19001000' },
      { name: 'Support', phoneNumber: '19002000' },
    ]);
    expect(asked[0]).toMatchObject({
      url: 'https://open-api.vbot.vn/api/sdk/getHotline?token=T0KEN',
      init: { method: 'GET' },
    });
  });

  it('escapes the token', async () => {
    const { asked, options } = answering(ok([]));
    await fetchHotlines('a&b=c#d', options);
    expect(asked[0]!.url).toBe('https://open-api.vbot.vn/api/sdk/getHotline?token=a%26b%3Dc%23d');
  });

  it('may be an empty list', async () => {
    await expect(fetchHotlines('T0KEN', answering(ok([])).options)).resolves.toEqual([]);
  });

  it.each([
    ['an error', json({ error: 401, message: 'token expired' }, 401), 'unauthorized'],
    ['no list', ok({}), 'bad-answer'],
    ['a list of something else', ok([{ name: 'Sales' }]), 'bad-answer'],
  ])('%s rejects', async (_, answer, code) => {
    expect((await failure(fetchHotlines('T0KEN', answering(answer).options))).code).toBe(code);
  });
});
