import { snapshot } from 'callstream';
import { startPeers, type Peers } from './support/peers.js';
import { done, person, talking, type Person } from './support/person.js';
import { expectSound } from './support/sound.js';

/** The proxy goes in the middle of a call, with all it knew, and comes back. */
describe('a call while Kamailio is down', () => {
  let peers: Peers;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    peers = await startPeers();
    [alice, bob] = [person(peers, 'alice'), person(peers, 'bob')];
    await Promise.all([alice.online(), bob.online()]);
  });

  afterEach(async () => {
    await Promise.all([alice.hangUp(), bob.hangUp()]);
  });

  afterAll(async () => {
    await Promise.all([alice.leave(), bob.leave()]);
    await peers.stop();
  });

  const talk = async (): Promise<string> => {
    const id = await alice.invite('baresip');
    await alice.sees({ id, status: 'active', media: 'flowing' });
    await peers.telephone.next('CALL_ESTABLISHED');
    return id;
  };

  it('goes on, is found again, and can be hung up on by the far side', async () => {
    const id = await talk();
    await peers.proxy.stop();
    await alice.sees({ id, status: 'active', signalling: 'recovering' });
    await Promise.all([expectSound(alice), expectSound(peers.telephone)]);

    await peers.proxy.start();
    alice.client.reconnect();
    await alice.sees({ id, status: 'active', signalling: 'up' });
    await expectSound(alice);
    peers.telephone.perform('hangup');
    expect((await alice.ended(id)).end).toMatchObject({ by: 'remote', cause: 'hung_up' });
    await peers.telephone.next('CALL_CLOSED');
  });

  it('ends at once when it is hung up, and the far side is told as soon as it can be', async () => {
    const id = await talk();
    await peers.proxy.stop();
    await alice.sees({ id, signalling: 'recovering' });
    alice.client.hangup(id);
    expect(snapshot(alice.client.call$(id))?.end).toMatchObject({ by: 'local', cause: 'hung_up' });

    await peers.proxy.start();
    alice.client.reconnect();
    await peers.telephone.next('CALL_CLOSED');
  });

  it('is found again where both ends have lost their line', async () => {
    await Promise.all([alice.online(), bob.online()]);
    const { id, theirs } = await talking(alice, 'bob', bob);

    await peers.proxy.stop();
    await Promise.all([alice, bob].map(one => one.sees({ signalling: 'recovering' })));
    await peers.proxy.start();
    for (const { client } of [alice, bob]) client.reconnect();
    await Promise.all([alice.sees({ id, signalling: 'up' }), bob.sees({ id: theirs, signalling: 'up' })]);
    await Promise.all([expectSound(alice), expectSound(bob)]);
    await done(alice.client.hangup(id));
    expect((await bob.ended(theirs)).end).toMatchObject({ by: 'remote', cause: 'hung_up' });
  });
});
