import { isRight } from '../../lib/kernel/either.js';
import { startServer, type DevServer } from '../../lib/server/index.js';
import { line, stopAll, type Line } from './adapter/line.js';
import { prepare, reach, talk } from './adapter/talk.js';

describe('the SIP adapter calls', () => {
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
});
