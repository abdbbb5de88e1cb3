import { bufferCount, filter, firstValueFrom } from 'rxjs';
import { createClient } from '../../lib/client/client.js';
import { isRight, type Either } from '../../lib/core/either.js';
import type { Fault } from '../../lib/core/fault.js';
import type { Failure } from '../../lib/core/port.js';
import { sip } from '../../lib/sip/index.js';
import { headerValue, headerValues } from '../../lib/sip/message.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { far, type Far } from './adapter/far.js';
import { line, stopAll, webSocket, type Line } from './adapter/line.js';

const summary = (result: Either<Failure, unknown>): unknown => {
  if (isRight(result)) return 'sent';
  const { fault } = result.left;
  return [fault.code, ...(fault.statusCode === undefined ? [] : [fault.statusCode])].join(' ');
};

const order = { _tag: 'send-text', target: '102', body: 'hello', contentType: 'text/plain', headers: {} } as const;

describe('SIP adapter: MESSAGE', () => {
  let server: DevServer;
  let other: Far;
  let alice: Line;
  beforeEach(async () => {
    [server, other] = await Promise.all([startServer({ port: 0 }), far()]);
    alice = line(server, 'alice', { server: other.url });
    await alice.up();
  });
  afterEach(async () => {
    stopAll();
    await Promise.all([server.close(), other.close()]);
  });

  it('sends one as it is', async () => {
    const body = 'Grüße 👋\r\nAllow: everything\r\nSupported: \r\n\r\nsip:61@uri.invalid';
    const asked = alice.ask({ ...order, body, headers: { 'X-Thread': '7' } });
    const request = await other.next('MESSAGE');
    expect(request.startLine).toBe('MESSAGE sip:102@callstream.test SIP/2.0');
    expect(request.body).toBe(body);
    expect(headerValue(request, 'content-length')).toBe(String(Buffer.byteLength(body)));
    expect(headerValue(request, 'content-type')).toBe('text/plain');
    expect(headerValue(request, 'x-thread')).toBe('7');
    // It begins no dialog. RFC 3428 §4.
    expect(headerValues(request, 'contact')).toEqual([]);
    other.answer(request, 202);
    expect(summary(await asked)).toBe('sent');
  });

  it('sends none that a server would end the connection for', async () => {
    const long = 'ж'.repeat(8_000);
    const asked = alice.ask({ ...order, body: long, headers: { 'X-A': long } });
    other.answer(await other.next('MESSAGE'), 200);
    expect(summary(await asked)).toBe('sent');
    expect(summary(await alice.ask({ ...order, body: 'ж'.repeat(24_001) }))).toBe('too-large');
    expect(summary(await alice.ask({ ...order, body: long, headers: { 'X-A': long, 'X-B': long } }))).toBe('too-large');
    expect(other.left()).toEqual([]);
  });

  it.each([
    [404, 'not-found 404'],
    [415, 'refused 415'],
    [302, 'refused 302'],
    [503, 'server-error 503'],
  ])('says why it was not taken: %d', async (status, says) => {
    const asked = alice.ask(order);
    other.answer(await other.next('MESSAGE'), status);
    expect(summary(await asked)).toBe(says);
  });

  it.each([
    ['a target that is none', { target: 'http://x' }, 'invalid-target'],
    ['a target with another line', { target: '102\r\nX: y' }, 'invalid-target'],
    ['a type that is none', { contentType: 'text' }, 'invalid-header'],
    ['a type with another line', { contentType: 'text/plain\r\nX: y' }, 'invalid-header'],
    ['a type with a hidden line', { contentType: 'text/plain; a=\r\nX: y' }, 'invalid-header'],
    ['a header of ours', { headers: { 'Content-Length': '0' } }, 'invalid-header'],
    ['a header with another line', { headers: { 'X-A': 'b\r\nX: y' } }, 'invalid-header'],
  ])('does not send %s', async (_, wrong, says) => {
    expect(summary(await alice.ask({ ...order, ...wrong }))).toBe(says);
    expect(other.left()).toEqual([]);
  });

  it('fails when the socket goes', async () => {
    const asked = alice.ask(order);
    await other.next('MESSAGE');
    other.cut();
    expect(summary(await asked)).toBe('line-lost');
  });

  it('takes one, and says from whom', async () => {
    other.request('MESSAGE', 1, {
      headers: ['Content-Type: text/plain;charset=UTF-8', 'P-Asserted-Identity: "Bob B." <sip:102@callstream.test>'],
      body: 'hällo\r\n\r\n👋',
    });
    const answer = await other.next('200 MESSAGE');
    expect(headerValues(answer, 'contact')).toEqual([]);
    expect(await alice.take('text')).toEqual({
      _tag: 'text',
      from: { phoneNumber: '102', displayName: 'Bob B.', anonymous: false },
      body: 'hällo\r\n\r\n👋',
      contentType: 'text/plain',
    });
  });

  it.each([
    ['another kind', ['Content-Type: application/im-iscomposing+xml'], 'accept', ['text/plain', 'text/*']],
    ['no kind at all', [], 'accept', ['text/plain', 'text/*']],
    ['an encoding', ['Content-Type: text/plain', 'Content-Encoding: gzip'], 'accept-encoding', ['identity']],
  ])('refuses one of %s', async (_, headers, name, says) => {
    other.request('MESSAGE', 1, { headers, body: 'x' });
    const answer = await other.next('415 MESSAGE');
    expect(headerValues(answer, name)).toEqual(says);
    expect(alice.left('text')).toEqual([]);
  });

  it('takes a thousand at once, all of them and in their order', async () => {
    const count = 1_000;
    alice.stop();
    const client = createClient({
      calling: [sip({ server: other.url, aor: 'sip:alice@callstream.test', webSocket })],
    });
    const heard = firstValueFrom(client.message$.pipe(bufferCount(count)));
    const faults: Fault[] = [];
    client.fault$.subscribe(fault => faults.push(fault));
    const link = client.connect();
    await firstValueFrom(client.session$.pipe(filter(({ connection }) => connection === 'connected')));

    for (let sent = 0; sent < count; sent++)
      other.request('MESSAGE', 1, { headers: ['Content-Type: text/plain'], body: String(sent) });
    const texts = await heard;
    for (let answered = 0; answered < count; answered++) await other.next('200 MESSAGE');
    link.unsubscribe();
    expect(texts.map(({ body }) => body)).toEqual(Array.from({ length: count }, (_, index) => String(index)));
    expect(faults).toEqual([]);
  });
});
