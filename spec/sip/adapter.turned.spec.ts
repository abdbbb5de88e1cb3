import { startServer, type DevServer } from '../../server/lib/index.js';
import type { Frame, Phone } from '../../server/spec/support/phone.js';
import { established, registered } from './adapter/caller.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { answerTo, closeFar } from './adapter/platform.js';
import { dial } from './adapter/talk.js';

const sdp = 'Content-Type: application/sdp';

describe('SIP adapter: unusual responses to an INVITE', () => {
  let server: DevServer;
  let bob: Line;
  let alice: Phone;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
    bob = line(server, 'bob', { showHeaders: ['X-Customer', 'User-Agent'] });
    await bob.up();
    alice = await registered(server, 'alice');
  });
  afterEach(async () => {
    alice.socket.terminate();
    closeFar();
    stopAll();
    await server.close();
  });
  const called = async (): Promise<Frame> => {
    await dial(bob, 'B', '101');
    return alice.expect('INVITE');
  };

  it('it is to go somewhere else, best first, and is placed there', async () => {
    const invite = await called();
    const contacts = [
      'Contact: "Home" <sip:home@a.test>;q=0.5, <tel:+15551>, <sip:echo@callstream.test>;q=0.7',
      'Contact: <https://example.com/>, <sips:safe@a.test>, <sip:home@a.test>;q=0.1, <sip:x@a.test?Subject=y>',
    ];
    alice.send(alice.answer(invite, 302, contacts));
    const turned = await bob.take('redirected');
    expect(turned).toMatchObject({
      call: 'B',
      targets: [
        'sip:+15551@callstream.test',
        'sips:safe@a.test',
        'sip:x@a.test',
        'sip:echo@callstream.test',
        'sip:home@a.test',
      ],
      end: { by: 'remote', cause: 'redirected', statusCode: 302 },
    });
    const sent = server.next({ method: 'INVITE', from: 'client', user: 'bob' });
    bob.perform({ _tag: 'place', call: 'B', again: { target: 'sip:alice@callstream.test' } });
    const { raw } = await sent;
    expect(raw).toMatch(/^INVITE sip:alice@callstream\.test SIP\/2\.0\r\n/);
    expect(raw).toContain(`Call-ID: ${invite.one('Call-ID')}\r\n`);
    expect(raw).toMatch(/^To: <sip:101@callstream\.test>\r$/m);
    const second = await alice.expect('INVITE');
    alice.send(alice.answer(second, 200, [`Contact: <${alice.contact}>`, sdp], await answerTo(second.body)));
    expect(await bob.take('accepted')).toMatchObject({ call: 'B' });
    bob.perform({ _tag: 'end', call: 'B' });
  });

  it('it is to go nowhere that can be called', async () => {
    alice.send(alice.answer(await called(), 302, ['Contact: <https://example.com/>']));
    expect(await bob.take('ended')).toMatchObject({ cause: 'redirected', statusCode: 302 });
  });

  it('it can be forgotten once it was turned back', async () => {
    alice.send(alice.answer(await called(), 302, ['Contact: <sip:home@a.test>']));
    await bob.take('redirected');
    bob.perform({ _tag: 'forget', call: 'B' });
    expect(await bob.ask({ _tag: 'stats', call: 'B' })).toMatchObject({ left: { fault: { code: 'no-such-call' } } });
  });

  it('it is to come back later', async () => {
    alice.send(alice.answer(await called(), 480, ['Retry-After: 7 (at lunch)']));
    expect(await bob.take('ended')).toMatchObject({ statusCode: 480, retryAfter: 7000 });
  });

  it('it shows the headers that the account wants to see', async () => {
    const invite = await called();
    alice.send(
      alice.answer(invite, 180, [`Contact: <${alice.contact}>`, 'x-customer: 7', 'X-Customer: 8', 'X-Other: 9']),
    );
    expect((await bob.take('progress')).headers).toEqual({ 'X-Customer': '7, 8' });
    const headers = [`Contact: <${alice.contact}>`, sdp, 'User-Agent: hand'];
    alice.send(alice.answer(invite, 200, headers, await answerTo(invite.body)));
    expect((await bob.take('accepted')).headers).toEqual({ 'User-Agent': 'hand' });
  });

  it('it shows them when it comes in', async () => {
    const { incoming } = await established(alice, bob, '102', ['X-Customer: 42']);
    expect(incoming.headers).toEqual({ 'X-Customer': '42' });
  });

  it('another branch answers than the one that has been heard', async () => {
    const invite = await called();
    const by = (tag: string, status: number, body: string): string =>
      alice.answer(invite, status, [`Contact: <${alice.contact}>`, sdp], body).replace(/;tag=alice\r/, `;tag=${tag}\r`);
    alice.send(by('one', 183, await answerTo(invite.body)));
    await bob.take('progress');
    alice.send(by('two', 200, await answerTo(invite.body)));
    expect(await bob.take('accepted')).toMatchObject({ call: 'B', forked: true });
  });

  it('texts within it are taken, and nothing else', async () => {
    const { say, call } = await established(alice, bob, '102');
    say('MESSAGE', 1, ['Content-Type: text/plain;charset=utf-8'], 'Grüße');
    expect((await alice.expect('* MESSAGE')).status).toBe(200);
    expect(await bob.take('message')).toEqual({
      _tag: 'message',
      call,
      body: 'Grüße',
      contentType: 'text/plain',
    });
    say('MESSAGE', 2, ['Content-Type: image/png'], 'x');
    const refused = await alice.expect('* MESSAGE');
    expect([refused.status, refused.one('Accept')]).toEqual([415, 'text/*']);
    expect(bob.left('message')).toEqual([]);
  });

  it('an offer while one is being answered is to wait', async () => {
    const { say, side } = await established(alice, bob, '102');
    const body = await side.offer();
    say('UPDATE', 1, [sdp], body);
    await bob.take('offered');
    say('UPDATE', 2, [sdp], body);
    const later = await alice.expect('500 UPDATE');
    expect(later.one('Retry-After')).toMatch(/^(?:\d|10)$/);
  });
});
