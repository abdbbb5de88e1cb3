import { startServer, type DevServer } from '../../server/lib/index.js';
import { backInDialog, phone, text, type Frame, type Phone } from '../../server/spec/support/phone.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { answerTo, closeFar, peerConnection } from './adapter/platform.js';
import { describing, dial } from './adapter/talk.js';

describe('SIP adapter: early media', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Phone;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
    alice = line(server, 'alice');
    bob = await phone(server.wsUrl, server.user('bob'));
    await Promise.all([alice.up(), bob.register()]);
  });
  afterEach(async () => {
    bob.socket.terminate();
    closeFar();
    stopAll();
    await server.close();
  });

  /** Answers as one of several branches: with a To tag of its own. */
  const say = (invite: Frame, status: number, tag: string, body = '', headers: readonly string[] = []): void => {
    const type = body === '' ? [] : ['Content-Type: application/sdp'];
    const said = bob.answer(invite, status, [`Contact: <${bob.contact}>`, ...type, ...headers], body);
    bob.send(said.replace(/^(To: .*;tag=).*(\r)$/m, `$1${tag}$2`));
  };
  const tagOf = (frame: Frame): string | undefined => /;tag=(\w+)/.exec(frame.one('To'))?.[1];

  it('says who calls, what is offered, and what the application adds', async () => {
    await dial(alice, 'A', '102', { 'X-Order': '4711' });
    const invite = await bob.expect('INVITE');
    expect(invite.one('X-Order')).toBe('4711');
    expect(invite.one('Contact')).toMatch(/^<sip:alice@\w+\.invalid;transport=ws>$/);
    expect(invite.one('Allow')).toBe('INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY, MESSAGE');
    expect(invite.all('Supported')).toEqual(['replaces, timer']);
    expect(invite.one('Content-Type')).toBe('application/sdp');
    expect(invite.body).toMatch(/^m=audio /m);
    expect(invite.body).toMatch(/^a=candidate:/m);
    expect(invite.body).not.toContain('trickle');
  });

  it('reports early media with its description; the 200 of the same branch need not repeat it', async () => {
    await dial(alice, 'A', '102');
    const invite = await bob.expect('INVITE');
    const sdp = await answerTo(invite.body);
    say(invite, 183, 'one', sdp);
    expect(await alice.take('progress')).toMatchObject({ call: 'A', statusCode: 183, body: sdp, early: true });
    say(invite, 180, 'one');
    expect(await alice.take('progress')).toMatchObject({ statusCode: 180, body: '', early: false });

    say(invite, 200, 'one');
    expect(tagOf(await bob.expect('ACK'))).toBe('one');
    expect(await alice.take('remote-hold')).toMatchObject({ on: false });
    expect(await alice.take('accepted')).toMatchObject({ call: 'A' });
  });

  it('keeps what other branches say, plays the first, and takes the answer of the one that answers', async () => {
    const connections: RTCPeerConnection[] = [];
    alice.stop();
    alice = line(server, 'alice', {
      peerConnection: configuration => {
        connections.push(peerConnection(configuration));
        return connections[0]!;
      },
    });
    await alice.up();
    await dial(alice, 'A', '102');
    const invite = await bob.expect('INVITE');
    const [one, two] = [await answerTo(invite.body), await answerTo(invite.body)];
    say(invite, 183, 'one', one);
    expect(await alice.take('progress')).toMatchObject({ body: one, early: true });
    say(invite, 183, 'two', two);
    expect(await alice.take('progress')).toMatchObject({ body: two, early: false });

    const session = (sdp = ''): string | undefined => /^o=(.*)\r$/m.exec(sdp)?.[1];
    say(invite, 200, 'two');
    expect(tagOf(await bob.expect('ACK'))).toBe('two');
    await alice.take('accepted');
    expect(session(connections[0]?.remoteDescription?.sdp)).toBe(session(two));
    alice.perform({ _tag: 'end', call: 'A' });
    expect(tagOf(await bob.expect('BYE'))).toBe('two');
  });

  it('acknowledges a second answer and hangs it up', async () => {
    await dial(alice, 'A', '102');
    const invite = await bob.expect('INVITE');
    const [one, two] = [await answerTo(invite.body), await answerTo(invite.body)];
    say(invite, 200, 'one', one);
    await alice.take('accepted');
    say(invite, 200, 'two', two);
    expect(tagOf(await bob.expect('ACK'))).toBe('one');
    expect(tagOf(await bob.expect('ACK'))).toBe('two');
    expect(tagOf(await bob.expect('BYE'))).toBe('two');
    expect(alice.left('ended')).toEqual([]);
  });

  it('takes no offer before the answer to its own is in force', async () => {
    await dial(alice, 'A', '102');
    const invite = await bob.expect('INVITE');
    const ok = bob.answer(
      invite,
      200,
      [`Contact: <${bob.contact}>`, 'Content-Type: application/sdp'],
      await answerTo(invite.body),
    );
    const again = backInDialog(invite, ok, 'INVITE', 1);
    bob.send(ok);
    bob.send(text({ ...again, headers: [...again.headers, `Contact: <${bob.contact}>`] }, bob.host));
    expect((await bob.expect('491 INVITE')).status).toBe(491);
    await alice.take('accepted');
    expect(alice.left('offered')).toEqual([]);
  });

  it.each([
    ['that cannot be applied', 'v=0\r\nnonsense\r\n'],
    ['that was never given', ''],
  ])('hangs up on a description %s', async (_, sdp) => {
    await dial(alice, 'A', '102');
    const invite = await bob.expect('INVITE');
    say(invite, 200, 'one', sdp);
    await bob.expect('ACK');
    expect((await bob.expect('BYE')).one('Reason')).toMatch(/^SIP;cause=488;/);
    expect(await alice.take('ended')).toMatchObject({ by: 'local', cause: 'media_failed' });
    expect(alice.left('accepted')).toEqual([]);
  });

  it('ends as the far side says', async () => {
    const answers = [
      { status: 404, end: { cause: 'not_found', statusCode: 404 } },
      {
        status: 480,
        headers: ['Reason: Q.850;cause=19;text="no answer"'],
        end: { cause: 'no_answer', statusCode: 480, reason: 'no answer' },
      },
      { status: 603, end: { cause: 'declined', statusCode: 603 } },
      { status: 488, headers: ['Warning: 304 x "codec"'], end: { cause: 'not_acceptable', statusCode: 488 } },
    ];
    for (const [index, { status, headers = [], end }] of answers.entries()) {
      await dial(alice, `A${index}`, '102');
      say(await bob.expect('INVITE'), status, 'one', '', headers);
      expect(await alice.take('ended')).toMatchObject({ call: `A${index}`, by: 'remote', ...end });
    }
  });

  it('is challenged once, and given up when the password is wrong', async () => {
    const wrong = line(server, 'alice', { credentials: { username: 'alice', password: 'wrong' } });
    wrong.perform({ _tag: 'open' });
    await wrong.take('opened');
    await dial(wrong, 'W', '102');
    expect(await wrong.take('ended')).toMatchObject({
      call: 'W',
      by: 'remote',
      cause: 'unauthorized',
      statusCode: 407,
    });
    expect(server.log.filter(({ method, from }) => method === 'INVITE' && from === 'client')).toHaveLength(2);
  });

  it('tells who answered in the end', async () => {
    await dial(alice, 'A', '102');
    const invite = await bob.expect('INVITE');
    say(invite, 180, 'one');
    expect(await alice.take('progress')).toMatchObject({
      identity: { phoneNumber: '102', displayName: 'Bob', anonymous: false },
    });
  });

  it('holds a CANCEL back until something was heard of the INVITE', async () => {
    const invite = server.hold({ method: 'INVITE', authorized: true });
    await dial(alice, 'A', '102');
    await invite.seen;
    alice.perform({ _tag: 'end', call: 'A', reason: 'changed my mind' });
    const cancel = server.next({ method: 'CANCEL', from: 'client' });
    const trying = server.next({ method: 'INVITE', status: 100 });
    invite.release();
    const [heard, sent] = await Promise.all([trying, cancel]);
    expect(sent.at).toBeGreaterThanOrEqual(heard.at);
    expect(sent.raw).toMatch(/^Reason: SIP;text="changed my mind"\r$/m);
    expect(server.log.findIndex(one => one.method === 'CANCEL')).toBeGreaterThan(
      server.log.findIndex(one => one.method === 'INVITE' && one.status === 100),
    );
    expect(alice.left('ended')).toEqual([]);
  });

  it('is not repeated for a challenge when it was given up', async () => {
    const invite = server.hold({ method: 'INVITE', from: 'client' });
    await dial(alice, 'A', '102');
    await invite.seen;
    alice.perform({ _tag: 'end', call: 'A' });
    const ack = server.next({ method: 'ACK', from: 'client' });
    invite.release();
    await ack;
    // Had it been sent again, it would stand before this answer.
    await alice.ask({ _tag: 'probe' });
    expect(server.log.filter(({ method, from }) => method === 'INVITE' && from === 'client')).toHaveLength(1);
  });

  it('sends nothing for what cannot be dialled or must not be said', async () => {
    for (const target of ['', ' ', 'a b@', '10\r\n1', 'http://x']) {
      expect(await describing(alice, 'A', target)).toMatchObject({
        left: { fault: { code: 'invalid-target' } },
      });
    }
    for (const headers of [{ Via: 'x' }, { 'X-A': 'b\r\nX-B: c' }, { 'X A': 'b' }]) {
      expect(await describing(alice, 'A', '102', headers)).toMatchObject({
        left: { fault: { code: 'invalid-header' } },
      });
    }
    alice.perform({ _tag: 'place', call: 'A' });
    await alice.ask({ _tag: 'probe' });
    expect(server.log.filter(({ method }) => method === 'INVITE')).toEqual([]);
  });

  it('goes where the application says that a number goes', async () => {
    const { username, password, realm, pid } = server.user('carol');
    const carol = line(server, 'carol', {
      credentials: { username, password },
      requestUri: target => `${pid}*${target}`,
    });
    await carol.up();
    await dial(carol, 'C', '102');
    const sent = await bob.expect('INVITE');
    expect(server.log.find(({ method, from }) => method === 'INVITE' && from === 'client')?.raw).toMatch(
      new RegExp(`^INVITE sip:${pid}\\*102@${realm} SIP/2\\.0\r\n`),
    );
    expect(sent.one('P-Asserted-Identity')).toContain('Carol');
  });
});
