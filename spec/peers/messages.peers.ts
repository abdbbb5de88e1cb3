import { startPeers, type Peers } from './support/peers.js';
import { done, person, type Person } from './support/person.js';
import { scenario } from './support/scenario.js';

describe('SIP MESSAGE through Kamailio', () => {
  let peers: Peers;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    peers = await startPeers();
    [alice, bob] = [person(peers, 'alice'), person(peers, 'bob')];
    await Promise.all([alice.online(), bob.online()]);
  });

  afterAll(async () => {
    await Promise.all([alice.leave(), bob.leave()]);
    await peers.stop();
  });

  it('arrive, with who sent them', async () => {
    const bodies: unknown[] = [];
    bob.client.message$.subscribe(({ from, body }) => bodies.push([from.phoneNumber, body]));
    await done(alice.client.message('bob', 'Grüße, 你好'));
    expect(bodies).toEqual([['alice', 'Grüße, 你好']]);
  });

  it('to somebody who is not there are refused', async () => {
    await expect(done(alice.client.message('nobody', 'Hello?'))).rejects.toThrow('480');
  });

  it('arrive all, once each, where 200 come in a second for ten seconds', async () => {
    const bodies: string[] = [];
    alice.client.message$.subscribe(({ body }) => bodies.push(body.trim()));
    const sent = await scenario(peers, 'messages', ['-r', '200', '-m', '2000']);
    expect(await sent.exited).toBe(0);
    expect(new Set(bodies).size).toBe(2_000);
    expect(bodies).toHaveLength(2_000);
  }, 90_000);
});
