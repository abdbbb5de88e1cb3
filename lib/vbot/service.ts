import * as t from 'io-ts';
import { isLeft } from '../core/either.js';
import { fault, type Fault, type FaultCode } from '../core/fault.js';
import { serviceUrl } from './address.js';
import { VBotError } from './error.js';
import type { VBotHotline } from './model.js';
import { defaults, type VBotAccount, type VBotOptions } from './options.js';
import { orThrow } from './promise.js';

/** Text, also where the service writes it as a number. */
const text = new t.Type<string, string, unknown>(
  'text',
  t.string.is,
  (value, context) =>
    typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
      ? t.success(String(value))
      : t.failure(value, context),
  t.identity,
);
const Envelope = t.intersection([t.type({ error: text }), t.partial({ message: t.unknown, data: t.unknown })]);
const Account = t.type({ username: text, password: text, realm: text, pid: text, domain: text, port: text });
const Hotlines = t.array(t.type({ name: text, phoneNumber: text }));

/** How long an answer may take, in ms. */
const patience = 10_000;
/** Longest quotation of the server, in characters. */
const longest = 200;

function codeOf(status: number): FaultCode {
  const known: Readonly<Partial<Record<number, FaultCode>>> = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
  };
  return known[status] ?? (status >= 500 ? 'server-error' : 'refused');
}

/** The server's message without control characters and token, cut. */
function readable(words: unknown, secret: string): string | undefined {
  const line = typeof words === 'string' ? words.replace(/\p{Cc}+/gu, ' ').trim() : '';
  const safe = secret === '' ? line : line.replaceAll(secret, '[redacted]');
  return safe === '' ? undefined : safe.slice(0, longest);
}

function refusal(status: number, message: string | undefined): Fault {
  return fault(codeOf(status), { ...(message === undefined ? {} : { message }), statusCode: status });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** The `data` of one answer. Throws `VBotError`: no answer, an HTTP error, an error in the envelope, or no envelope. */
async function ask(url: URL, init: RequestInit, token: string, options: VBotOptions): Promise<unknown> {
  const request = options.fetch ?? globalThis.fetch;
  const response = await request(url, { ...init, signal: AbortSignal.timeout(patience) }).catch((cause: unknown) => {
    throw new VBotError(fault('no-line', { message: 'The service cannot be reached.', cause }));
  });
  const body = await response.text().catch(() => '');
  const decoded = Envelope.decode(parse(body));
  const { status } = response;
  if (isLeft(decoded)) {
    throw new VBotError(
      response.ok
        ? fault('bad-answer', { statusCode: status })
        : refusal(status, readable(`${status} ${response.statusText}`, token)),
    );
  }
  const { error, message, data } = decoded.right;
  const words = readable(message, token);
  if (!response.ok) throw new VBotError(refusal(status, words));
  if (Number(error) !== 0) throw new VBotError(refusal(/^[3-6]\d\d$/.test(error) ? Number(error) : status, words));
  return data;
}

function decode<A>(codec: t.Type<A, unknown>, data: unknown): A {
  const decoded = codec.decode(data);
  // An undecodable body is not quoted: it may contain the password.
  if (isLeft(decoded)) throw new VBotError(fault('bad-answer'));
  return decoded.right;
}

/** Exchanges the token for an account. Rejects with `VBotError`, which carries the server's words, redacted. */
export async function fetchAccount(token: string, options: VBotOptions): Promise<VBotAccount> {
  if (options.account !== undefined) return options.account(token);
  const { infoPath = defaults.infoPath, source = defaults.source } = options;
  const url = orThrow(serviceUrl(infoPath, options));
  const data = await ask(
    url,
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json; charset=UTF-8' },
      body: JSON.stringify({ token, source }),
    },
    token,
    options,
  );
  return decode(Account, data);
}

/** The hotlines that the holder of the token may call from; there may be none. Rejects with `VBotError`. */
export async function fetchHotlines(token: string, options: VBotOptions): Promise<readonly VBotHotline[]> {
  const url = orThrow(serviceUrl(options.hotlinePath ?? defaults.hotlinePath, options));
  url.searchParams.set('token', token);
  const hotlines = decode(Hotlines, await ask(url, { method: 'GET' }, token, options));
  return hotlines.map(({ name, phoneNumber }) => ({ name, phoneNumber }));
}
