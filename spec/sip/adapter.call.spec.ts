import { isRight } from '../../lib/core/either.js';
import { startServer, type DevServer } from '../../server/lib/index.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { breakable, peerConnection, watched } from './adapter/platform.js';
import { prepare, reach, talk } from './adapter/talk.js';

const contactOf = (server: DevServer): string => `<${server.registrations('alice')[0] ?? ''}>`;

describe('SIP adapter: a call', () => {
  let server: DevServer;
  let alice: Line;
  let bob: Line;
  beforeEach(async () => {
    server = await startServer({ port: 0 });
    alice = line(server, 'alice');
    bob = line(server, 'bob');
    await Promise.all([alice.up(), bob.up()]);
  });
  afterEach(async () => {
    stopAll();
    await server.close();
  });

  it('rings, is answered, and is hung up by the one who called', async () => {
    const incoming = await reach(alice, bob, 'A', '102');
    expect(incoming.identity).toEqual({ phoneNumber: '101', displayName: 'Alice', anonymous: false });
    expect(incoming.autoAnswer).toBe(false);

    bob.perform({ _tag: 'ring', call: incoming.call });
    expect(await alice.take('progress')).toMatchObject({ call: 'A', statusCode: 180, body: '', early: false });

    await prepare(bob, incoming.call);
    expect(isRight(await bob.ask({ _tag: 'answer', call: incoming.call }))).toBe(true);
    expect(await alice.take('remote-hold')).toMatchObject({ call: 'A', on: false });
    await alice.take('accepted');

    alice.perform({ _tag: 'end', call: 'A', reason: 'done', reasonCode: '200' });
    expect(await bob.take('ended')).toEqual({
      _tag: 'ended',
      call: incoming.call,
      by: 'remote',
      cause: 'hung_up',
      reason: 'done',
    });
    expect(alice.left('ended')).toEqual([]);
  });

  it('is hung up by the one who answered', async () => {
    const incoming = await talk(alice, bob, 'A', 'bob');
    bob.perform({ _tag: 'end', call: incoming.call });
    expect(await alice.take('ended')).toMatchObject({ call: 'A', by: 'remote', cause: 'hung_up' });
  });

  it('is refused', async () => {
    const incoming = await reach(alice, bob, 'A', '102');
    bob.perform({ _tag: 'refuse', call: incoming.call, statusCode: 486 });
    expect(await alice.take('ended')).toMatchObject({ call: 'A', by: 'remote', cause: 'busy', statusCode: 486 });
  });

  it('is cancelled while it rings', async () => {
    const incoming = await reach(alice, bob, 'A', '102');
    alice.perform({ _tag: 'end', call: 'A' });
    expect(await bob.take('ended')).toMatchObject({ call: incoming.call, by: 'remote', cause: 'cancelled' });
  });

  it('is answered while it is cancelled: acknowledged, and hung up', async () => {
    const incoming = await reach(alice, bob, 'A', '102');
    await prepare(bob, incoming.call);
    const ok = server.hold({ method: 'INVITE', status: 200, from: 'server' });
    await bob.ask({ _tag: 'answer', call: incoming.call });
    await ok.seen;
    alice.perform({ _tag: 'end', call: 'A' });
    ok.release();
    expect(await bob.take('ended')).toMatchObject({ call: incoming.call, by: 'remote', cause: 'hung_up' });
    expect(alice.left('accepted')).toEqual([]);
  });

  it('is hung up while its answer is being applied: by one BYE, which finds no fault with it', async () => {
    alice.stop();
    let begun = (): void => undefined;
    const applying = new Promise<void>(resolve => (begun = resolve));
    alice = line(server, 'alice', {
      peerConnection: configuration => {
        return watched(peerConnection(configuration), 'setRemoteDescription', () => {
          begun();
        });
      },
    });
    await alice.up();
    const incoming = await reach(alice, bob, 'A', '102');
    await prepare(bob, incoming.call);
    await bob.ask({ _tag: 'answer', call: incoming.call });
    await applying;
    alice.perform({ _tag: 'end', call: 'A' });
    expect(await bob.take('ended')).toEqual({
      _tag: 'ended',
      call: incoming.call,
      by: 'remote',
      cause: 'hung_up',
    });
    await alice.ask({ _tag: 'probe' });
    expect(
      server.log.filter(({ from, method, status }) => from === 'client' && method === 'BYE' && status === undefined),
    ).toHaveLength(1);
  });

  it('says when its media fail for good, and is kept', async () => {
    let fail = (): void => undefined;
    alice.stop();
    alice = line(server, 'alice', {
      peerConnection: configuration => {
        const { connection, fail: failing } = breakable(peerConnection(configuration));
        fail = failing;
        return connection;
      },
    });
    await alice.up();
    const { call } = await talk(alice, bob, 'A', '102');
    fail();
    expect(await alice.take('media-failed')).toEqual({ _tag: 'media-failed', call: 'A' });
    alice.perform({ _tag: 'end', call: 'A', reason: 'no sound' });
    expect(await bob.take('ended')).toMatchObject({ call, by: 'remote', cause: 'hung_up' });
    expect(alice.left('ended')).toEqual([]);
  });

  it('ends at once when there is no line to send it on', async () => {
    await prepare(alice, 'A', '102');
    server.drop('alice');
    await alice.take('closed');
    alice.perform({ _tag: 'place', call: 'A' });
    expect(await alice.take('ended')).toEqual({ _tag: 'ended', call: 'A', by: 'network', cause: 'line_lost' });
  });

  it('is forgotten at any moment, without a word', async () => {
    await prepare(alice, 'A', '102');
    const incoming = await reach(alice, bob, 'B', '102');
    await talk(alice, bob, 'C', '102');
    server.drop();
    await Promise.all([alice.take('closed'), bob.take('closed')]);
    for (const call of ['A', 'B', 'C']) alice.perform({ _tag: 'forget', call });
    bob.perform({ _tag: 'forget', call: incoming.call });
    await alice.up();
    await alice.ask({ _tag: 'probe' });
    expect([...alice.left('ended'), ...alice.left('fault'), ...bob.left('fault')]).toEqual([]);
    expect(
      server.log.filter(({ method, from }) => from === 'client' && (method === 'BYE' || method === 'CANCEL')),
    ).toEqual([]);
  });

  it('comes from the public name that the registrar gives', async () => {
    const gruu = 'sip:alice@callstream.test;gr=urn:uuid:1';
    server.respond(
      { method: 'REGISTER' },
      { status: 200, headers: [`Contact: ${contactOf(server)};expires=99;pub-gruu="${gruu}"`] },
    );
    expect(await alice.ask({ _tag: 'register', expires: 600 })).toMatchObject({ right: { expires: 99 } });
    const sent = server.next({ method: 'INVITE', from: 'client' });
    await reach(alice, bob, 'A', '102');
    expect((await sent).raw).toContain(`Contact: <${gruu}>\r\n`);
    expect((await sent).raw).toContain('Supported: replaces, timer, gruu\r\n');
  });
});
